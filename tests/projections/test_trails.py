"""Every record opens its whole trail, both ways: from the plan to the spend, and from there back."""

from datetime import date

import msgspec

from ledger.actions.decision import VoteOpened
from ledger.actions.disclosure import DisclosurePublished
from ledger.actions.payment_record import RecordUnauthorisedPayment
from ledger.actions.posting import Place, PostingRecorded
from ledger.actions.revenue_distribution import PublicRevenueApportioned
from ledger.asked import Asked
from ledger.fields import Scope
from projections.trail_verdicts import Verdict, verdict_of
from projections.trails import Trail, trail_of
from tests.ledger.audit_words import explained, seal_used
from tests.ledger.correction_words import entry_classified, irregularity_resolved, suspense_seen
from tests.ledger.happened import (
    NEW_YEAR,
    PAYEE,
    PURPOSE,
    SUMMER,
    deposit_recorded,
    entry_reversed,
    fund_opened,
    payment_requested,
    payment_reserved,
    revenue_recorded,
    vote_opened,
    vote_passed,
)
from tests.ledger.project_words import (
    contract_signed,
    drawn,
    emergency_declared,
    plan_published,
    works_accepted,
)
from tests.ledger.revenue_words import (
    JULY,
    JUNE_20,
    MAY,
    business_agreed,
    contract_registered,
    spent_as_cost,
    transferred,
)
from tests.ledger.story import TODAY, WUTONGLI, Fact, account_of
from tests.projections.books import Books

LIFT = [
    "repair-plan.published",
    "vote.opened",
    "vote-result.recorded",
    "vote.closed",
    "repair-contract.signed",
    "seal.used",
    "fund-payment.requested",
    "fund-payment.approved",
    "fund-payment.recorded",
    "works.accepted",
]


def trail(books: Books, number: int) -> Trail:
    root = books.story.store.numbered(WUTONGLI, number)
    assert root is not None
    with books.shown().snapshot() as snapshot:
        return trail_of(snapshot, books.story.store, WUTONGLI, root, TODAY)


def verdict(books: Books, number: int) -> Verdict | None:
    root = books.story.store.numbered(WUTONGLI, number)
    assert root is not None
    with books.shown().snapshot() as snapshot:
        found = trail_of(snapshot, books.story.store, WUTONGLI, root, TODAY)
        return verdict_of(snapshot, WUTONGLI, found)


def kinds(books: Books, number: int) -> list[str]:
    return [step.recorded.envelope.kind for step in trail(books, number).steps if step.line is None]


def numbered(books: Books, kind: str) -> int:
    """The number of the first record of a kind."""
    rows = books.story.store.ledger_rows(WUTONGLI, -1, 1000)
    return next(row.number for row in rows if row.kind == kind)


def a_lift_repaired(books: Books) -> None:
    """A plan, a vote, a contract and its seal, a payment asked for, approved and made, works accepted."""
    books.tell(
        fund_opened("maintenance", fen=900_000_00),
        *vote_passed("lift-3", authorises=280_000_00),
        plan_published(),
        contract_signed(),
        seal_used("assembly", decision="lift-3"),
        *drawn(80_400_00),
        works_accepted(),
    )


# -- a repair, both ways -------------------------------------------------------------------------------------


def test_from_a_payment_back_to_its_plan_and_vote(both_books: Books) -> None:
    a_lift_repaired(both_books)
    assert kinds(both_books, numbered(both_books, "fund-payment.recorded")) == LIFT


def test_from_the_vote_forward_to_every_spend(both_books: Books) -> None:
    a_lift_repaired(both_books)
    both_books.tell(*drawn(20_000_00, "second"))
    found = kinds(both_books, numbered(both_books, "vote.opened"))
    assert found.count("fund-payment.recorded") == 2
    assert list(dict.fromkeys(found)) == LIFT


def test_every_record_of_the_story_opens_the_same_trail(books: Books) -> None:
    a_lift_repaired(books)
    first = numbered(books, "vote.opened")
    for number in range(first, books.number + 1):
        assert kinds(books, number) == LIFT, number


