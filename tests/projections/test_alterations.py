"""No record that changes a published statement is ever taken for one that cannot reach it."""

import shutil
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.composing import Wanted
from ledger.events import Event, Recorded
from projections.alterations import alteration, may_reach, touches
from projections.statements import composed
from projections.statements.books import opened as books_of
from projections.statements.statement import Statement
from tests.ledger.correction_words import bank_reconciled, entry_classified, suspense_seen
from tests.ledger.disclosure_words import drafted
from tests.ledger.duty_words import posted
from tests.ledger.happened import (
    building_registered,
    committee_decided,
    deposit_recorded,
    entry_reversed,
    fund_opened,
    interest_recorded,
    payment_approved,
    payment_paid,
    payment_requested,
    rectification_opened,
    vote_passed,
)
from tests.ledger.project_words import plan_published
from tests.ledger.revenue_words import (
    ADVERTS,
    DOOR_12,
    PARKING,
    contract_registered,
    income,
    net_moved,
    revenue_spent,
    share_agreed,
    spent_as_cost,
    transferred,
)
from tests.ledger.story import WUTONGLI, Fact
from tests.projections.books import Books, opened

FEBRUARY, MAY, QUARTER_END = date(2026, 2, 3), date(2026, 5, 20), date(2026, 6, 30)
NEXT_DAY, NOVEMBER = date(2026, 7, 1), date(2026, 11, 2)
DAYS = (FEBRUARY, MAY, QUARTER_END, NEXT_DAY, NOVEMBER)
QUARTER = Wanted("T1", date(2026, 4, 1), QUARTER_END)
HALF_YEAR = Wanted("T3", date(2026, 1, 1), QUARTER_END)
WANTED = (
    QUARTER,
    HALF_YEAR,
    Wanted("T2", date(2026, 1, 1), QUARTER_END),
    Wanted("T7", date(2026, 1, 1), date(2026, 12, 31), None, "lift-3"),
    Wanted("T11", date(2026, 1, 1), date(2026, 12, 31)),
    Wanted("T13", date(2026, 1, 1), QUARTER_END),
)
PUBLISHED = (
    income(600_00, PARKING, on=MAY),
    income(90_00, ADVERTS, on=MAY, scope=DOOR_12),
    spent_as_cost(40_00, "energy", on=MAY),
    suspense_seen("public-revenue", fen=7_00, on=MAY),
    deposit_recorded("maintenance", fen=500_00, on=MAY),
    suspense_seen("maintenance", fen=9_00, on=MAY),
)
EARLIER = (
    building_registered("3", doors=("12",)),
    fund_opened("public-revenue", fen=900_000_00),
    fund_opened("maintenance", fen=900_000_00),
    contract_registered("lockers"),
    vote_passed("lift-3", authorises=800_000_00),
)


def on(day: date, fact: Fact) -> Fact:
    """The same fact, dated otherwise."""
    return fact._replace(on=day)


def of_project(fact: Fact) -> Fact:
    return fact._replace(event=msgspec.structs.replace(fact.event, project="lift-3"))


def facts(first: int) -> st.SearchStrategy[Fact]:
    """Any one thing that can be recorded after the statements; `first`: the number of PUBLISHED[0]."""
    names = st.uuids().map(str)
    days, fen = st.sampled_from(DAYS), st.integers(1, 90_00)
    funds = st.sampled_from(("maintenance", "public-revenue"))
    numbers = st.sampled_from([(first + place, fact) for place, fact in enumerate(PUBLISHED)])
    heads, scopes = st.sampled_from((PARKING, ADVERTS)), st.sampled_from((None, DOOR_12))
    suspense = st.sampled_from(
        [
            (first + 3, "public-revenue", 7_00, "fund/public-revenue/whole"),
            (first + 5, "maintenance", 9_00, "fund/maintenance/whole"),
        ]
    )
    return st.one_of(
        st.builds(
            lambda fen, head, day, scope: income(fen, head, on=day, scope=scope), fen, heads, days, scopes
        ),
        st.builds(lambda fen, day: spent_as_cost(fen, "tax", on=day), fen, days),
        st.builds(lambda fen, day, name: revenue_spent(fen, paid_on=day, spending=name), fen, days, names),
        st.builds(lambda fund, fen, day: deposit_recorded(fund, fen=fen, on=day), funds, fen, days),
        st.builds(lambda fund, fen, day: interest_recorded(fund, fen=fen, on=day), funds, fen, days),
        st.builds(lambda name, fen, day: on(day, payment_requested(name, fen=fen)), names, fen, days),
        st.builds(lambda name, fen, day: on(day, payment_approved(name, fen=fen)), names, fen, days),
        st.builds(lambda name, fen, day: payment_paid(name, fen=fen, on=day), names, fen, days),
        st.builds(lambda name, fen, day: of_project(payment_paid(name, fen=fen, on=day)), names, fen, days),
        st.builds(lambda fen, day: on(day, transferred(fen, on=day)), fen, days),
        st.builds(lambda fen, day: net_moved(fen, on=day), fen, days),
        st.builds(lambda fund, fen, day: suspense_seen(fund, fen=fen, on=day), funds, fen, days),
        st.builds(lambda one, day: on(day, entry_reversed(one[0], one[1], reason="重复入账")), numbers, days),
        st.builds(
            lambda one, day: entry_classified(
                one[0], one[1], fen=one[2], became="interest", account=one[3], on=day
            ),
            suspense,
            days,
        ),
        st.builds(lambda fund, day: bank_reconciled(fund, bank=1, book=2, on=day), funds, days),
        st.builds(lambda name, day: contract_registered(name, on=day), names, days),
        st.builds(lambda day: on(day, share_agreed("70/100")), days),
        st.builds(lambda name, day: on(day, committee_decided(name)), names, days),
        st.builds(lambda name, day: on(day, plan_published(name)), names, days),
        st.builds(lambda name, day: on(day, rectification_opened(name)), names, days),
        st.builds(lambda day: posted(day, "desk", disclosure="q2"), days),
        st.builds(lambda day: posted(day, "desk", decision="lift-3"), days),
        st.builds(lambda day: on(day, drafted("q2")), days),
    )


