"""An operator's files read as far as they can be read, with the way back from every state to its place in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from gateway.catalogue.cards import FILE as CARD_FILE
from gateway.catalogue.cards import read_card_texts
from gateway.catalogue.files import Bundle, flow_sources
from gateway.catalogue.notices import Notice, read_notice
from gateway.catalogue.policy import FOLDER, Policy, read_policy
from gateway.conversation import load
from gateway.conversation.flow import Revision
from gateway.conversation.source import Faults, FlowSource, Node, Source
from gateway.errors import FlowError
from gateway.text.screens import Profile

USSD_PREFIX = len("CON ")

_T = TypeVar("_T")


@dataclass(frozen=True)
class Project:
    """The files of a folder, loaded. `faults` are what the loader refused; a broken state stands as an `End`."""

    bundle: Bundle
    revision: Revision
    notices: Mapping[str, Notice]
    policies: Mapping[str, Policy]
    faults: tuple[FlowError, ...]

    @classmethod
    def read(cls, bundle: Bundle, unread: Iterable[FlowError] = ()) -> Project:
        """Loads everything; `unread` are the faults of files that are left out of the bundle.

        Raises `FlowError` where so much is missing that nothing can be said of the rest.
        """
        faults = list(unread)
        guard = Faults(faults)
        phrases = bundle.sources.get("phrases.yaml")
        if phrases is None:
            raise FlowError("there is no phrases.yaml", rule="shape")
        revision = load.revision(bundle.id, tuple(flow_sources(bundle)), phrases, faults=faults)
        notices: dict[str, Notice] = {}
        whole = None if faults else revision  # else the flow that a button's words enter may be missing
        for source in bundle.under("notices"):
            with guard.go_on():
                notice = read_notice(source, whole)
                if notice.name in notices:
                    problem = f"two notices are called {notice.name}"
                    raise Node.of(source).at("notice").fault(problem, "name.twice")
                notices[notice.name] = notice
        policies: dict[str, Policy] = {}
        for source in bundle.under(FOLDER):
            country = source.path.removeprefix(f"{FOLDER}/").removesuffix(".yaml")
            with guard.go_on():
                policies[country] = read_policy(bundle, country)
                if CARD_FILE in bundle.sources and all(fault.file != CARD_FILE for fault in faults):
                    read_card_texts(bundle, country)
        return cls(bundle, revision, notices, policies, tuple(faults))

    def once(self, look: Callable[[Project], _T]) -> _T:
        """What `look` finds in these files: it looks once, however many rules ask for it."""
        if look not in self._looked:
            self._looked[look] = look(self)
        found: _T = self._looked[look]
        return found

    @cached_property
    def _looked(self) -> dict[Callable[[Project], Any], Any]:
        return {}

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language, in the order they are offered."""
        return tuple(self.revision.languages)

    @cached_property
    def flow_sources(self) -> Mapping[str, FlowSource]:
        """Each loaded flow's files, by its name."""
        named: dict[str, FlowSource] = {}
        for each in self._readable():
            named.setdefault(Node.of(each.flow).need("flow").text(), each)  # as the loader: the first of two
        return {name: named[name] for name in self.revision.flows}

    def _readable(self) -> list[FlowSource]:
        return [
            each
            for each in flow_sources(self.bundle)
            if isinstance(each.flow.data, Mapping) and "flow" in each.flow.data
        ]

    def root(self, flow: str) -> Node:
        """The root of a flow's own file."""
        return Node.of(self.flow_sources[flow].flow)

    def texts(self, flow: str) -> Mapping[str, Node]:
        """The roots of a flow's translations, by language."""
        roots = [Node.of(source) for source in self.flow_sources[flow].texts]
        return {str(root.value["language"]): root for root in roots if "language" in root.mapping()}

    def state(self, flow: str, state: str) -> Node:
        """A state's place."""
        return self.root(flow).at("states").at(state).under(state)

    @cached_property
    def phrases(self) -> Node:
        """The root of phrases.yaml."""
        return Node.of(self.bundle.sources["phrases.yaml"])

    @cached_property
    def _notice_sources(self) -> Mapping[str, Source]:
        return {
            source.data["notice"]: source
            for source in self.bundle.under("notices")
            if isinstance(source.data, Mapping) and isinstance(source.data.get("notice"), str)
        }

    def notice_root(self, name: str) -> Node:
        """The root of a notice's file."""
        return Node.of(self._notice_sources[name])

    def profiles(self) -> list[tuple[str, Profile]]:
        """Every distinct USSD profile of all networks, each with the first network that has it, as `et/63601`."""
        found: dict[Profile, str] = {}
        for country, policy in sorted(self.policies.items()):
            for code, network in policy.networks.items():
                profile = Profile(septets=network.septets, ucs2=network.ucs2, prefix=USSD_PREFIX)
                found.setdefault(profile, f"{country}/{code}")
        return [(label, profile) for profile, label in found.items()]
