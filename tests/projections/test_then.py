"""The books as they once were: every answer is the plain fold of the events that count, and of no others."""

import json
import tempfile
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projections import balances, decisions, entries
from projections.database import Views
from tests.ledger.happened import (
    committee_decided,
    deposit_recorded,
    entry_reversed,
    fund_opened,
    interest_recorded,
    payment_paid,
    payment_reserved,
    vote_passed,
)
from tests.ledger.story import WUTONGLI
from tests.projections.books import Books, opened
from tests.projections.histories import FUNDS, NEW_YEAR, Spells, spells
from tests.projections.test_entries import from_origin
from tests.projections.test_rebuilding import live_through

SPRING, SUMMER, AUTUMN = date(2026, 3, 20), date(2026, 6, 30), date(2026, 9, 10)
NOON = datetime(2099, 11, 20, 4, 0, tzinfo=UTC)  # in Shanghai; instants never go back, so after any today
Event = dict[str, Any]


# -- the plain fold: stored bytes in order of record, and nothing of the views -------------------------------


def stored(books: Books) -> list[Event]:
    """Every event of 梧桐里 as it stands in the store, with its number."""
    rows = books.story.store.ledger_rows(WUTONGLI, -1, 100_000)
    return [{**json.loads(row.entry), "number": row.number} for row in rows]


def counted(events: list[Event], as_of: date | None, known_at: int | None) -> list[Event]:
    return [
        event
        for event in events
        if (known_at is None or event["number"] <= known_at)
        and (as_of is None or event["occurred_on"] <= as_of.isoformat())
    ]


