"""Money the bank shows and nobody can explain: in the books at once, and visible until it is recognised."""

from datetime import date

import pytest

from ledger.actions.decision import Decision, EmergencyRepairAuthorised
from ledger.actions.entry import Entry
from ledger.actions.fund import FundBook
from ledger.actions.payment_grounds import ProjectDrawings
from ledger.fields import Authorisation, Personal, Scope
from tests.ledger.correction_words import (
    classify,
    entry_classified,
    last_number,
    reverse,
    see_suspense,
    suspense_seen,
)
from tests.ledger.happened import (
    PAYEE,
    SPRING,
    SUMMER,
    building_registered,
    committee_decided,
    committee_seated,
    deposit_recorded,
    fund_opened,
    payment_reserved,
    vote_passed,
    vote_rejected,
)
from tests.ledger.project_words import (
    a_repair,
    draw,
    drawn,
    emergency_declared,
    plan_published,
    price_reviewed,
    review_engaged,
    warranty_expired,
    works_accepted,
)
from tests.ledger.revenue_words import contract_registered
from tests.ledger.story import Fact, Facts, given, state_of, story, then, then_recorded, then_refused, when

DOOR_12 = Scope(kind="door", id="12")


def sum_of(account: str) -> int:
    """Fen of an account, over all records."""
    rows = (story().store.numbered("wutongli", number) for number in range(last_number() + 1))
    return sum(fen for row in rows for name, fen in row.envelope.postings if name == account)


# -- seen at the bank --------------------------------------------------------------------------------------


def test_money_nobody_can_explain_is_in_the_books_at_once():
    given(fund_opened("maintenance", fen=9_000_00))
    when(see_suspense(fen=317_40))
    then(suspense_seen(fen=317_40))
    assert state_of(FundBook, "maintenance").balance_fen == 9_317_40
    assert sum_of("suspense/maintenance") == -317_40


def test_so_is_money_that_has_left_the_account():
    given(fund_opened("maintenance", fen=9_000_00))
    when(see_suspense(fen=317_40, direction="out"))
    then(suspense_seen(fen=317_40, direction="out"))
    assert state_of(FundBook, "maintenance").available_fen == 8_682_60
    assert sum_of("suspense/maintenance") == 317_40


def test_all_that_is_there_may_have_left():
    given(fund_opened("working", fen=100_00))
    when(see_suspense("working", fen=100_00, direction="out"))
    then(suspense_seen("working", fen=100_00, direction="out"))


def test_what_is_not_there_cannot_have_left():
    given(fund_opened("working", fen=100_00))
    when(see_suspense("working", fen=100_01, direction="out"))
    then_refused("fund.insufficient", fund="working", available_fen=100_00, amount_fen=100_01)


def test_suspense_needs_an_account_in_the_books():
    when(see_suspense("working", fen=1_00))
    then_refused("fund.not-open", fund="working")


# -- recognised --------------------------------------------------------------------------------------------


RECOGNISED = [
    ("maintenance", "in", {"kind": "deposit"}, "fund/maintenance/whole"),
    ("maintenance", "in", {"kind": "deposit", "scope": DOOR_12}, "fund/maintenance/door-12"),
    ("maintenance", "in", {"kind": "interest"}, "fund/maintenance/whole"),
    ("working", "in", {"kind": "deposit"}, "fund/working/whole"),
    ("public-revenue", "in", {"kind": "revenue", "head": 3}, "income/3"),
    ("public-revenue", "in", {"kind": "revenue", "head": 3, "contract": "lift-ads"}, "income/3"),
    ("public-revenue", "out", {"kind": "cost", "cost": "tax"}, "cost/tax"),
]