def test_a_payment_leaves_its_neighbours_out(books: Books) -> None:
    a_lift_repaired(books)
    second = books.tell(*drawn(20_000_00, "second"))
    found = [step.recorded.number for step in trail(books, second).at("money")]
    assert found == [second]


def test_another_decision_s_story_is_another_trail(books: Books) -> None:
    a_lift_repaired(books)
    other = books.tell(*vote_passed("roof", authorises=50_000_00))
    assert kinds(books, other) == ["vote.opened", "vote-result.recorded", "vote.closed"]


def test_each_step_has_its_number_its_day_and_its_stage(books: Books) -> None:
    a_lift_repaired(books)
    steps = trail(books, numbered(books, "fund-payment.recorded")).steps
    assert [step.stage for step in steps] == [
        "plan", "vote", "vote", "vote", "contract", "seal", "request", "approval", "money", "works",
    ]  # fmt: skip
    assert [step.recorded.number for step in steps if step.stage == "money"] == [
        numbered(books, "fund-payment.recorded")
    ]
    assert {step.on for step in steps if step.stage == "money"} == {SUMMER}


# -- what became of it ---------------------------------------------------------------------------------------


def test_a_reversal_hangs_on_what_it_reverses_and_leads_back_to_it(books: Books) -> None:
    a_lift_repaired(books)
    paid = numbered(books, "fund-payment.recorded")
    fact = Fact(books.story.store.numbered(WUTONGLI, paid).data, "treasurer")
    reversal = books.tell(entry_reversed(paid, fact, reason="重复付款。"))
    assert "entry.reversed" in kinds(books, paid)
    assert kinds(books, reversal) == kinds(books, paid)


def test_money_in_suspense_and_what_it_turned_out_to_be_are_one_trail(books: Books) -> None:
    seen = books.tell(fund_opened("maintenance", fen=9_00), suspense_seen(fen=50_00))
    known = books.tell(entry_classified(seen, fen=50_00, became="deposit", account="fund/maintenance/whole"))
    expected = ["suspense-entry.recorded", "entry.classified"]
    assert kinds(books, seen) == kinds(books, known) == expected


def test_an_explanation_stands_with_the_record_it_is_about(books: Books) -> None:
    paid = books.tell(fund_opened("maintenance", fen=9_00), deposit_recorded("maintenance", fen=5_00))
    said = books.tell(explained("possible-split", paid))
    assert kinds(books, paid) == kinds(books, said) == ["fund-deposit.recorded", "exception.explained"]


def published(fund: str = "T3", *, until: int, starts_on: date = NEW_YEAR, ends_on: date = SUMMER) -> Fact:
    event = DisclosurePublished(
        disclosure="fund-2026-h1",
        version=1,
        table=fund,
        starts_on=starts_on,
        ends_on=ends_on,
        until=until,
        head="ab" * 32,
        statement_sha256="cd" * 32,
        pdf_sha256="ef" * 32,
        code="7F3K9Q2M",
        url="https://example.org/q/7F3K9Q2M",
        published_on=TODAY,
        prepared_by="treasurer",
        reviewed_by="chair",
    )
    return Fact(event, "chair")


def test_a_payment_leads_to_the_statement_that_counts_it_and_the_board_it_hangs_on(books: Books) -> None:
    a_lift_repaired(books)
    posting = PostingRecorded(
        about="disclosure", id="fund-2026-h1", places=(Place(kind="board"),), posted_on=TODAY, version=1
    )
    books.tell(published(until=books.number), Fact(posting))
    found = kinds(books, numbered(books, "fund-payment.recorded"))
    assert found == [*LIFT, "disclosure.published", "posting.recorded"]


def test_a_statement_of_another_time_or_composed_before_the_payment_does_not_count_it(books: Books) -> None:
    a_lift_repaired(books)
    paid = numbered(books, "fund-payment.recorded")
    books.tell(published(until=paid - 1))
    assert kinds(books, paid) == LIFT
    books.tell(published(until=books.number, starts_on=date(2026, 7, 1), ends_on=date(2026, 12, 31)))
    assert kinds(books, paid) == LIFT
    books.tell(published("T1", until=books.number))
    assert kinds(books, paid) == LIFT


