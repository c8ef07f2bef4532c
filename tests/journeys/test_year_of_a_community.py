"""One year of 梧桐里, told once and true on every store, up to what stands in the books on its last day."""

from collections.abc import Iterator
from datetime import date

import pytest

from ledger.actions.community import OpenLedger, RegisterBuilding
from ledger.actions.decision import Decision
from ledger.actions.entry import Entry, ReverseEntry
from ledger.actions.fund import FundBook, RecordFundDeposit, RecordFundInterest
from ledger.actions.public_revenue import RecordPublicRevenue, RecordRevenueCost
from ledger.actions.rectification import (
    AcceptRectification,
    Rectification,
    RejectRectification,
    ReportRectification,
)
from ledger.actions.role import GrantRole, RevokeRole
from ledger.actions.service_contract import SignServiceContract
from ledger.actions.vote_result import CloseVote
from ledger.events import decode
from ledger.fields import Scope
from ledger.store import open_store, open_vault
from tests.ledger.asked import (
    approve_payment,
    count_vote,
    decide_in_committee,
    hold_debrief,
    open_fund,
    open_rectification,
    open_vote,
    record_appraisal,
    record_payment,
    register_units,
    request_payment,
    seat_committee,
)
from tests.ledger.happened import SPRING, Member
from tests.ledger.story import (
    Story,
    state_of,
    story,
    telling,
    then_not_permitted,
    then_recorded,
    then_refused,
    when,
)
from tests.vault_keys import key_file_of

NEW_YEAR = date(2026, 1, 1)
BUILDING_3 = Scope(kind="building", id="3")
TREASURERS_LAST_DAY = date(2026, 10, 31)


@pytest.fixture(autouse=True)
def _telling(store_url: str) -> Iterator[None]:
    """The year is told on an empty store of each kind."""
    store, vault = open_store(store_url), open_vault(store_url, key_file_of(store_url))
    for _ in telling(Story(store, vault)):
        yield
    store.close()
    vault.close()


def done(command, *, by: str, on: date, **circumstances) -> int:
    """Somebody does something; the record number it got."""
    when(command, by=by, on=on, **circumstances)
    return then_recorded()[-1].number


def test_the_year_of_a_community():
    the_street_opens_the_community()
    the_committee_takes_office_and_the_funds_are_entered()
    the_owners_of_building_3_vote_for_their_lift()
    the_lift_is_paid_by_two_persons_and_never_beyond_the_vote()
    the_car_park_earns_and_a_mistake_is_put_right()
    the_firm_reports_back_and_clears_the_stairs()
    the_treasurer_leaves()
    new_years_eve()


def the_street_opens_the_community() -> None:
    story().vault.key("the-operator", create=True)
    by_hand = {"by": "the-operator", "via": "command-line"}
    done(OpenLedger(of="street", title="东明路街道"), on=NEW_YEAR, ledger="dongming", **by_hand)
    done(
        GrantRole(account="he", role="street", starts_on=NEW_YEAR), on=NEW_YEAR, ledger="dongming", **by_hand
    )
    done(OpenLedger(of="community", title="梧桐里", parent="dongming"), by="he", on=NEW_YEAR)
    for account, role in [("sun", "chair"), ("zhou", "secretary"), ("qian", "treasurer"), ("wu", "member")]:
        done(GrantRole(account=account, role=role, starts_on=NEW_YEAR), on=NEW_YEAR, **by_hand)
    done(GrantRole(account="heng-sheng-desk", role="firm", starts_on=NEW_YEAR), by="sun", on=NEW_YEAR)


def the_committee_takes_office_and_the_funds_are_entered() -> None:
    day = date(2026, 1, 15)
    names = ["孙敏", "周宁", "钱立", "吴越", "郑重"]
    members = [Member(name=name, post="chair" if name == "孙敏" else "member") for name in names]
    done(seat_committee(*members), by="zhou", on=day)
    done(RegisterBuilding(building="3", title="三号楼", doors=("12", "13")), by="zhou", on=day)
    done(register_units("3-101", "3-102", door="12", owner_ref="owner 0417"), by="zhou", on=day)
    done(open_fund("maintenance", fen=900_000_00), by="qian", on=day)
    done(open_fund("public-revenue", fen=0), by="qian", on=day)
    done(open_fund("working", fen=5_000_00), by="qian", on=day)
    when(open_fund("working", fen=1), by="qian", on=day)
    then_refused("fund.already-open", fund="working")
    contract = SignServiceContract(
        contract="2026", firm="heng-sheng", starts_on=NEW_YEAR, ends_on=date(2028, 12, 31)
    )
    done(contract, by="zhou", on=day)


def the_owners_of_building_3_vote_for_their_lift() -> None:
    done(
        open_vote("lift-3", authorises=268_000_00, scope=BUILDING_3, frees=BUILDING_3, roster="on-paper"),
        by="zhou",
        on=date(2026, 2, 1),
    )
    when(count_vote("lift-3"), by="zhou", on=date(2026, 3, 19))
    then_refused("vote.not-over", closes_on=SPRING)
    done(count_vote("lift-3", roster=("4800.00", 48), participating=("3200.00", 32), agree=("1600.01", 17)),
         by="zhou", on=SPRING)  # fmt: skip
    assert state_of(Decision, "lift-3").remaining_fen == 0
    done(CloseVote(decision="lift-3"), by="sun", on=SPRING)
    assert state_of(Decision, "lift-3").remaining_fen == 268_000_00