@pytest.mark.parametrize(
    ("fund", "direction", "was", "account"), RECOGNISED, ids=lambda value: str(value) if value else None
)
def test_what_was_recognised_moves_whole_to_its_account(fund, direction, was, account):
    given(building_registered("3", doors=("12",)), fund_opened(fund, fen=9_000_00))
    given(suspense_seen(fund, fen=317_40, direction=direction))
    number, was = last_number(), dict(was)
    when(classify(number, was.pop("kind"), **was))
    (line,) = then_recorded()
    classified = story().store.numbered("wutongli", line.number)
    assert sum_of(f"suspense/{fund}") == 0
    signed = -317_40 if direction == "in" else 317_40
    assert dict(classified.envelope.postings) == {account: signed, f"suspense/{fund}": -signed}
    moved = 317_40 if direction == "in" else -317_40
    assert state_of(FundBook, fund).balance_fen == 9_000_00 + moved
    assert state_of(Entry, number).classified_by == line.number


def test_both_records_name_each_other():
    given(fund_opened("public-revenue", fen=9_000_00), suspense_seen("public-revenue", fen=50_00))
    number = last_number()
    when(classify(number, "revenue", head=1, contract="lift-ads"))
    then(
        entry_classified(
            number, "public-revenue", fen=50_00, became="revenue", account="income/1", head=1,
            contract="lift-ads",
        )
    )  # fmt: skip
    tags = story().store.numbered("wutongli", last_number()).envelope.tags
    assert tags == (f"entry:{number}", "fund:public-revenue", "revenue-contract:lift-ads")


def test_an_entry_is_recognised_once():
    given(fund_opened("maintenance", fen=9_000_00), suspense_seen(fen=50_00))
    number = last_number()
    when(classify(number, "interest"))
    then_recorded()
    first = last_number()
    when(classify(number, "deposit"))
    then_refused("entry.already-classified", number=number, classified_by=first)


def test_what_is_recognised_is_not_reversed_over_its_head():
    given(fund_opened("maintenance", fen=9_000_00), suspense_seen(fen=50_00))
    number = last_number()
    when(classify(number, "interest"))
    then_recorded()
    when(reverse(number))
    then_refused("entry.already-classified", number=number, classified_by=last_number())


def test_what_was_recognised_wrongly_is_in_suspense_again_once_that_is_reversed():
    given(fund_opened("maintenance", fen=9_000_00), suspense_seen(fen=50_00))
    number = last_number()
    when(classify(number, "interest"))
    then_recorded()
    when(reverse(last_number()))
    then_recorded()
    assert sum_of("suspense/maintenance") == -50_00
    when(classify(number, "deposit"))
    then_recorded()
    assert sum_of("suspense/maintenance") == 0
    assert state_of(FundBook, "maintenance").balance_fen == 9_050_00


def test_what_was_never_at_the_bank_is_reversed_and_then_not_recognised_any_more():
    given(fund_opened("maintenance", fen=9_000_00), suspense_seen(fen=50_00))
    number = last_number()
    when(reverse(number))
    then_recorded()
    assert (sum_of("suspense/maintenance"), sum_of("bank/maintenance")) == (0, 9_000_00)
    when(classify(number, "deposit"))
    then_refused("entry.already-reversed", number=number, reversed_by=number + 1)


def test_only_what_is_in_suspense_can_be_recognised():
    given(fund_opened("maintenance", fen=9_000_00), deposit_recorded("maintenance", fen=50_00))
    when(classify(last_number(), "interest"))
    then_refused("entry.not-in-suspense", number=last_number())


def test_a_record_that_is_not_there_cannot_be_recognised():
    beyond = last_number() + 1
    when(classify(beyond, "interest"))
    then_refused("entry.unknown", number=beyond)


def test_nothing_is_recognised_before_it_was_seen():
    given(fund_opened("maintenance", fen=9_000_00), suspense_seen(fen=50_00, on=SPRING))
    when(classify(last_number(), "interest", occurred_on=date(2026, 3, 19)))
    then_refused("entry.classified-before-it-happened", occurred_on=SPRING)
    when(classify(last_number(), "interest", occurred_on=SPRING))
    then_recorded()