def plain_balances(events: list[Event]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for event in events:
        if event["kind"] == "fund.opened":
            sums.setdefault(f"bank/{event['data']['fund']}", 0)
        for account, fen in event.get("postings", []):
            sums[account] = sums.get(account, 0) + fen
    return sums


def plain_entries(events: list[Event]) -> list[Event]:
    running: defaultdict[str, int] = defaultdict(int)
    rows: list[Event] = []
    recognised: dict[int, int] = {}
    for event in events:
        reverses = event["data"]["number"] if event["kind"] == "entry.reversed" else None
        if event["kind"] == "entry.classified":
            recognised[event["number"]] = event["data"]["number"]
        changed = event["number"] if event["number"] in recognised else reverses
        for row in rows:
            if row["number"] == recognised.get(changed):
                row["classified_by"] = event["number"] if changed == event["number"] else None
        for account, fen in event.get("postings", []):
            pot, _, fund = account.partition("/")
            if pot == "bank":
                running[fund] += fen
                for row in rows:
                    if (row["number"], row["fund"]) == (reverses, fund):
                        row["reversed_by"] = event["number"]
                rows.append(
                    {
                        "number": event["number"],
                        "fund": fund,
                        "fen": fen,
                        "balance_fen": running[fund],
                        "reverses": reverses,
                        "reversed_by": None,
                        "classified_by": None,
                    }
                )
    return sorted(rows, key=lambda row: (row["number"], FUNDS.index(row["fund"])))


def plain_decisions(events: list[Event]) -> dict[str, Event]:
    found: dict[str, Event] = {}
    for event in events:
        kind, of = event["kind"], event["data"]
        freed = of.get("authorises", {}).get("amount_fen", 0)
        row = found.get(of.get("decision", ""), {})
        if kind == "committee-decision.recorded":
            found[of["decision"]] = {
                "status": "passed",
                "authorised_fen": freed,
                "reserved": 0,
                "paid_fen": 0,
            }
        elif kind == "vote.opened":
            found[of["decision"]] = {"status": "open", "authorised_fen": 0, "reserved": 0, "paid_fen": 0}
        elif kind == "vote-result.recorded" and row:
            row["agree_heads"] = of["agree_heads"]
        elif kind == "vote.closed" and row:
            row["status"] = "passed" if of["approved"] else "rejected"
            row["authorised_fen"] = freed if of["approved"] else 0
        elif kind == "fund-payment.approved" and row:
            row["reserved"] += of["amount_fen"]
        elif kind == "fund-payment.recorded" and row:
            row["reserved"] -= of["amount_fen"]
            row["paid_fen"] += of["amount_fen"]
        elif kind == "entry.reversed" and row:
            row["paid_fen"] -= sum(fen for account, fen in of["entries"] if account.startswith("bank/"))
    return found


# -- what the views answer -----------------------------------------------------------------------------------


def assert_is_the_plain_fold(views: Views, events: list[Event], as_of: date | None, known_at: Any) -> None:
    """All three views against the fold of the same events; `events` are those that count."""
    then = {"as_of": as_of, "known_at": known_at}
    shown = balances.of(views, WUTONGLI, **then)
    assert {one.account: one.fen for one in shown.accounts} == plain_balances(events)
    plain = plain_entries(events)
    rows = entries.page(views, WUTONGLI, limit=1_000, **then)
    assert [{name: getattr(row, name) for name in one} for row, one in zip(rows, plain, strict=True)] == plain
    newest = entries.page(views, WUTONGLI, limit=1_000, newest_first=True, **then)
    assert sorted(newest, key=lambda row: (row.number, row.fund)) == sorted(
        rows, key=lambda row: (row.number, row.fund)
    )
    for fund in FUNDS:
        of_fund = [row for row in rows if row.fund == fund]
        assert entries.page(views, WUTONGLI, fund=fund, limit=1_000, **then) == of_fund
        assert entries.count(views, WUTONGLI, fund=fund, **then) == len(of_fund)
        assert entries.totals(
            views, WUTONGLI, fund, date(1949, 10, 1), date(2199, 12, 30), **then
        ).closing_fen == sum(row.fen for row in of_fund)
        for period in ((date(1949, 10, 1), date(2199, 12, 31)), (SPRING, AUTUMN), (NEW_YEAR, SUMMER)):
            assert_categories_are_those_of_the_rows(views, fund, of_fund, period, then)
    assert_decisions_are_the_plain_fold(views, events, then)


def assert_categories_are_those_of_the_rows(
    views: Views, fund: str, rows: list[entries.EntryRow], period: tuple[date, date], then: dict[str, Any]
) -> None:
    sums: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        if period[0] <= row.occurred_on <= period[1]:
            sums[row.category] += row.fen
    shown = entries.by_category(views, WUTONGLI, fund, *period, **then)
    assert {one.category: one.fen for one in shown} == sums


def assert_decisions_are_the_plain_fold(views: Views, events: list[Event], then: dict[str, Any]) -> None:
    plain = plain_decisions(events)
    shown = decisions.page(views, WUTONGLI, limit=1_000, **then)
    assert {
        row.decision: {
            "status": row.status,
            "authorised_fen": row.authorised_fen,
            "reserved": row.reserved_fen,
            "paid_fen": row.paid_fen,
            **({} if row.agree_heads is None else {"agree_heads": row.agree_heads}),
        }
        for row in shown
    } == plain
    for row in shown:
        assert row.remaining_fen == row.authorised_fen - row.reserved_fen - row.paid_fen
        assert decisions.one(views, WUTONGLI, row.decision, **then) == row


days = st.none() | st.integers(-1, 330).map(lambda day: NEW_YEAR + timedelta(day))
places = st.none() | st.floats(0, 1)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(spells, st.lists(st.tuples(days, places), min_size=1, max_size=4))
def test_any_moment_is_the_plain_fold_of_what_counted_then(
    told: Spells, moments: list[tuple[date | None, float | None]]
) -> None:
    with tempfile.TemporaryDirectory() as folder, opened(f"sqlite:///{folder}") as books:
        live_through(books, told)
        events = stored(books)
        for as_of, place in moments:
            known_at = None if place is None else round(place * books.number)
            assert_is_the_plain_fold(books.views, counted(events, as_of, known_at), as_of, known_at)


def test_both_databases_answer_for_any_moment(both_books: Books) -> None:
    spell = [(kind, fen, fen % 300) for fen in (3, 1_024, 77, 9_998) for kind in ALL_KINDS]
    live_through(both_books, [(spell, 3), (spell[::-1], 5_000)])
    events = stored(both_books)
    for as_of, place in product((None, SPRING, AUTUMN), (None, 3, 2)):
        known_at = None if place is None else both_books.number * 2 // place - both_books.number // 4
        assert_is_the_plain_fold(both_books.views, counted(events, as_of, known_at), as_of, known_at)


ALL_KINDS = (
    "deposit", "interest", "revenue", "cost", "request", "approve", "pay", "suspense", "suspense",
    "recognise", "reverse", "vote",
)  # fmt: skip


@pytest.mark.parametrize("zone", [UTC, None])
def test_an_instant_stands_for_the_last_record_made_by_then(books: Books, zone: Any) -> None:
    for minute in range(4):
        books.story.store.clock = lambda minute=minute: NOON + timedelta(minutes=minute)
        books.tell(
            fund_opened(FUNDS[minute], fen=1_00) if minute < 3 else interest_recorded("working", fen=7)
        )
    shown = books.shown()
    known = {
        seconds: [
            row.kind
            for row in entries.page(
                shown, WUTONGLI, known_at=(NOON + timedelta(seconds=seconds)).astimezone(zone).isoformat()
            )
        ]
        for seconds in (-1, 0, 119, 120, 180, 9_999)
    }
    assert [len(kinds) for kinds in known.values()] == [0, 1, 2, 3, 4, 4]
    assert decisions.page(shown, WUTONGLI, known_at="1999-12-31T23:59:59+08:00") == []


# -- in the words of a committee -----------------------------------------------------------------------------


def test_what_was_put_right_later_looked_right_before(both_books: Books) -> None:
    both_books.tell(fund_opened("working", fen=100_00))
    wrong = deposit_recorded("working", fen=30_00, on=SPRING)
    number = both_books.tell(wrong)
    reversal = both_books.tell(entry_reversed(number, wrong, reason="重复入账")._replace(on=AUTUMN))
    shown = both_books.shown()
    reversed_by = {
        (as_of, known_at): entries.page(shown, WUTONGLI, as_of=as_of, known_at=known_at)[1].reversed_by
        for as_of, known_at in ((None, number), (SUMMER, None), (AUTUMN, None), (None, reversal))
    }
    assert reversed_by == {
        (None, number): None,
        (SUMMER, None): None,
        (AUTUMN, None): reversal,
        (None, reversal): reversal,
    }


def test_the_last_balance_as_of_a_day_is_what_the_fund_held_on_it(both_books: Books) -> None:
    both_books.tell(
        fund_opened("working", fen=100_00),
        deposit_recorded("working", fen=30_00, on=AUTUMN),
        deposit_recorded("working", fen=5_00, on=SPRING),  # entered late
        deposit_recorded("working", fen=1_00, on=SUMMER),
    )
    shown = both_books.shown()
    rows = entries.page(shown, WUTONGLI, as_of=SUMMER)
    assert [(row.occurred_on, row.balance_fen) for row in rows] == [
        (NEW_YEAR, 100_00),
        (SPRING, 105_00),
        (SUMMER, 106_00),
    ]
    assert balances.of(shown, WUTONGLI, as_of=SUMMER).funds[0].balance_fen == 106_00
    assert entries.page(shown, WUTONGLI, as_of=SUMMER, start=SUMMER)[0].balance_fen == 106_00


def test_a_search_in_old_books_finds_no_more_than_they_held(both_books: Books) -> None:
    both_books.tell(fund_opened("working", fen=100_00))
    known = both_books.tell(from_origin("电梯款", fen=30_00, on=SUMMER))
    both_books.tell(from_origin("补记电梯款", fen=5_00, on=SPRING))
    shown = both_books.shown()
    assert entries.count(shown, WUTONGLI, q="电梯") == 2
    assert entries.count(shown, WUTONGLI, q="电梯", known_at=known) == 1
    assert [row.fen for row in entries.page(shown, WUTONGLI, q="电梯", as_of=SPRING)] == [5_00]
    assert entries.totals(shown, WUTONGLI, "working", SPRING, SUMMER, known_at=known).in_fen == 30_00
    of_spring = entries.by_category(shown, WUTONGLI, "working", SPRING, SUMMER, as_of=SPRING)
    assert [category.fen for category in of_spring] == [5_00]


def test_pages_of_old_books_follow_each_other(both_books: Books) -> None:
    both_books.tell(fund_opened("working", fen=1_00), *(deposit_recorded("working", fen=1) for _ in range(6)))
    known = both_books.number - 2
    shown, found, after = both_books.shown(), [], None
    while page := entries.page(shown, WUTONGLI, after=after, limit=2, known_at=known):
        found += [row.number for row in page]
        after = page[-1].number
    assert found == list(range(known - 4, known + 1))
    both_books.tell(*(committee_decided(name) for name in ("printer", "bench", "lamp")))
    both_books.shown()
    known = both_books.number - 1
    newest = decisions.page(both_books.views, WUTONGLI, limit=1, newest_first=True, known_at=known)
    assert [row.decision for row in newest] == ["bench"]
    before = decisions.page(both_books.views, WUTONGLI, after=newest[0].number - 1, known_at=known)
    assert [row.decision for row in before] == ["bench"]


def test_an_entry_says_how_many_days_late_it_was_recorded(books: Books) -> None:
    midnight = datetime(2099, 12, 31, 16, 0, tzinfo=UTC)  # in Shanghai
    for instant in (midnight - timedelta(seconds=1), midnight):
        books.story.store.clock = lambda instant=instant: instant
        books.tell(from_origin("晚记", on=SPRING))
    new_years_eve = (date(2099, 12, 31) - SPRING).days
    found = [row.recorded_late_days for row in entries.page(books.shown(), WUTONGLI)]
    assert found == [new_years_eve, new_years_eve + 1]


def test_a_vote_was_open_before_it_passed_and_its_money_free_before_it_was_spent(both_books: Books) -> None:
    opened_vote, counted_votes, closed = vote_passed("lift-3", authorises=8_000_00)
    both_books.tell(fund_opened("maintenance", fen=9_000_00))
    steps = {
        "open": both_books.tell(opened_vote._replace(on=NEW_YEAR)),
        "counted": both_books.tell(counted_votes._replace(on=SPRING)),
        "closed": both_books.tell(closed._replace(on=SPRING)),
    }
    for fact in payment_reserved("lift-3", fen=5_000_00, payment="half"):
        steps["reserved"] = both_books.tell(fact._replace(on=SUMMER))
    steps["paid"] = both_books.tell(payment_paid("half", fen=5_000_00, on=AUTUMN))
    shown = both_books.shown()
    assert decisions.one(shown, WUTONGLI, "lift-3", known_at=steps["open"] - 1) is None
    assert decisions.one(shown, WUTONGLI, "lift-3", as_of=date(2025, 12, 31)) is None
    stood = {
        name: decisions.one(shown, WUTONGLI, "lift-3", known_at=number) for name, number in steps.items()
    }
    money = {
        name: row and (row.status, row.agree_heads, row.authorised_fen, row.reserved_fen, row.paid_fen)
        for name, row in stood.items()
    }
    assert money == {
        "open": ("open", None, 0, 0, 0),
        "counted": ("open", 400, 0, 0, 0),
        "closed": ("passed", 400, 8_000_00, 0, 0),
        "reserved": ("passed", 400, 8_000_00, 5_000_00, 0),
        "paid": ("passed", 400, 8_000_00, 0, 5_000_00),
    }
    assert stood["paid"] == decisions.one(shown, WUTONGLI, "lift-3")
    assert decisions.one(shown, WUTONGLI, "lift-3", as_of=SPRING) == stood["closed"]
    assert (
        decisions.one(shown, WUTONGLI, "lift-3", as_of=SUMMER, known_at=steps["counted"]) == stood["counted"]
    )