def test_the_posting_of_a_decision_belongs_to_every_spend_under_it(books: Books) -> None:
    a_lift_repaired(books)
    books.tell(
        Fact(PostingRecorded(about="decision", id="lift-3", places=(Place(kind="board"),), posted_on=TODAY))
    )
    assert kinds(books, numbered(books, "fund-payment.recorded")) == [*LIFT, "posting.recorded"]


def test_an_emergency_is_where_its_payments_lead_back_to(books: Books) -> None:
    books.tell(fund_opened("maintenance", fen=900_00), emergency_declared())
    requested = books.tell(payment_requested("pump", fen=5_00, decision="leak-5"))
    assert kinds(books, requested) == ["emergency.declared", "fund-payment.requested"]
    assert kinds(books, numbered(books, "emergency.declared")) == kinds(books, requested)


# -- public revenue ------------------------------------------------------------------------------------------


def a_quarter(books: Books) -> None:
    books.tell(
        fund_opened("public-revenue", fen=0),
        fund_opened("maintenance", fen=0),
        *business_agreed("kiosk-ok"),
        contract_registered("kiosk", (MAY, 6_000_00), consents=("kiosk-ok",)),
        revenue_recorded(fen=6_000_00, on=MAY, contract="kiosk"),
        revenue_recorded(fen=1_00, on=JULY),
        spent_as_cost(600_00, "tax", on=JUNE_20),
        spent_as_cost(9_00, "tax", on=JULY),
        transferred(2_700_00),
    )


REVENUE = [
    "vote.opened",
    "vote-result.recorded",
    "vote.closed",
    "revenue-contract.registered",
    "public-revenue.recorded",
    "revenue-cost.recorded",
    "revenue-to-fund.transferred",
]


def test_rent_leads_from_its_contract_and_its_vote_to_the_share_of_the_fund(both_books: Books) -> None:
    a_quarter(both_books)
    received = numbered(both_books, "public-revenue.recorded")
    assert kinds(both_books, received) == REVENUE
    found = trail(both_books, received)
    assert [(step.on, step.line.amount_fen, step.line.status) for step in found.at("due") if step.line] == [
        (MAY, 6_000_00, "received")
    ]
    assert [step.pooled for step in found.steps if step.stage in ("money", "cost", "to-fund")] == [
        False, True, True,
    ]  # fmt: skip


def test_what_went_to_the_fund_leads_back_to_the_contract_it_came_from(both_books: Books) -> None:
    a_quarter(both_books)
    share = numbered(both_books, "revenue-to-fund.transferred")
    assert [kind for kind in kinds(both_books, share) if kind != "revenue-cost.recorded"] == [
        kind for kind in REVENUE if kind != "revenue-cost.recorded"
    ]


def test_money_and_costs_of_another_quarter_are_another_story(books: Books) -> None:
    a_quarter(books)
    found = trail(books, numbered(books, "public-revenue.recorded"))
    assert [step.on for step in found.steps if step.stage in ("money", "cost")] == [MAY, JUNE_20]


def test_what_was_shared_out_leads_back_to_what_came_in_and_to_its_vote(books: Books) -> None:
    a_quarter(books)
    shared = PublicRevenueApportioned(
        decision="share-2026",
        total_fen=1_000_00,
        scope=Scope(),
        base="exclusive-area",
        area="150.00",
        units=3,
        fen_per_m2=6_67,
        remainder_units=1,
        shares_digest="ab" * 32,
    )
    vote = vote_passed("share-2026", authorises=1_000_00, fund="public-revenue")
    number = books.tell(*vote, Fact(shared, "treasurer"))
    found = kinds(books, number)
    assert {"vote.closed", "revenue-contract.registered", "public-revenue.recorded"} <= set(found)
    assert found[-1] == "public-revenue.apportioned"
    received = numbered(books, "public-revenue.recorded")
    assert [step.recorded.number for step in trail(books, received).at("distribution")] == [number]


def test_the_contract_opens_the_whole_of_it_too(books: Books) -> None:
    a_quarter(books)
    assert kinds(books, numbered(books, "revenue-contract.registered")) == REVENUE