CANNOT_BE = [
    ("maintenance", "out", {"kind": "deposit"}),
    ("maintenance", "in", {"kind": "payment"}),
    ("maintenance", "in", {"kind": "revenue", "head": 1}),
    ("working", "out", {"kind": "cost", "cost": "tax"}),
    ("public-revenue", "out", {"kind": "revenue", "head": 1}),
]


@pytest.mark.parametrize(("fund", "direction", "was"), CANNOT_BE, ids=str)
def test_money_cannot_have_been_what_its_direction_and_fund_do_not_know(fund, direction, was):
    given(fund_opened(fund, fen=9_000_00), suspense_seen(fund, fen=50_00, direction=direction))
    kind = was["kind"]
    when(classify(last_number(), kind, **{name: of for name, of in was.items() if name != "kind"}))
    then_refused("entry.cannot-be", kind=kind, fund=fund, direction=direction)


def test_income_needs_its_head():
    given(fund_opened("public-revenue", fen=9_000_00), suspense_seen("public-revenue", fen=50_00))
    when(classify(last_number(), "revenue"))
    then_refused("entry.field-missing", kind="revenue", field="head")


def test_a_cost_needs_its_kind():
    given(fund_opened("public-revenue", fen=9_000_00))
    given(suspense_seen("public-revenue", fen=50_00, direction="out"))
    when(classify(last_number(), "cost"))
    then_refused("entry.field-missing", kind="cost", field="cost")


def test_what_does_not_belong_to_it_is_not_said_of_it():
    given(fund_opened("maintenance", fen=9_000_00), suspense_seen(fen=50_00))
    when(classify(last_number(), "interest", head=3))
    then_refused("entry.field-does-not-belong", kind="interest", field="head")


@pytest.mark.parametrize(
    ("fund", "use"), [("maintenance", "office"), ("working", "upkeep"), ("public-revenue", "stipend")]
)
def test_every_fund_has_uses_of_its_own(fund, use):
    given(fund_opened(fund, fen=9_000_00), vote_passed("lift-3", authorises=8_000_00, fund=fund))
    given(suspense_seen(fund, fen=50_00, direction="out"))
    when(classify(last_number(), "payment", decision="lift-3", use=use))
    then_refused("entry.field-does-not-belong", kind="payment", field="use")


def test_a_part_of_the_community_must_be_registered():
    given(fund_opened("maintenance", fen=9_000_00), suspense_seen(fen=50_00))
    when(classify(last_number(), "deposit", scope=DOOR_12))
    then_refused("door.unknown", door="12")


# -- recognised as a payment: FUND-09 ----------------------------------------------------------------------


def test_a_payment_within_its_decision_is_charged_to_it():
    given(fund_opened("maintenance", fen=9_000_00), vote_passed("lift-3", authorises=8_000_00))
    given(suspense_seen(fen=3_000_00, direction="out"))
    number = last_number()
    when(classify(number, "payment", decision="lift-3"))
    then(
        entry_classified(
            number, fen=3_000_00, became="payment", account="fund/maintenance/whole", direction="out",
            decision="lift-3", charged_fen=3_000_00,
        )
    )  # fmt: skip
    assert state_of(Decision, "lift-3").remaining_fen == 5_000_00


def test_taken_back_it_is_free_again():
    given(fund_opened("maintenance", fen=9_000_00), vote_passed("lift-3", authorises=8_000_00))
    given(suspense_seen(fen=3_000_00, direction="out"))
    when(classify(last_number(), "payment", decision="lift-3"))
    then_recorded()
    when(reverse(last_number()))
    then_recorded()
    assert state_of(Decision, "lift-3").remaining_fen == 8_000_00
    assert sum_of("suspense/maintenance") == 3_000_00


