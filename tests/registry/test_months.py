"""Months and dates as people type them."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.messages import Rejected
from gateway.registry.months import parse_date, parse_month

TODAY = date(2026, 5, 31)


@pytest.mark.parametrize(
    ("typed", "month"),
    [
        ("05/2026", "2026-05"),
        ("5 2026", "2026-05"),
        ("5-2026", "2026-05"),
        ("2026-05", "2026-05"),
        ("2026 5", "2026-05"),
        ("052026", "2026-05"),
        ("52026", "2026-05"),
        ("202605", "2026-05"),
        ("122012", "2012-12"),
        ("2026", "2026"),
        ("٠٥/٢٠٢٦", "2026-05"),
        ("፭ ፳፻፳፮", "2026-05"),
        ("0,2026", Rejected("not_a_month")),
        ("13/2025", Rejected("not_a_month")),
        ("00/2025", Rejected("not_a_month")),
        ("May 2026", Rejected("not_a_month")),
        ("26", Rejected("not_a_month")),
        ("1850", Rejected("not_a_month")),
        ("", Rejected("not_a_month")),
        ("06/2026", Rejected("future")),
        ("062026", Rejected("future")),
        ("2027", Rejected("future")),
    ],
    ids=ascii,
)
def test_parse_month(typed: str, month: str | Rejected) -> None:
    """A past month, or a year alone, in any order and script; nothing is invented."""
    assert parse_month(typed, TODAY) == month


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("31/5/2026", "2026-05-31"),
        ("31.05.2026", "2026-05-31"),
        ("31052026", "2026-05-31"),
        ("31 05 2026", "2026-05-31"),
        ("2026-05-31", "2026-05-31"),
        ("20260531", "2026-05-31"),
        ("20102026", "2026-10-20"),
        ("20101012", "2010-10-12"),
        ("25/12", "2026-12-25"),
        ("31/5", "2026-05-31"),
        ("30/5", "2027-05-30"),
        ("29/2", "2028-02-29"),
        ("٢٥/١٢", "2026-12-25"),
        ("30/2/2026", Rejected("not_a_date")),
        ("30/2", Rejected("not_a_date")),
        ("32/1/2026", Rejected("not_a_date")),
        ("31/5/26", Rejected("not_a_date")),
        ("2512", Rejected("not_a_date")),
        ("0/0/0000", Rejected("not_a_date")),
        ("31/5/1850", Rejected("not_a_date")),
        ("tomorrow", Rejected("not_a_date")),
    ],
    ids=ascii,
)
def test_parse_date(typed: str, day: str | Rejected) -> None:
    """A day in any order and script; without a year, the next one; one that does not exist is refused."""
    assert parse_date(typed, TODAY) == day
