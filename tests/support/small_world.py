"""A small world of flows that holds every kind of state: what the tests of the engine talk to."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from gateway.conversation import load
from gateway.conversation.flow import Revision
from gateway.conversation.source import FlowSource, Source

PHRASES: dict[str, Any] = {
    "languages": {"en": "English", "so": "Soomaali", "am": "አማርኛ"},
    "phrases": {
        "back": {"en": "Back", "so": "Dib u noqo", "am": "ተመለስ"},
        "more": {"en": "More", "so": "Wax kale"},
        "invalid_choice": {"en": "Please choose a number.", "so": "Fadlan dooro lambar."},
        "too_many": {"en": "Please try again later."},
        "resume": {"en": "You were not done."},
        "continue": {"en": "Continue", "so": "Sii wad"},
        "start_again": {"en": "Start again", "so": "Bilow mar kale"},
        "parked": {"en": "Something is left open."},
        "before": {"en": "Before: {answer}"},
        "keep": {"en": "Keep {answer}"},
        "share_phone": {"en": "Share my number"},
        "try_later": {"en": "Try later."},
        "nothing_here": {"en": "Nothing here."},
        "nothing_more": {"en": "All right."},
    },
    "words": {
        "back": ["BACK", "ተመለስ"],
        "home": ["MENU", "HOME"],
        "more": ["MORE", "NEXT"],
        "yes": ["YES", "Y", "HAA", "አዎ"],
        "no": ["NO", "MAYA", "አይ"],
    },
}

MAIN: dict[str, Any] = {
    "flow": "main",
    "language": "en",
    "role": "main",
    "states": {
        "menu": {
            "choose": "What do you need?",
            "options": {
                "register": {"label": "Register", "go": "register"},
                "status": {"label": "My help", "go": "status"},
                "about": {"label": "About us", "go": "about"},
            },
        },
        "register": {"enter": "registration", "go": "thanks"},
        "thanks": {"say": "Thank you.", "go": "menu"},
        "status": {
            "do": "referral_status",
            "on": {"none": {"go": "no_help"}, "one": {"save": {"code": "leg"}, "go": "help_code"}},
        },
        "no_help": {"say": "Nothing yet.", "end": True},
        "help_code": {"say": "Your code: {leg}", "end": True},
        "about": {
            "say": {"ussd": "We help.", "rich": "We help people who came home.", "text": "We help."},
            "end": True,
        },
    },
    "variables": {"leg": {"type": "leg_code"}},
}

REGISTRATION: dict[str, Any] = {
    "flow": "registration",
    "title": "Register",
    "language": "en",
    "triggers": [{"words": ["REG", "REGISTER", "ይመዝገቡ", "sign me up"], "link": "reg"}],
    "variables": {
        "consent": {"type": "code"},
        "full_name": {"type": "person_name", "max": 40},
        "age": {"type": "age"},
        "children": {"type": "number", "max": 20},
        "typed": {"type": "text"},
        "places": {"type": "list"},
        "area": {"type": "place"},
        "area_name": {"type": "text"},
        "reference": {"type": "person"},
    },
    "states": {
        "consent": {
            "choose": "We keep your details. Agree?",
            "save": "consent",
            "options": {
                "yes": {"label": "Yes", "synonyms": ["ok"], "go": "name"},
                "no": {"label": "No", "go": "refused"},
            },
        },
        "name": {
            "ask": "Your full name?",
            "save": "full_name",
            "invalid": "Please type your name in letters.",
            "retries": 1,
            "too_many": "children",
            "go": "age",
        },
        "age": {"ask": "Hello {full_name}. Your age?", "save": "age", "go": "children"},
        "children": {"ask": "How many children?", "save": "children", "go": "many"},
        "many": {"decide": [{"if": "children > 4 && consent == 'yes'", "go": "note"}, {"else": "place"}]},
        "note": {"say": "A large family.", "go": "place"},
        "place": {"ask": "Which place?", "save": "typed", "go": "find"},
        "find": {
            "do": "find_places",
            "with": {"typed": "typed"},
            "on": {
                "found": {"save": {"place": "area", "name": "area_name"}, "go": "open"},
                "several": {"save": {"places": "places"}, "go": "pick"},
                "none": {"go": "place"},
            },
        },
        "pick": {
            "choose": "Which one?",
            "from": "places",
            "most": 4,
            "save": "area",
            "options": {"other": {"label": "None of these", "go": "place"}},
            "go": "open",
        },
        "open": {
            "do": "open_registration",
            "with": {"full_name": "full_name", "area": "area"},
            "on": {"opened": {"save": {"reference": "reference"}, "go": "share"}},
        },
        "share": {
            "choose": "You live in {area}. May we share this?",
            "options": {"yes": {"label": "Yes", "go": "done"}, "no": {"label": "No", "go": "done"}},
        },
        "done": {"say": "Registered: {reference}, {consent}.", "end": True},
        "refused": {"say": "As you wish.", "end": True},
    },
}
REGISTRATION_SO = {
    "language": "so",
    "reviewed_by": "",
    "states": {
        "consent": {
            "choose": "Xogtaada waan haynaa. Ma oggoshahay?",
            "options": {"yes": {"label": "Haa", "synonyms": ["waan"]}, "no": "Maya"},
        },
        "name": {"ask": "Magacaaga oo buuxa?"},
    },
}

CERTIFICATE: dict[str, Any] = {
    "flow": "certificate",
    "language": "en",
    "triggers": [{"words": ["MINE"]}],
    "variables": {
        "person": {"type": "person"},
        "pin": {"type": "pin"},
        "number": {"type": "certificate_number"},
        "until": {"type": "month"},
        "left": {"type": "number"},
    },
    "states": {
        "whose": {
            "do": "my_people",
            "on": {
                "none": {"go": "none"},
                "one": {"save": {"person": "person"}, "go": "secret"},
                "several": {"go": "none"},
            },
        },
        "secret": {"ask": "Your PIN?", "save": "pin", "go": "show"},
        "show": {
            "do": "show_certificate",
            "with": {"person": "person", "pin": "pin"},
            "on": {
                "shown": {"save": {"certificate_number": "number", "valid_to": "until"}, "go": "shown"},
                "none": {"go": "none"},
                "wrong_pin": {"save": {"tries_left": "left"}, "go": "wrong"},
                "locked": {"go": "none"},
                "no_pin": {"go": "none"},
            },
        },
        "wrong": {"say": "Wrong. {left} left.", "go": "secret"},
        "shown": {"say": "{number} to {until}", "end": True},
        "none": {"end": True},
    },
}

VERIFY: dict[str, Any] = {
    "flow": "verify",
    "language": "en",
    "audience": "provider",
    "triggers": [
        {"words": ["V", "CHECK"], "take": ["number", "born"], "go": "look"},
        {"words": ["DECLINE"], "take": ["leg", "detail"], "go": "decline"},
    ],
    "variables": {
        "number": {"type": "certificate_number"},
        "born": {"type": "year"},
        "leg": {"type": "leg_code"},
        "detail": {"type": "code", "values": {"full": ["FULL", "no room"], "closed": ["CLOSED"]}},
    },
    "states": {
        "look": {
            "decide": [
                {"if": "number == ''", "go": "which"},
                {"if": "born == 0", "go": "year"},
                {"else": "check"},
            ]
        },
        "which": {"ask": "Which number?", "save": "number", "go": "look"},
        "year": {"ask": "Birth year?", "save": "born", "go": "check"},
        "check": {
            "do": "verify_certificate",
            "with": {"number": "number", "birth_year": "born"},
            "on": {
                "valid": {"go": "valid"},
                "expired": {"go": "bad"},
                "replaced": {"go": "bad"},
                "not_valid": {"go": "bad"},
                "mistyped": {"go": "bad"},
                "too_many": {"go": "bad"},
                "not_a_provider": {"go": "bad"},
                "holder_needed": {"go": "bad"},
            },
        },
        "decline": {
            "do": "answer_leg",
            "with": {"code": "leg", "answer": {"value": "decline"}, "detail": "detail"},
            "on": {
                each: {"go": "valid"}
                for each in (
                    "recorded",
                    "repeated",
                    "refused",
                    "needs_detail",
                    "meant",
                    "mistyped",
                    "unknown",
                )
            },
        },
        "valid": {"say": "Good.", "end": True},
        "bad": {"say": "Not good.", "end": True},
    },
}

STOP: dict[str, Any] = {
    "flow": "stop",
    "language": "en",
    "role": "stop",
    "triggers": [{"words": ["STOP", "JOOJI"]}],
    "states": {
        "stop": {"do": "stop_messages", "on": {"stopped": {"go": "said"}}},
        "said": {"say": "No more messages.", "end": True},
    },
}
HELP: dict[str, Any] = {
    "flow": "help",
    "language": "en",
    "role": "help",
    "triggers": [{"words": ["HELP"]}],
    "states": {"said": {"say": "We can help.", "end": True}},
}
LANGUAGE: dict[str, Any] = {
    "flow": "language",
    "language": "en",
    "role": "language",
    "triggers": [{"words": ["LANG"], "take": ["tongue"], "go": "given"}],
    "variables": {"tongue": {"type": "code", "values": {"en": ["English"], "so": ["Somali"]}}},
    "states": {
        "given": {"decide": [{"if": "tongue != ''", "go": "set"}, {"else": "which"}]},
        "which": {
            "choose": "Language?",
            "save": "tongue",
            "options": {"en": {"label": "English"}, "so": {"label": "Soomaali"}},
            "go": "set",
        },
        "set": {"do": "set_language", "with": {"language": "tongue"}, "on": {"set": {"go": "over"}}},
        "over": {"end": True},
    },
}
DANGER: dict[str, Any] = {
    "flow": "danger",
    "language": "en",
    "mute": True,
    "triggers": [{"words": ["DANGER"]}],
    "states": {
        "sure": {
            "choose": "Are you in danger now?",
            "contact": True,
            "go": "called",
            "options": {"yes": {"label": "Yes"}, "no": {"label": "No", "go": "over"}},
        },
        "called": {
            "do": "request_callback",
            "with": {"reason": {"value": "danger"}},
            "on": {"recorded": {"go": "over"}},
        },
        "over": {"end": True},
    },
}
CONTACT: dict[str, Any] = {
    "flow": "contact",
    "language": "en",
    "role": "contact",
    "states": {
        "bind": {"do": "bind_phone", "on": {"bound": {"go": "bound"}, "refused": {"go": "bound"}}},
        "bound": {"say": "Thank you for your number.", "end": True},
    },
}

LONE: dict[str, Any] = {
    "flow": "lone",
    "language": "en",
    "role": "main",
    "states": {"menu": {"choose": "Menu?", "options": {"a": {"label": "A", "go": "menu"}}}},
}

FLOWS = (MAIN, REGISTRATION, CERTIFICATE, VERIFY, STOP, HELP, LANGUAGE, DANGER, CONTACT)


def sources(*flows: dict[str, Any]) -> list[FlowSource]:
    """Flows as the loader takes them, those of the world with their translations."""
    texts = {"registration": (Source("flows/registration/text.so.yaml", REGISTRATION_SO),)}
    return [
        FlowSource(Source(f"flows/{flow['flow']}/flow.yaml", deepcopy(flow)), texts.get(flow["flow"], ()))
        for flow in flows
    ]


def published(*flows: dict[str, Any]) -> Revision:
    """A revision of some flows."""
    return load.revision("r1", sources(*flows), Source("flows/phrases.yaml", PHRASES))
