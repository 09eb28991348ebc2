"""An operator's small folder of flows, as text: a main flow with every kind of text, a notice, phrases."""

from __future__ import annotations

from pathlib import Path

from gateway.authoring.project import Project
from gateway.catalogue.files import read_folder

PHRASES = """\
# The machine's own words.
languages: {en: English, so: Soomaali, am: አማርኛ}   # as offered
phrases:
  back: {en: Back, am: ተመለስ}   # short
  more: {en: More, so: Ka badan, am: ተጨማሪ}
  invalid_choice: {en: Wrong choice., so: Doorasho khaldan., am: የተሳሳተ ምርጫ።}
  too_many: {en: Please try later., so: Mar dambe isku day., am: ቆይተው ይሞክሩ።}
  resume: {en: Go on?, so: Ma sii wadaysaa?, am: ይቀጥላሉ?}
  continue: {en: Continue, so: Sii wad, am: ይቀጥሉ}
  start_again: {en: Start again, so: Bilow cusub, am: እንደገና ይጀምሩ}
  parked: {en: Go on with it?, so: Ma sii wadaysaa hadda?, am: ቀደም ሲል የጀመሩትን ይቀጥላሉ?}
  before: {en: "Before: {answer}", so: "Hore: {answer}", am: "ቀድሞ፦ {answer}"}
  keep: {en: "Keep {answer}", so: "Hay {answer}", am: "ይቆይ {answer}"}
  share_phone: {en: Share my number, so: La wadaag, am: ስልክ ቁጥሬን አጋራ}
  try_later: {en: Please try again., so: Isku day., am: ይሞክሩ።}
  nothing_more: {en: All right., so: Waa hagaag., am: እሺ።}
  nothing_here: {en: Nothing here., so: Waxba ma jiraan., am: እዚህ የሚመረጥ የለም።}
words:
  back: [BACK]
  home: [MENU]
  more: [MORE]
  "yes": ["YES", HAA]
  "no": ["NO", MAYA]
"""

MAIN = """\
# What people come to.
flow: main
title: Main
language: en
role: main
variables:
  full_name: {type: person_name, max: 40}
  sex: {type: code}
states:
  name:
    ask: Your full name?
    save: full_name
    invalid: Please type your name.
    go: sex
  sex:
    choose: "{full_name}, are you female or male?"
    save: sex
    options:
      f: {label: Female, synonyms: [woman, girl]}
      m: {label: Male}
    go: thanks
  thanks: {say: {text: "Thank you.", ussd: "Thank you. Dial again any time."}, go: sure}
  sure:
    choose: Is it right?
    options:
      "yes": {label: "Yes", go: over}
      "no": {label: "No", go: name}
  over: {say: "Good bye.", end: true}
"""

SOMALI = """\
# Somali, a draft.
language: so
reviewed_by: ""
states:
  # the first question
  name:
    ask: Magacaaga oo buuxa?   # three names
    invalid: "Fadlan magacaaga qor."
  sex:
    choose: '{full_name}, ma dheddig mise lab?'
    options: {f: Dheddig, m: Lab}
  thanks: {say: {text: "Mahadsanid.", ussd: "Mahadsanid. Mar kale soo garaac."}}

  # the end
  over: {say: "Nabad gelyo."}
"""

AMHARIC = """\
language: am
reviewed_by: ""
states:
  name:
    ask: ሙሉ ስምዎ?
    invalid: ስምዎን ይጻፉ።
  sex:
    choose: "{full_name}፣ ሴት ወይስ ወንድ?"
    options:
      f: {label: ሴት, synonyms: [ሴትዮ, እመቤት]}
      m: ወንድ
  thanks: {say: "እናመሰግናለን።"}
  sure: {choose: ትክክል?, options: {"yes": አዎ, "no": አይ}}
  over: {say: "ደህና ይሁኑ።"}
"""

NOTICE = """\
notice: leg_offered
audience: provider
handling: resend
placeholders: {code: leg_code}
reviewed_by: {so: "", am: ""}
text:
  en: "Request {code}."
  so: "Codsi {code}."
"""

FILES = {
    "phrases.yaml": PHRASES,
    "main/flow.yaml": MAIN,
    "main/text.so.yaml": SOMALI,
    "main/text.am.yaml": AMHARIC,
    "notices/leg_offered.yaml": NOTICE,
}


def lay_out(folder: Path) -> Path:
    """Writes the files."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def look(folder: Path) -> Project:
    """The folder as the tools read it."""
    return Project.read(read_folder(folder))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file's bytes, by its path below the folder."""
    paths = sorted(each for each in folder.rglob("*") if each.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