def test_money_for_an_emergency_rests_on_what_set_it_free():
    freed = Authorisation(fund="maintenance", amount_fen=60_000_00, purpose="五号楼屋面渗漏抢修。")
    approved = EmergencyRepairAuthorised(emergency="leak-5", path="committee", authorises=freed)
    given(fund_opened("maintenance", fen=90_000_00), emergency_declared("leak-5"), Fact(approved, "chair"))
    given(suspense_seen(fen=50_000_00, direction="out", on=SUMMER))
    when(classify(last_number(), "payment", decision="leak-5"))
    (line,) = then_recorded()
    assert story().store.numbered("wutongli", line.number).envelope.irregularities == ()
    assert state_of(Decision, "leak-5").remaining_fen == 10_000_00


def test_exactly_what_a_decision_frees_is_within_it():
    given(fund_opened("maintenance", fen=9_000_00), vote_passed("lift-3", authorises=8_000_00))
    given(suspense_seen(fen=8_000_00, direction="out"))
    when(classify(last_number(), "payment", decision="lift-3"))
    then_recorded()
    assert state_of(Decision, "lift-3").remaining_fen == 0


UNAUTHORISED = {
    "no decision at all": ((), {}, 0),
    "a fen beyond it": (vote_passed("lift-3", authorises=2_999_99), {"decision": "lift-3"}, 2_999_99),
    "a vote that failed": (vote_rejected("lift-3", authorises=8_000_00), {"decision": "lift-3"}, 0),
    "a decision without money": (vote_passed("lift-3"), {"decision": "lift-3"}, 0),
    "another fund's": (vote_passed("lift-3", authorises=8_000_00, fund="working"), {"decision": "lift-3"}, 0),
    "the committee's alone": (
        (committee_decided("lift-3", authorises=8_000_00, fund="maintenance"),),
        {"decision": "lift-3"},
        0,
    ),
}


@pytest.mark.parametrize(("facts", "was", "freed"), UNAUTHORISED.values(), ids=UNAUTHORISED)
def test_money_that_left_without_authority_is_refused_unless_acknowledged(facts, was, freed):
    given(committee_seated(), fund_opened("maintenance", fen=9_000_00), *facts)
    given(suspense_seen(fen=3_000_00, direction="out"))
    number = last_number()
    when(classify(number, "payment", **was))
    then_refused("entry.payment-not-authorised", rules=["FUND-09"], amount_fen=3_000_00, remaining_fen=freed)
    when(classify(number, "payment", acknowledge=("FUND-09",), **was))
    (line,) = then_recorded()
    recorded = story().store.numbered("wutongli", line.number)
    assert recorded.envelope.irregularities == ("FUND-09",)
    assert recorded.data.charged_fen == freed
    if was:
        assert state_of(Decision, "lift-3").remaining_fen == 0 or freed == 0


def test_an_unknown_decision_is_no_authority_to_acknowledge():
    given(fund_opened("maintenance", fen=9_000_00), suspense_seen(fen=50_00, direction="out"))
    when(classify(last_number(), "payment", decision="hearsay", acknowledge=("FUND-09",)))
    then_refused("decision.unknown", rules=["FUND-09"], decision="hearsay")


def test_what_is_authorised_cannot_be_confessed_as_not():
    given(fund_opened("maintenance", fen=9_000_00), vote_passed("lift-3", authorises=8_000_00))
    given(suspense_seen(fen=50_00, direction="out"))
    when(classify(last_number(), "payment", decision="lift-3", acknowledge=("FUND-09",)))
    then_refused("acknowledge.nothing-to-acknowledge", acknowledged=["FUND-09"])


