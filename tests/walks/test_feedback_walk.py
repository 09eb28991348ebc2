"""Whether it helped, from the provider's last word to the person's, by SMS in their own language."""

from __future__ import annotations

from sqlalchemy import select
from town import CASEWORKER, HEALTH_IN_JIJIGA, Town

from gateway.store.tables import referrals

HODAN = "+251911234567"


def test_a_no_reopens_and_a_yes_settles(town: Town) -> None:
    """Asked at the end, the person says no: a caseworker hears of it; then yes: it counts as served."""
    town.registers(HODAN, "so")
    code = town.asks_for_health(HODAN, "so")
    town.deliver()
    provider, hodan = town.texter(HEALTH_IN_JIJIGA), town.texter(HODAN)
    for word in ("ACCEPT {}", "ARRIVED {}", "DONE {} HELPED"):
        provider.write(word.format(code))
    assert town.heard(HODAN, "leg_completed_person", "so")["code"] == f"{code[:5]}-{code[5]}"
    town.said(hodan.write("fikrad"), "feedback/helped", "so")
    town.said(hodan.write("2"), "feedback/disputed", "so")
    town.heard(CASEWORKER, "referral_disputed_staff", "en")
    assert _case(town) == ("open", True)
    town.said(hodan.write("FIKRAD HAA"), "feedback/confirmed", "so")
    town.heard(HEALTH_IN_JIJIGA, "leg_confirmed_provider", "so")
    assert _case(town) == ("served", False)


def _case(town: Town) -> tuple[str, bool]:
    with town.runtime.database.reading() as tx:
        row = tx.execute(select(referrals.c.state, referrals.c.disputed)).one()
        return row.state, row.disputed
