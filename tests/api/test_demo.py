"""The demonstration can be built on any day, and every day of the year it tells the same lawful story."""

from collections import Counter
from datetime import date

import pytest

from api.demo import accounts, build
from api.services import Services

COMMUNITY = "wutongli"
# the law changed on 1 April and 1 July 2026; the others are ends of months and of years
DAYS = (
    date(2026, 4, 1),
    date(2026, 7, 1),
    date(2026, 11, 21),
    date(2026, 12, 31),
    date(2027, 1, 31),
    date(2027, 2, 28),
    date(2027, 3, 1),
    date(2028, 2, 29),
)


def built(folder, today):
    here = Services(f"sqlite:///{folder}")
    build(here.ledger, today)
    return here.store


def records(store):
    return [store.numbered(COMMUNITY, number) for number in range(store.length(COMMUNITY))]


@pytest.mark.parametrize("today", DAYS)
def test_on_any_day_the_real_list_and_the_invented_year_are_there_and_only_two_payments_break_a_rule(
    tmp_path, today
):
    store = built(tmp_path, today)
    told = records(store)
    assert len(told) > 250
    assert store.length("dongming") == 298
    of_money = [one for one in told if one.envelope.irregularities and one.envelope.postings]
    assert [(one.data.payment, one.envelope.irregularities) for one in of_money] == [
        ("drains-2026", ("FUND-09",)),
        ("sound-2026", ("FUND-09",)),
    ]
    # told in months, a debrief is sometimes held after its year is over
    assert {one.envelope.irregularities for one in told} <= {(), ("FUND-09",), ("FIRM-15",)}
    late = [one for one in told if (stamped_on(one) - one.occurred_on).days > 3]
    assert late == []
    assert [one for one in told if stamped_on(one) > today] == []
    assert store.deep_check() == store.head()
    store.close()


def stamped_on(recorded):
    return date.fromisoformat(recorded.envelope.recorded_at[:10])


def test_the_invented_year_shows_what_the_law_part_can_do(tmp_path):
    store = built(tmp_path, date(2026, 11, 21))
    kinds = Counter(one.data.kind for one in records(store))
    store.close()
    assert kinds["ballot.cast"] == 14
    assert kinds["bank.reconciled"] == 39  # three funds, thirteen months
    for kind in (
        "rules.adopted",
        "ballots.delivered",
        "conflicting-ballot.kept",
        "repair-plan.published",
        "repair-contract.signed",
        "price-review.engaged",
        "price-review.recorded",
        "works.accepted",
        "project.apportioned",
        "completion-notice.posted",
        "revenue-contract.registered",
        "revenue-to-fund.transferred",
        "net-revenue.moved",
        "working-budget.set",
        "suspense-entry.recorded",
        "entry.classified",
        "entry.reversed",
        "irregularity.resolved",
        "fund.apportioned",
        "top-up.started",
        "disclosure.published",
        "posting.recorded",
        "removal.recorded",
        "audit.engaged",
        "audit-report.recorded",
        "seal.used",
        "debrief.scheduled",
        "debrief.submitted",
        "appraisal-feedback.given",
    ):
        assert kinds[kind] > 0, kind


def test_every_quarter_seventy_of_a_hundred_of_the_net_went_to_the_fund_to_the_fen(tmp_path):
    store = built(tmp_path, date(2026, 11, 21))
    events = [one.data for one in records(store)]
    store.close()
    net = {one.quarter: one.amount_fen for one in events if one.kind == "net-revenue.moved"}
    shares = {
        one.quarter: one.amount_fen
        for one in events
        if one.kind == "revenue-to-fund.transferred" and one.scope is None
    }
    assert list(net) == ["2025-q4", "2026-q1", "2026-q2", "2026-q3"]
    assert net["2026-q3"] == 85_026_51  # 10,003,591 fen came in from July to September, costs took 1,500,940
    for quarter, fen in net.items():
        assert 100 * shares[quarter] - 70 * fen in range(-49, 51), quarter  # half a fen upwards


def test_no_account_of_the_demonstration_stands_in_its_books(tmp_path):
    store = built(tmp_path, date(2026, 11, 21))
    entries = b"".join(row.entry for row in store.rows(0))
    for account in accounts(COMMUNITY).values():
        assert account.encode() not in entries
    store.close()


def test_no_owner_voter_or_private_counterparty_stands_in_the_books(tmp_path):
    store = built(tmp_path, date(2026, 11, 21))
    entries = b"".join(row.entry for row in store.rows(0)).decode()
    store.close()
    for name in ("王秀兰", "业主的女儿", "业主登记簿第501号"):
        assert name not in entries
    assert "个人(王**)" in entries