def test_money_the_bank_paid_before_the_vote_was_over_had_no_basis():
    given(fund_opened("maintenance", fen=9_000_00), vote_passed("lift-3", authorises=8_000_00))
    given(suspense_seen(fen=50_00, direction="out", on=date(2026, 3, 19)))  # the vote ended on the 20th
    number = last_number()
    when(classify(number, "payment", decision="lift-3"))
    then_refused("fund-payment.before-its-decision", rules=["FUND-09"], decision="lift-3", decided_on=SPRING)
    when(classify(number, "payment", decision="lift-3", acknowledge=("FUND-09",)))
    (line,) = then_recorded()
    recorded = story().store.numbered("wutongli", line.number)
    assert recorded.envelope.irregularities == ("FUND-09",)
    assert recorded.data.charged_fen == 50_00


def test_money_promised_to_somebody_else_is_not_free_to_be_charged():
    given(fund_opened("maintenance", fen=9_000_00), vote_passed("lift-3", authorises=8_000_00))
    given(*payment_reserved("lift-3", fen=6_000_00, payment="lift-3-first"))
    given(suspense_seen(fen=2_000_01, direction="out"))
    when(classify(last_number(), "payment", decision="lift-3"))
    then_refused(
        "entry.payment-not-authorised", rules=["FUND-09"], amount_fen=2_000_01, remaining_fen=2_000_00
    )


# -- of the public revenue: REV-11, REV-12 -----------------------------------------------------------------


def revenue_gone(fen: int, *, on: date = SUMMER) -> int:
    """Public revenue left the account, and a committee decision would have covered it; the entry's number."""
    given(fund_opened("public-revenue", fen=9_000_00))
    given(committee_decided("lamps", authorises=8_000_00, fund="public-revenue"))
    given(suspense_seen("public-revenue", fen=fen, direction="out", on=on))
    return last_number()


def test_public_revenue_is_spent_on_something_named():
    number = revenue_gone(50_00)
    when(classify(number, "payment", decision="lamps"))
    then_refused("entry.field-missing", kind="payment", field="use")


def test_public_revenue_spent_on_what_the_law_lists_stands_on_the_account_of_its_use():
    number = revenue_gone(50_00)
    when(classify(number, "payment", decision="lamps", use="upkeep"))
    then_recorded()
    assert sum_of("use/public-revenue/upkeep") == 50_00


def test_public_revenue_does_not_pay_what_the_maintenance_fund_has_to():
    number = revenue_gone(50_00)
    when(classify(number, "payment", decision="lamps", use="maintenance-scope"))
    then_refused("public-revenue.within-the-maintenance-fund", rules=["REV-12"])
    when(classify(number, "payment", decision="lamps", use="maintenance-scope", acknowledge=("REV-12",)))
    (line,) = then_recorded()
    assert story().store.numbered("wutongli", line.number).envelope.irregularities == ("REV-12",)


def test_it_is_judged_by_the_law_of_the_day_the_money_moved():
    number = revenue_gone(50_00, on=date(2026, 3, 31))  # REV-12 is of 2026-04-01
    when(classify(number, "payment", decision="lamps", use="maintenance-scope"))
    then_recorded()


# -- the law is the same as if it had been known at once ---------------------------------------------------


def lift_paid(fen: int, *facts: Facts) -> int:
    """Money left for a lift under contract for 268,000.00, of which 5 % are retained; the entry's number."""
    given(a_repair(), review_engaged(), *facts, suspense_seen(fen=fen, direction="out", on=SUMMER))
    return last_number()


def confess(number: int, *rules: str, **was) -> tuple[str, ...]:
    """Recognise it as a payment for the lift, against these rules; what its record says it breaks."""
    when(classify(number, "payment", decision="lift-3", acknowledge=rules, **was))
    (line,) = then_recorded()
    return story().store.numbered("wutongli", line.number).envelope.irregularities


def test_money_for_a_planned_repair_does_not_walk_around_its_gates():
    number = lift_paid(80_400_00)
    when(classify(number, "payment", decision="lift-3", acknowledge=("FUND-13",)))
    then_refused("fund-payment.project-not-named", rules=["FUND-13"], decision="lift-3")
    when(classify(number, "payment", decision="lift-3", project="lift"))
    then_refused("entry.payment-past-the-gates", rules=["FUND-13"], decision="lift-3")
    assert confess(number, "FUND-13", project="lift") == ("FUND-13",)