class Published:
    """Books on disk as they were when the statements were published, to be copied for every example."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with opened(f"sqlite:///{folder / 'then'}") as books:
            books.tell(*EARLIER)
            self.first = books.number + 1
            self.until = books.tell(*PUBLISHED)
            self.statements = statements(books, self.until)

    def later(self, *facts: Fact) -> tuple[list[Recorded[Event]], list[Statement]]:
        """What is recorded after it, and the statements then."""
        shutil.rmtree(self.folder / "now", ignore_errors=True)
        shutil.copytree(self.folder / "then", self.folder / "now")
        books = Books(f"sqlite:///{self.folder / 'now'}")
        try:
            number = books.tell(*facts)
            numbers = range(self.until + 1, number + 1)
            found = [books.story.store.numbered(WUTONGLI, number) for number in numbers]
            return [one for one in found if one is not None], statements(books, number)
        finally:
            books.close()


def statements(books: Books, until: int) -> list[Statement]:
    with books_of(books.story.store, WUTONGLI, until) as known:
        return [composed(known, wanted) for wanted in WANTED]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    return Published(tmp_path_factory.mktemp("published"))


def said(statement: Statement) -> Statement:
    """A statement but for how far it reads."""
    return msgspec.structs.replace(statement, until=0, head="")


def is_passed_over(fact: Fact) -> bool:
    """Whether it is taken for one that cannot reach some statement: only of these there is a doubt."""
    seen: Any = SimpleNamespace(data=fact.event, occurred_on=fact.on)
    return not all(may_reach(wanted, seen) for wanted in WANTED)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_changes_a_statement_is_never_taken_for_what_cannot_reach_it(published: Published, data) -> None:
    passed_over = facts(published.first).filter(is_passed_over)
    later = data.draw(st.lists(passed_over, min_size=1, max_size=4, unique_by=repr))
    records, now = published.later(*later)
    assert len(records) == len(later)
    for wanted, old, new in zip(WANTED, published.statements, now, strict=True):
        if not any(may_reach(wanted, recorded) for recorded in records):
            assert said(old) == said(new), wanted.table


@pytest.mark.parametrize(
    ("fact", "reaches"),
    [
        (income(5_00, PARKING, on=QUARTER_END), True),
        (income(5_00, PARKING, on=NEXT_DAY), False),
        (spent_as_cost(5_00, "tax", on=NEXT_DAY), False),
        (transferred(5_00, on=NEXT_DAY), True),  # of this quarter, though later
        (contract_registered("shop", on=NEXT_DAY), True),
        (drafted("q2"), False),
        (posted(MAY, "desk", disclosure="q2"), False),
    ],
)
def test_a_quarter_that_was_published_is_reached_by_what_is_dated_in_it_or_about_it(
    published: Published, fact: Fact, reaches: bool
) -> None:
    ((recorded,), _) = published.later(fact)
    assert may_reach(QUARTER, recorded) is reaches


def test_a_late_entry_alters_every_figure_it_stands_in_and_is_named(published: Published) -> None:
    records, now = published.later(income(5_00, PARKING, on=MAY), income(8_00, PARKING, on=NOVEMBER))
    found = alteration(
        published.statements[0], now[0], [one.number for one in records if touches(QUARTER, one)]
    )
    assert found is not None
    assert found.records == (published.until + 1,)
    changed = {one.column: (one.old, one.new) for one in found.changes if not one.section}
    assert changed["gross_income"] == (690_00, 695_00)
    assert found.cautions is None


def test_a_reversal_booked_in_the_open_period_touches_no_earlier_one(published: Published) -> None:
    reversal = on(NOVEMBER, entry_reversed(published.first, PUBLISHED[0], reason="重复入账"))
    ((recorded,), now) = published.later(reversal)
    assert not touches(QUARTER, recorded)
    assert alteration(published.statements[0], now[0], [recorded.number]) is None  # it is booked in November


def test_what_readers_must_be_told_can_change_while_no_figure_does(published: Published) -> None:
    _, now = published.later(bank_reconciled("public-revenue", bank=1, book=1, on=QUARTER_END))
    found = alteration(published.statements[0], now[0], [published.until + 1])
    assert found is not None
    assert found.changes == ()
    assert [caution.code for caution in found.cautions or ()] == [
        "bank-difference",
        "suspense",
        "without-voucher",
    ]


def test_a_statement_that_says_the_same_is_not_altered(published: Published) -> None:
    _, now = published.later(income(8_00, PARKING, on=NOVEMBER))
    assert alteration(published.statements[0], now[0], []) is None
