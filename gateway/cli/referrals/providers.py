"""`gateway referrals providers`: who could take a need, best first, and why the others could not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.people.opening import at_the_desk

if TYPE_CHECKING:
    from gateway.enact.work import Work
    from referral_engine.match import LeftOut, Match, Reason
    from referral_engine.model import Offer, Request

_PRIORITIES = ("emergency", "urgent", "normal")
_BECAUSE: Mapping[str, str] = {
    "same_area": "serves this very area",
    "wider_area": "serves a wider area around it",
    "part_of_area": "serves a part of this area",
    "eligible": "may serve this person",
    "eligibility_unknown": "serves some people only: ask for sex and age",
    "language": "speaks {value}",
    "other_language": "is not known to speak {value}",
    "open_now": "open now",
    "opens_on": "opens on {value}",
    "capacity": "{value} places left",
    "load": "{value} referrals in hand",
    "declines": "declined {value} in 90 days",
    "expiries": "let {value} expire in 90 days",
    "last_asked": "last asked on {value}",
    "silent": "left {value} questions about its room unanswered",
}
_REFUSAL: Mapping[str, str] = {
    "not_active": "no longer works with us",
    "paused": "paused",
    "closed": "says that it takes nobody now",
    "full": "every place is taken",
    "area": "serves other areas",
    "not_eligible": "does not serve people of this sex or age",
}


@click.command("providers")
@click.option("--need", required=True, help="The code of a need, as health.")
@click.option("--area", required=True, help="The P-code of where help is needed.")
@click.option("--language", default="", help="The code of the language to be spoken.")
@click.option(
    "--sex", type=click.Choice(["f", "m"]), default=None, help="Whom it is for, where that is known."
)
@click.option("--age", type=click.IntRange(0, 130), help="In years, where it is known.")
@click.option("--priority", type=click.Choice(_PRIORITIES), default="normal", help="How fast help is needed.")
@click.option(
    "--limit", type=click.IntRange(1), default=20, show_default=True, help="How many are written out."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object with every service, for programs.")
def command(limit: int, as_json: bool, **asked: Any) -> None:
    """Show who could take a need, best first, each with the reasons, and who could not, with why."""
    from gateway.enact.referring.matching import ranked

    with at_the_desk() as work:
        fit, left_out = ranked(work, _request(work, asked))
    if as_json:
        shown = {"ranked": list(map(_match, fit)), "left_out": list(map(_left_out, left_out))}
        click.echo(json.dumps(shown))
        return
    for place, each in enumerate(fit[:limit], 1):
        click.echo(f"{place:>3}  {each.offer.code}: {'; '.join(map(_words, each.reasons))}")
    if len(fit) > limit:
        click.echo(f"     and {len(fit) - limit} more that could take it")
    if not fit:
        click.echo("Nobody could take it now.")
    _write_left_out(left_out, limit)


def _request(work: Work, asked: Mapping[str, Any]) -> Request:
    """What was asked for. A need or area that the policy does not know is a slip, not an answer of none."""
    from gateway.enact.referring.matching import local_time
    from referral_engine.model import Priority, Request

    policy = work.policy
    if asked["need"] not in policy.services:
        raise click.BadParameter(f"one of {', '.join(sorted(policy.services))}", param_hint="--need")
    if all(place.code != asked["area"] for place in policy.gazetteer.places):
        raise click.BadParameter("the P-code of a place that the policy knows", param_hint="--area")
    if asked["language"] not in ("", *policy.languages):
        raise click.BadParameter(f"one of {', '.join(policy.languages)}", param_hint="--language")
    given = {**asked, "sex": asked["sex"] or "", "priority": Priority(asked["priority"])}
    return Request(**given, at=local_time(work))


def _write_left_out(left_out: tuple[LeftOut, ...], limit: int) -> None:
    """Those of other areas are the most by far and say the least: they are counted."""
    near = [each for each in left_out if each.reason != "area"]
    for each in near[:limit]:
        click.echo(f"  -  {each.offer.code}: {_REFUSAL[each.reason]}")
    rest = Counter(each.reason for each in left_out) - Counter(each.reason for each in near[:limit])
    for reason, times in sorted(rest.items()):
        click.echo(f"  -  {times} left out: {_REFUSAL[reason]}")


def _words(reason: Reason) -> str:
    return _BECAUSE[reason.code].format(value=reason.value)


def _match(found: Match) -> dict[str, Any]:
    reasons = [{"code": each.code, "value": each.value, "words": _words(each)} for each in found.reasons]
    return _named(found.offer) | {"reasons": reasons}


def _left_out(found: LeftOut) -> dict[str, Any]:
    return _named(found.offer) | {"reason": found.reason, "words": _REFUSAL[found.reason]}


def _named(offer: Offer) -> dict[str, Any]:
    return {"provider": offer.code, "service_id": int(offer.service)}