def test_what_was_recognised_as_paid_for_a_project_counts_among_its_drawings():
    number = lift_paid(80_400_00)
    assert confess(number, "FUND-13", project="lift") == ("FUND-13",)
    recognised = last_number()
    assert state_of(ProjectDrawings, "lift").paid_fen == 80_400_00
    when(draw(160_800_01))
    then_refused("fund-payment.exceeds-share-before-review", rules=["FUND-14"], payable_fen=160_800_00)
    when(draw(160_800_00))
    then_recorded()
    when(reverse(recognised))
    then_recorded()
    assert state_of(ProjectDrawings, "lift").paid_fen == 0


def test_it_is_judged_with_all_that_was_drawn_before_it():
    number = lift_paid(160_800_01, *drawn(80_400_00))
    when(classify(number, "payment", decision="lift-3", project="lift", acknowledge=("FUND-13",)))
    then_refused("fund-payment.exceeds-share-before-review", rules=["FUND-14"], payable_fen=160_800_00)
    assert confess(number, "FUND-13", "FUND-14", project="lift") == ("FUND-13", "FUND-14")


def test_beyond_what_was_reviewed_nothing_is_recognised_as_if_it_were_within():
    number = lift_paid(171_000_00, *drawn(80_400_00), price_reviewed(), works_accepted(), warranty_expired())
    when(classify(number, "payment", decision="lift-3", project="lift", acknowledge=("FUND-13",)))
    then_refused("fund-payment.exceeds-reviewed", rules=["FUND-15"], payable_fen=170_940_50)


def test_a_project_is_one_of_the_decision_that_is_named():
    number = lift_paid(50_00, *vote_passed("roof-5", authorises=90_00))
    when(classify(number, "payment", decision="roof-5", project="lift"))
    then_refused("fund-payment.project-of-another-decision", decision="lift-3")
    when(classify(number, "payment", decision="lift-3", project="roof"))
    then_refused("project.unknown", project="roof")


def test_nothing_leaves_the_fund_by_way_of_suspense_before_the_developer_reported():
    given(fund_opened("maintenance", fen=9_000_00), suspense_seen(fen=50_00, direction="out"))
    number = last_number()
    when(classify(number, "payment", acknowledge=("FUND-09",)))
    then_refused("fund-payment.before-the-assembly-report", rules=["FUND-08"])
    when(classify(number, "payment", acknowledge=("FUND-08", "FUND-09")))
    (line,) = then_recorded()
    assert story().store.numbered("wutongli", line.number).envelope.irregularities == ("FUND-08", "FUND-09")


def test_an_emergency_keeps_to_its_reviewed_price():
    freed = Authorisation(fund="maintenance", amount_fen=60_000_00, purpose="五号楼屋面渗漏抢修。")
    given(fund_opened("maintenance", fen=90_000_00), emergency_declared("leak-5"))
    given(Fact(EmergencyRepairAuthorised(emergency="leak-5", path="committee", authorises=freed), "chair"))
    given(plan_published("roof", decision="leak-5"), price_reviewed(40_000_00, "roof", decision="leak-5"))
    given(suspense_seen(fen=40_000_01, direction="out", on=SUMMER))
    when(classify(last_number(), "payment", decision="leak-5", project="roof", acknowledge=("FUND-13",)))
    then_refused("fund-payment.exceeds-reviewed", rules=["FUND-15"], payable_fen=40_000_00)


# -- whom it went to ---------------------------------------------------------------------------------------


