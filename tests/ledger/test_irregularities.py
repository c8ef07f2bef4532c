"""Bad news fits in the ledger: what a rule forbids and happened all the same is recorded, once owned up to.

Every line of the first table is an act that already took place; of the second, one that is still to come.
"""

import msgspec
import pytest

from ledger.actions.payment_record import RecordUnauthorisedPayment
from ledger.actions.revenue_spending import SpendPublicRevenue
from ledger.commands import ACTIONS
from ledger.errors import Refused
from tests.ledger.asked import (
    approve_payment,
    decide_in_committee,
    record_payment,
    request_payment,
)
from tests.ledger.correction_words import budget_set, classify, set_budget, suspense_seen
from tests.ledger.happened import (
    PAYEE,
    PURPOSE,
    SUMMER,
    committee_decided,
    fund_opened,
    payment_requested,
    vote_passed,
)
from tests.ledger.story import Fact, given, story, then_recorded, then_refused, when

UNBROKEN = "COM-13"  # a rule that none of these acts can break

MAINTENANCE = (fund_opened("maintenance", fen=9_000_00), *vote_passed("lift-3", authorises=8_000_00))
WORKING = (
    fund_opened("working", fen=9_000_00),
    *vote_passed("budget-2026", fund="working", authorises=9_000_00),
    budget_set(office=1_000_00),
)
REVENUE = (
    fund_opened("public-revenue", fen=9_000_00),
    committee_decided("lamps", authorises=5_000_00, fund="public-revenue"),
)


def first_number(facts) -> int:
    """The record number the first of these facts will have; the community was opened with its roles."""
    return 11 + len([fact for fact in facts if isinstance(fact, Fact)])


def gone(payment: str, *, fen: int, fund: str, **of) -> RecordUnauthorisedPayment:
    return RecordUnauthorisedPayment(
        payment=payment, fund=fund, amount_fen=fen, payee=PAYEE, purpose=PURPOSE, paid_on=SUMMER,
        voucher="2026-9", **of,
    )  # fmt: skip


def spent(fen: int, **of) -> SpendPublicRevenue:
    return SpendPublicRevenue(
        spending="lamps-1",
        amount_fen=fen,
        payee=PAYEE,
        purpose=PURPOSE,
        paid_on=SUMMER,
        voucher="2026-9",
        **of,
    )


HAPPENED = {
    "a decision two of five signed": (
        (),
        decide_in_committee("printer", signed=2),
        "committee-decision.too-few-signatures",
        ("COM-09",),
    ),
    "a meeting two of five came to": (
        (),
        decide_in_committee("printer", present=2, signed=2),
        "committee-decision.no-quorum",
        ("COM-08", "COM-09"),
    ),
    "the committee frees the owners' fund": (
        (),
        decide_in_committee("lift-3", fund="maintenance", authorises=1_00),
        "committee-decision.maintenance-fund-needs-a-vote",
        ("FUND-09", "VOTE-01"),
    ),
    "a payment the bank made before anybody approved it": (
        (*MAINTENANCE, payment_requested("half", fen=4_000_00)),
        record_payment("half"),
        "fund-payment.not-approved",
        ("FUND-09",),
    ),
    "money that left with no request at all": (
        MAINTENANCE,
        gone("dash", fen=1_00, fund="maintenance"),
        "fund-payment.unauthorised",
        ("FUND-09",),
    ),
    "a banquet beyond the budget": (
        WORKING,
        gone("banquet", fen=1_000_01, fund="working", decision="budget-2026", head="office"),
        "fund-payment.unauthorised",
        ("COM-18", "FUND-09"),
    ),
    "an unexplained payment nobody had decided on": (
        (*MAINTENANCE, suspense_seen(fen=50_00, direction="out")),
        classify(first_number((*MAINTENANCE, None)), "payment"),
        "entry.payment-not-authorised",
        ("FUND-09",),
    ),
    "public revenue spent with no decision": (
        REVENUE,
        spent(50_00, use="upkeep"),
        "revenue-spending.without-decision",
        ("FUND-09",),
    ),
    "public revenue spent on what the maintenance fund pays": (
        REVENUE,
        spent(50_00, use="maintenance-scope", decision="lamps"),
        "public-revenue.within-the-maintenance-fund",
        ("REV-12",),
    ),
}

