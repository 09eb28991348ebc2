"""What we push unasked: short, neutral, and nothing of the person in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import flows
from gateway.commands import Kind
from gateway.messages import Handling
from gateway.text import gsm7
from gateway.text.clean import fold

ROOT = Path(flows.__file__).parent
NOTICES = sorted(ROOT.glob("notices/*.yaml"))
LANGUAGES = ("en", "so", "am", "om", "ti", "ar", "sw")
GSM7_LANGUAGES = ("en", "so", "om", "sw")
FILLED = {
    "code": "12345-5",
    "priority": "AAD U DEGDEG AH",
    "service": "S7",
    "stage": "waqtigii wuu dhammaaday",
    "area": "Woqooyi Galbeed",
    "place": "Centre Three",
    "reference": "K7R249XM",
    "day": "25/12/2026",
    "valid_to": "12/2028",
    "count": "9999",
    "moves": "12345-5 waqtigii wuu dhammaaday",
}
"""Long values of every placeholder that notices may use: none of them says who somebody is."""

NEUTRAL = {Kind.LEG_CODE, Kind.CODE, Kind.PERSON, Kind.PLACE, Kind.TEXT, Kind.DATE}
NEUTRAL |= {Kind.MONTH, Kind.NUMBER, Kind.HOLDER_CODE, Kind.LIST}
"""Kinds that a pushed message may hold; a person's reference opens nothing, and only staff are sent one."""

SENSITIVE = {
    "en": "name phone number certificate pin age born health clinic ill sick hurt violence abuse rape traffick "
    "smuggler detention detain prison jail deport child minor women woman girl pregnan mental psychosocial hiv "
    "danger refugee migrant return nationality clan tribe http www",
    "so": "magac taleefan lambar shahaado da'da caafimaad isbitaal xanuun jirran rabshad kufsi tahriib xabsi "
    "masaafur ilmo carruur haween uur maskax khatar qaxooti muhaajir qabiil",
    "am": "ስም ስልክ ምስክር ወረቀት ፒን ዕድሜ ጤና ሆስፒታል ሕመም ጥቃት መደፈር ዝውውር እስር ሕፃን ልጅ ሴት እርጉዝ አእምሮ አደጋ ስደተኛ ተመላሽ ጎሳ",
    "om": "maqaa lakkoofs waraqaa ragaa umrii dhaloot dhalat fayya hospitaal kilinik dhukk miidha gudeed humna hidha "
    "ari'am daa'im mucaa ijool dubart shamarr ulfa sammuu xiinsam hiv balaa baqat godaan lammumm gosa http www",
    "ti": "ስም ስልኪ ምስክር ወረቐት ፒን ዕድመ ልደት ጥዕና ሆስፒታል ክሊኒክ ሕማም ሓሚሙ ዓመጽ ጾታዊ ምግፋዕ ማእሰርቲ ቤት ማእሰርቲ ህጻን ቆልዓ ሰበይቲ "
    "ኣንስተይቲ ጥንስቲ ኣእምሮ ሓደጋ ስደተኛ ተመላሲ ዜግነት ዓሌት",
    "ar": "اسم هاتف شهاد عمر ولاد ميلاد صحة مستشفى عياد مرض مريض عنف اغتصاب اتجار تهريب احتجاز سجن ترحيل طفل أطفال "
    "امرأة نساء فتاة حامل نفسي عقلي خطر لاجئ مهاجر عائد جنسي قبيل",
    "sw": "jina simu nambari cheti pin umri zaliw kuzaliwa afya kliniki hospitali mgonjwa ugonjwa jeraha ukatili "
    "ubakaji kubakwa magendo kizuizi gereza jela mahabusu mtoto watoto mwanamke wanawake msichana mjamzito akili "
    "kisaikolojia hiv ukimwi hatari mkimbizi wakimbizi mhamiaji wahamiaji kurudi ulirudi uraia kabila ukoo http www",
}
"""Words that must never reach a shared phone unasked: who a person is, and what happened to them."""


@pytest.fixture(params=NOTICES, ids=lambda path: path.stem)
def notice(request: pytest.FixtureRequest, read_yaml: Any) -> Any:
    """Each notice's plain data."""
    data = read_yaml(request.param)
    assert data["notice"] == request.param.stem
    return data


def test_every_notice_that_is_sent_is_written() -> None:
    """Nothing that the gateway wants to tell anybody lacks its notice."""
    from gateway.enact.notices import notify

    assert {path.stem for path in NOTICES} >= notify.NOTICES


def test_form(notice: Any) -> None:
    """A notice says to whom, how it is handled, whether consent is needed, and all seven texts as drafts."""
    assert set(notice) - {"buttons", "quiet", "digest"} == {
        "notice",
        "audience",
        "handling",
        "sms_consent",
        "placeholders",
        "reviewed_by",
        "text",
    }
    assert notice["audience"] in ("provider", "staff", "person")
    assert Handling(notice["handling"])
    assert list(notice["text"]) == list(LANGUAGES)
    assert notice["reviewed_by"] == dict.fromkeys(LANGUAGES[1:], "")


def test_people_are_only_told_with_consent(notice: Any) -> None:
    """What goes to a person unasked needs the consent to SMS; what goes to those who work does not.

    Nor do the numbers that a holder waits for, standing before the provider who asked for them.
    """
    awaited = notice["notice"] == "holder_code"
    assert notice["sms_consent"] is (notice["audience"] == "person" and not awaited)


def test_placeholders(notice: Any) -> None:
    """Every language uses exactly the declared placeholders, of kinds that hold nothing of a person."""
    declared = notice["placeholders"]
    assert set(declared) <= set(FILLED)
    assert {Kind(kind) for kind in declared.values()} <= NEUTRAL
    assert Kind.PERSON not in declared.values() or notice["audience"] == "staff"
    for text in notice["text"].values():
        assert set(re.findall(r"\{(\w+)\}", text)) == set(declared)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sensitive_word(notice: Any, language: str) -> None:
    """No notice holds a word of health, violence, detention, childhood or identity, in any language."""
    said = fold(re.sub(r"\{\w+\}", " ", notice["text"][language]))
    stems = tuple(fold(word) for word in SENSITIVE[language].split())
    # A stem counts at a word's beginning, behind the article in Arabic: these languages put endings on words.
    assert not [word for word in said.split() if word.removeprefix("ال").startswith(stems)]


def test_a_leg_offer_says_how_to_answer(read_yaml: Any) -> None:
    """A provider reads the code and both words it can answer with, in every language."""
    for text in read_yaml(ROOT / "notices" / "leg_offered.yaml")["text"].values():
        assert "ACCEPT {code}" in text
        assert "DECLINE {code}" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_length(notice: Any, language: str) -> None:
    """The languages of Latin letters go in one SMS of 160, the others in at most two of 67."""
    filled = notice["text"][language].format_map(FILLED)
    septets = gsm7.septets(filled)
    if language in GSM7_LANGUAGES:
        assert septets is not None and septets <= 160, filled
    else:
        assert len(filled) <= 2 * 67
