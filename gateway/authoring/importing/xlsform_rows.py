"""The rows of an XLSForm as pyxform reads them: groups opened out, the languages of its labels."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pyxform.errors import PyXFormError
from pyxform.xls2json import workbook_to_json
from pyxform.xls2json_backends import get_xlsform

from gateway.authoring.importing.draft import Draft
from gateway.errors import FlowError

LARGEST = 5_000_000  # bytes of a workbook
LARGEST_OPENED = 50_000_000  # bytes of it unpacked

_OLD_EXCEL = bytes.fromhex("d0cf11e0a1b11ae1")
_LANGUAGE = re.compile(r"\(([a-z]{2,3})(?:-[A-Za-z0-9]+)*\)\s*$|^([a-z]{2,3})$")


def language_of(label: str) -> str:
    """`so` of `Somali (so)`; empty where no language is told."""
    found = _LANGUAGE.search(str(label))
    return (found[1] or found[2]) if found else ""


def read_workbook(workbook: bytes, name: str) -> dict[str, Any]:
    """A workbook as pyxform's plain data. Raises `FlowError` for what is no XLSForm, or too large for one."""
    if len(workbook) > LARGEST:
        raise FlowError(f"the form is larger than {LARGEST // 1_000_000} MB", file=name)
    kind = ".xls" if workbook.startswith(_OLD_EXCEL) else ""
    if zipfile.is_zipfile(BytesIO(workbook)):
        kind = ".xlsx"
        with zipfile.ZipFile(BytesIO(workbook)) as packed:
            if sum(each.file_size for each in packed.infolist()) > LARGEST_OPENED:
                raise FlowError("the form unpacks to more than any form needs", file=name)
    if not kind:
        raise FlowError("is no XLSForm workbook: save it as .xlsx", file=name)
    try:
        read: dict[str, Any] = workbook_to_json(
            get_xlsform(workbook, file_type=kind), form_name="form", warnings=[]
        )
        return read
    except PyXFormError as error:
        raise FlowError(f"the form is not sound: {str(error).splitlines()[0]}", file=name) from None
    except Exception as error:  # xlrd, openpyxl and zipfile raise what they please for what is no workbook
        raise FlowError(f"is no XLSForm workbook ({type(error).__name__})", file=name) from None


def labels(form: Any) -> Iterator[str]:
    """Every language's label in the form, in order."""
    if isinstance(form, Mapping):
        if isinstance(label := form.get("label"), Mapping):
            yield from map(str, label)
        for key in ("children", "choices"):
            yield from labels(form.get(key))
    elif isinstance(form, Sequence) and not isinstance(form, str):
        for each in form:
            yield from labels(each)


@dataclass(frozen=True)
class Question:
    """One row of the survey sheet, its groups' conditions joined with its own."""

    row: Mapping[str, Any]
    relevant: str

    @property
    def name(self) -> str:
        return str(self.row["name"])

    @property
    def type(self) -> str:
        return str(self.row["type"])

    def bind(self, key: str) -> Any:
        return self.row.get("bind", {}).get(key, "")


def questions(rows: Sequence[Mapping[str, Any]], relevant: str, draft: Draft) -> Iterator[Question]:
    """The rows in order, groups opened out."""
    for row in rows:
        own = str(row.get("bind", {}).get("relevant", ""))
        both = f"({relevant}) and ({own})" if relevant and own else relevant or own
        if row["type"] == "group":
            if row.get("name") != "meta":
                yield from questions(row.get("children", ()), both, draft)
        elif row["type"] == "repeat":
            draft.leave_out(
                str(row["name"]), "a repeated group", "a phone call would not end; make it a flow of its own"
            )
        else:
            yield Question(row, both)