TO_COME = {
    "a payment beyond its decision": (MAINTENANCE, request_payment("lift-3", fen=8_000_01), ("FUND-09",)),
    "a payment beyond the budget": (
        WORKING,
        msgspec.structs.replace(request_payment("budget-2026", fen=1_000_01, fund="working"), head="office"),
        ("COM-18",),
    ),
    "an approval of what the decision does not free": (
        (*MAINTENANCE, payment_requested("half", fen=8_000_01)),
        approve_payment("half"),
        ("FUND-09",),
    ),
    "a budget the committee gives itself": (
        (committee_decided("budget-2026"),),
        set_budget(office=1_00),
        ("COM-18",),
    ),
}


@pytest.fixture(autouse=True)
def _telling(a_story: object) -> None:
    """Every spec here tells a story of its own."""


def owning_up(command, *rules: str):
    return msgspec.structs.replace(command, acknowledge=tuple(rules))


@pytest.mark.parametrize(("facts", "command", "code", "rules"), HAPPENED.values(), ids=HAPPENED)
def test_what_happened_against_a_rule_is_refused_until_it_is_owned_up_to(facts, command, code, rules):
    given(*facts)
    assert type(command).already_happened
    when(command)
    outcome = story().told()
    assert getattr(outcome, "code", outcome) == code
    assert set(outcome.rules) <= set(rules)
    assert story().nothing_was_recorded()


@pytest.mark.parametrize(("facts", "command", "code", "rules"), HAPPENED.values(), ids=HAPPENED)
def test_owned_up_to_it_is_recorded_with_the_rules_it_breaks(facts, command, code, rules):
    given(*facts)
    when(owning_up(command, *rules))
    (line,) = then_recorded()
    envelope = story().store.numbered("wutongli", line.number).envelope
    assert envelope.irregularities == rules
    assert envelope.rules


@pytest.mark.parametrize(("facts", "command", "code", "rules"), HAPPENED.values(), ids=HAPPENED)
def test_nobody_owns_up_to_a_rule_that_was_not_broken(facts, command, code, rules):
    given(*facts)
    when(owning_up(command, *rules, UNBROKEN))
    then_refused("acknowledge.nothing-to-acknowledge", acknowledged=[UNBROKEN])


SEVERAL = {name: row for name, row in HAPPENED.items() if len(row[3]) > 1}


@pytest.mark.parametrize(("facts", "command", "code", "rules"), SEVERAL.values(), ids=SEVERAL)
def test_owning_up_to_half_of_it_is_not_enough(facts, command, code, rules):
    given(*facts)
    for rule in rules:
        when(owning_up(command, rule))
        assert isinstance(story().told(), Refused)
        assert story().nothing_was_recorded()


@pytest.mark.parametrize(("facts", "command", "rules"), TO_COME.values(), ids=TO_COME)
def test_the_same_still_to_come_is_refused_whatever_is_owned_up_to(facts, command, rules):
    given(*facts)
    assert not type(command).already_happened
    for asked in (command, owning_up(command, *rules)):
        when(asked)
        outcome = story().told()
        assert getattr(outcome, "rules", None) == rules
        assert story().nothing_was_recorded()


def test_what_is_still_to_come_is_never_among_what_happened():
    to_come = ("request", "approve", "open", "set", "start-top-up", "draft", "publish", "adopt", "assign")
    wrongly = [
        name
        for name, action in ACTIONS.items()
        if action.already_happened and name.startswith(to_come) and name != "publish-repair-plan"
    ]
    assert wrongly == []