def the_lift_is_paid_by_two_persons_and_never_beyond_the_vote() -> None:
    june, september = date(2026, 6, 30), date(2026, 9, 10)
    done(request_payment("lift-3", fen=80_400_00, payment="lift-3-first"), by="qian", on=june)
    when(approve_payment("lift-3-first"), by="qian", on=june)
    then_not_permitted()
    when(record_payment("lift-3-first"), by="qian", on=june)
    then_refused("fund-payment.not-approved", rules=["FUND-09"], payment="lift-3-first")
    done(approve_payment("lift-3-first"), by="sun", on=june)
    done(record_payment("lift-3-first", paid_on=june), by="qian", on=june)
    when(request_payment("lift-3", fen=187_600_01, payment="lift-3-final"), by="qian", on=september)
    then_refused("fund-payment.exceeds-authorisation", rules=["FUND-09"], remaining_fen=187_600_00)
    done(request_payment("lift-3", fen=187_600_00, payment="lift-3-final"), by="qian", on=september)
    done(approve_payment("lift-3-final"), by="wu", on=september)
    assert state_of(FundBook, "maintenance").available_fen == 632_000_00
    done(record_payment("lift-3-final", paid_on=september), by="qian", on=september)


def the_car_park_earns_and_a_mistake_is_put_right() -> None:
    july = date(2026, 7, 1)
    done(RecordFundInterest(fund="maintenance", amount_fen=312_47, received_on=july), by="qian", on=july)
    done(RecordPublicRevenue(head=1, gross_fen=186_400_00, received_on=july), by="heng-sheng-desk", on=july)
    done(RecordRevenueCost(cost="energy", amount_fen=9_216_30, paid_on=july), by="qian", on=july)
    deposit = RecordFundDeposit(fund="working", amount_fen=600_00, received_on=july)
    when(deposit, by="qian", on=july, key="july-deposit")
    (first,) = then_recorded()
    when(deposit, by="qian", on=july, key="july-deposit")  # the same request again: nothing is booked twice
    assert then_recorded() == (first,)
    twice = done(deposit, by="qian", on=july)
    reversal = done(ReverseEntry(number=twice, reason="同一笔存入录入两次。"), by="qian", on=july)
    when(ReverseEntry(number=twice, reason="同一笔存入录入两次。"), by="sun", on=july)
    then_refused("entry.already-reversed", number=twice, reversed_by=reversal)
    done(decide_in_committee("printer", authorises=2_400_00), by="zhou", on=july)
    done(request_payment("printer", fen=2_400_00, fund="working"), by="qian", on=july)
    done(approve_payment("printer-next"), by="sun", on=july)


def the_firm_reports_back_and_clears_the_stairs() -> None:
    autumn = date(2026, 9, 20)
    done(hold_debrief("2025"), by="zhou", on=autumn)
    done(record_appraisal("2025"), by="zhou", on=autumn)
    done(open_rectification("stairs"), by="sun", on=autumn)
    done(ReportRectification(item="stairs", report="堆物已清理。"), by="heng-sheng-desk", on=autumn)
    done(RejectRectification(item="stairs", reason="五楼仍有堆物。"), by="sun", on=autumn)
    done(ReportRectification(item="stairs", report="五楼也已清理。"), by="heng-sheng-desk", on=autumn)
    done(AcceptRectification(item="stairs"), by="wu", on=autumn)


def the_treasurer_leaves() -> None:
    done(
        RevokeRole(account="qian", role="treasurer", ends_on=TREASURERS_LAST_DAY),
        by="sun",
        on=TREASURERS_LAST_DAY,
    )
    done(
        GrantRole(account="zheng", role="treasurer", starts_on=date(2026, 11, 1)),
        by="sun",
        on=date(2026, 11, 1),
    )
    when(record_payment("printer-next"), by="qian", on=date(2026, 11, 1))
    then_not_permitted()
    done(record_payment("printer-next", paid_on=date(2026, 11, 1)), by="zheng", on=date(2026, 11, 1))


def new_years_eve() -> None:
    books = {fund: state_of(FundBook, fund) for fund in ("maintenance", "public-revenue", "working")}
    assert {fund: (book.balance_fen, book.available_fen) for fund, book in books.items()} == {
        "maintenance": (632_312_47, 632_312_47),
        "public-revenue": (177_183_70, 177_183_70),
        "working": (3_200_00, 3_200_00),
    }
    assert state_of(Decision, "lift-3").remaining_fen == 0
    assert state_of(Rectification, "stairs").stage == "accepted"
    store = story().store
    rows = store.ledger_rows("wutongli", -1, 1_000)
    assert [row.number for row in rows] == list(range(len(rows)))
    reversals = [row for row in rows if row.kind == "entry.reversed"]
    assert len(reversals) == 1
    mistake = decode(reversals[0].kind, reversals[0].entry).data.number
    assert state_of(Entry, mistake).reversed_by == reversals[0].number
    totals: dict[str, int] = {}
    for row in rows:
        for account, fen in decode(row.kind, row.entry).postings:
            totals[account] = totals.get(account, 0) + fen
    assert sum(totals.values()) == 0
    assert totals["bank/maintenance"] == 632_312_47
    assert totals["fund/maintenance/building-3"] == 268_000_00  # spent, and the lift is building 3's
    assert store.deep_check() == store.head()