def test_a_payment_says_whom_it_went_to_and_the_number_of_its_voucher():
    given(fund_opened("maintenance", fen=9_000_00), vote_passed("lift-3", authorises=8_000_00))
    given(suspense_seen(fen=50_00, direction="out"))
    number, known = last_number(), {"payee": PAYEE, "voucher": "2026-118"}
    when(classify(number, "payment", decision="lift-3", **known))
    then(
        entry_classified(
            number, fen=50_00, became="payment", account="fund/maintenance/whole", direction="out",
            decision="lift-3", charged_fen=50_00, **known,
        )
    )  # fmt: skip


def test_a_private_person_who_was_paid_stands_there_by_surname_only():
    given(fund_opened("maintenance", fen=9_000_00), vote_passed("lift-3", authorises=8_000_00))
    given(suspense_seen(fen=50_00, direction="out"))
    number = last_number()
    when(classify(number, "payment", decision="lift-3", payee="王建国", payee_kind="individual"))
    then(
        entry_classified(
            number, fen=50_00, became="payment", account="fund/maintenance/whole", direction="out",
            decision="lift-3", charged_fen=50_00, payee="个人(王**)",
            payee_name=Personal.of(f"counterparty/{number}/王建国", "王建国"),
        )
    )  # fmt: skip


@pytest.mark.parametrize("field", ["payee", "voucher", "project"])
def test_only_a_payment_has_a_payee_a_voucher_and_a_project(field):
    given(fund_opened("maintenance", fen=9_000_00), suspense_seen(fen=50_00))
    when(classify(last_number(), "deposit", **{field: "lift"}))
    then_refused("entry.field-does-not-belong", kind="deposit", field=field)


# -- before there is an assembly, and under contracts ------------------------------------------------------


def test_before_there_is_an_assembly_only_tax_is_a_cost():
    given(fund_opened("public-revenue", fen=900_00))
    given(suspense_seen("public-revenue", fen=50_00, direction="out", on=SUMMER))
    when(classify(last_number(), "cost", cost="labour"))
    then_refused("revenue-cost.only-tax-before-an-assembly", rules=["REV-16"], cost="labour")
    when(classify(last_number(), "cost", cost="tax"))
    then_recorded()


def test_income_under_a_contract_is_whose_the_contract_says():
    given(building_registered("3", doors=("12",)), fund_opened("public-revenue", fen=0))
    given(contract_registered("lift-ads", head=3, scope=DOOR_12), suspense_seen("public-revenue", fen=50_00))
    number = last_number()
    when(classify(number, "revenue", head=1, contract="lift-ads"))
    then_refused("public-revenue.other-head", contract="lift-ads", head=3)
    when(classify(number, "revenue", head=3, contract="lift-ads", scope=Scope()))
    then_refused("public-revenue.other-scope", contract="lift-ads", scope="door-12")
    when(classify(number, "revenue", head=3, contract="lift-ads"))
    then_recorded()
    assert sum_of("income/3/door-12") == -50_00


def test_income_under_a_contract_that_is_not_on_file_shows_as_that():
    given(fund_opened("public-revenue", fen=0), suspense_seen("public-revenue", fen=50_00, on=SUMMER))
    when(classify(last_number(), "revenue", head=3, contract="hearsay"))
    (line,) = then_recorded()
    assert story().store.numbered("wutongli", line.number).envelope.irregularities == ("REV-08",)


def test_what_the_owners_of_one_door_decided_frees_no_money_of_another():
    given(building_registered("3", doors=("12", "13")), fund_opened("maintenance", fen=9_000_00))
    given(vote_passed("roof", authorises=8_000_00, scope=DOOR_12), suspense_seen(fen=50_00, direction="out"))
    number, door_13 = last_number(), Scope(kind="door", id="13")
    when(classify(number, "payment", decision="roof", scope=door_13))
    then_refused("entry.payment-not-authorised", rules=["FUND-09"], remaining_fen=0)
    when(classify(number, "payment", decision="roof"))
    then_recorded()
    assert sum_of("fund/maintenance/door-12") == 50_00