def test_a_trail_that_is_too_long_says_so(books: Books) -> None:
    a_lift_repaired(books)
    requests = [payment_requested(f"p-{number}", fen=1) for number in range(500)]
    books.tell(*requests)
    found = trail(books, numbered(books, "vote.opened"))
    assert (len(found.steps), found.is_whole) == (500, False)
    assert trail(books, numbered(books, "fund-payment.recorded")).is_whole


# -- in one word ---------------------------------------------------------------------------------------------


def test_a_payment_in_order_agrees(books: Books) -> None:
    a_lift_repaired(books)
    assert verdict(books, numbered(books, "fund-payment.recorded")) == Verdict("ok", "agrees")
    assert verdict(books, numbered(books, "vote.opened")) == Verdict("ok", "agrees")


def test_what_is_asked_for_waits_for_approval_and_what_is_approved_for_the_bank(books: Books) -> None:
    books.tell(fund_opened("maintenance", fen=9_000_00), *vote_passed("lift-3", authorises=8_000_00))
    requested, approved = payment_reserved("lift-3", fen=5_00, payment="first")
    number = books.tell(requested)
    assert verdict(books, number) == Verdict("warn", "not-approved")
    books.tell(approved)
    assert verdict(books, number) == Verdict("warn", "not-paid")


def test_a_vote_waits_for_its_count_and_a_decision_for_its_spending(books: Books) -> None:
    opened = books.tell(vote_opened("lift-3", authorises=8_000_00))
    assert isinstance(books.story.store.numbered(WUTONGLI, opened).data, VoteOpened)
    assert verdict(books, opened) == Verdict("warn", "vote-open")
    passed = books.tell(*vote_passed("roof", authorises=8_000_00))
    assert verdict(books, passed) == Verdict("warn", "nothing-spent")


def test_amounts_that_differ_are_named_with_their_records(books: Books) -> None:
    books.tell(fund_opened("maintenance", fen=900_000_00), *vote_passed("lift-3", authorises=8_000_00))
    requested, approved, paid = drawn(5_00)
    paid = paid._replace(event=msgspec.structs.replace(paid.event, amount_fen=4_99))
    last = books.tell(requested, approved, paid)
    assert verdict(books, last) == Verdict("bad", "amounts-differ", (last - 2, last - 1, last))


def test_money_that_left_with_no_decision_is_wrong_until_somebody_puts_it_right(books: Books) -> None:
    books.tell(fund_opened("working", fen=9_000_00))
    command = RecordUnauthorisedPayment(
        payment="dash",
        fund="working",
        head="office",
        amount_fen=5_00,
        payee=PAYEE,
        purpose=PURPOSE,
        paid_on=SUMMER,
        voucher="2026-7",
        acknowledge=("FUND-09",),
    )
    receipt = books.story.ledger.record(Asked(WUTONGLI, command, account_of("treasurer"), TODAY))
    number = receipt.events[-1].number
    assert verdict(books, number) == Verdict("bad", "irregular", (number,))
    books.tell(irregularity_resolved(number))
    assert verdict(books, number) == Verdict("ok", "agrees")


def test_a_reversed_payment_says_so(books: Books) -> None:
    a_lift_repaired(books)
    paid = numbered(books, "fund-payment.recorded")
    fact = Fact(books.story.store.numbered(WUTONGLI, paid).data, "treasurer")
    reversal = books.tell(entry_reversed(paid, fact, reason="重复付款。"))
    assert verdict(books, paid) == Verdict("warn", "reversed", (reversal,))


def test_rent_that_came_in_full_is_received_and_rent_that_did_not_is_missing(books: Books) -> None:
    a_quarter(books)
    assert verdict(books, numbered(books, "public-revenue.recorded")) == Verdict("ok", "received")
    contract = books.tell(contract_registered("masts", (MAY, 1_00)))
    assert verdict(books, contract) == Verdict("bad", "money-missing", (contract,))


def test_a_deposit_has_nothing_to_compare(books: Books) -> None:
    number = books.tell(fund_opened("maintenance", fen=9_00), deposit_recorded("maintenance", fen=5_00))
    assert verdict(books, number) is None
