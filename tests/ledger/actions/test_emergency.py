"""Five emergencies are repaired from the fund without a vote, each on its proof (EMG-01 to EMG-06)."""

from datetime import date
from typing import get_args

import pytest

from ledger.actions.assembly import AssemblyEstablished
from ledger.actions.decision import Decision, EmergencyRepairAuthorised
from ledger.actions.emergency import (
    PROOF,
    ApproveEmergency,
    EmergencyDeclared,
    Head,
    OrderSubstituteRepair,
    PostSubstituteNotice,
    SubstituteNoticePosted,
)
from ledger.actions.fund_payment import ApproveFundPayment
from ledger.fields import Authorisation, Scope
from ledger.rules.pack import packs
from tests.ledger.asked import decide_in_committee, open_vote
from tests.ledger.happened import SUMMER, committee_seated, fund_opened, role_granted, vote_passed
from tests.ledger.project_words import (
    declare_emergency,
    draw,
    emergency_declared,
    plan_published,
    price_reviewed,
    proof,
)
from tests.ledger.story import TODAY, Fact, given, state_of, story, then, then_recorded, then_refused, when

WORKS = "五号楼屋面渗漏抢修。"
LAST_DAY, DAY_AFTER = date(2026, 7, 7), date(2026, 7, 8)  # declared on 30 June, which does not count


def authorised(path="committee", *, fen=60_000_00, by="chair", on=TODAY) -> Fact:
    event = EmergencyRepairAuthorised(
        emergency="leak-5",
        path=path,
        authorises=Authorisation(fund="maintenance", amount_fen=fen, purpose=WORKS),
    )
    return Fact(event, by, on)


def irregularities() -> tuple[str, ...]:
    (newest,) = story().store.rows(story().store.head() - 1, 1)
    return story().ledger.store.numbered("wutongli", newest.number).envelope.irregularities


# -- declaring (EMG-01) ----------------------------------------------------------------------------


@pytest.mark.parametrize("head", get_args(Head))
def test_an_emergency_of_each_head_is_declared_with_its_proof(head):
    when(declare_emergency(head=head))
    then(emergency_declared(head=head))


@pytest.mark.parametrize("head", get_args(Head))
def test_the_proof_of_another_head_proves_nothing(head):
    other = next(one for one in get_args(Head) if one != head)
    when(declare_emergency(head=head, proof=proof(other)))
    then_refused("emergency.without-proof", rules=["EMG-01"], head=head, needed=PROOF[head])


def test_heads_and_proofs_are_those_of_the_rule():
    (rule,) = [rule for pack in packs().values() for rule in pack.rule if rule.id == "EMG-01"]
    assert list(PROOF) == rule.parameters["situations"]
    assert list(PROOF.values()) == rule.parameters["proofs"]


def test_a_proof_is_there_when_the_emergency_is_declared():
    when(declare_emergency(proof=proof("leak", issued_on=date(2026, 7, 1))))
    then_refused("emergency.without-proof", rules=["EMG-01"])
    when(declare_emergency(proof=proof("leak", issued_on=SUMMER)))
    then_recorded()


def test_an_emergency_has_its_own_name():
    given(emergency_declared())
    when(declare_emergency())
    then_refused("emergency.already-declared", emergency="leak-5")


def test_it_is_not_the_name_of_a_decision():
    given(vote_passed("leak-5", authorises=1))
    when(declare_emergency())
    then_refused("decision.already-exists", decision="leak-5")


def test_its_place_is_a_part_that_is_there():
    when(declare_emergency(scope=Scope(kind="building", id="5")))
    then_refused("building.unknown", building="5")


def test_no_decision_takes_the_name_of_an_approved_emergency():
    given(emergency_declared(), authorised())
    when(open_vote("leak-5", authorises=1))
    then_refused("decision.already-exists", decision="leak-5")
    when(decide_in_committee("leak-5"))
    then_refused("decision.already-exists", decision="leak-5")


# -- approving (EMG-02, EMG-05) --------------------------------------------------------------------


def approve(fen=60_000_00, **of) -> ApproveEmergency:
    return ApproveEmergency(emergency="leak-5", amount_fen=fen, **of)


def test_the_committee_approves_and_the_money_is_free_without_a_vote():
    given(emergency_declared())
    when(approve())
    then(authorised())
    decision = state_of(Decision, "leak-5")
    assert (decision.made_by, decision.passed, decision.remaining_fen) == ("emergency", True, 60_000_00)


def test_no_more_is_approved_than_was_estimated():
    given(emergency_declared())
    when(approve(60_000_01))
    then_refused("emergency.exceeds-estimate", estimated_fen=60_000_00)


def test_nobody_approves_the_emergency_they_declared():
    declared = emergency_declared()
    given(role_granted("the-firm", "chair"), declared)
    when(approve(), by="the-firm")
    then_refused("emergency.own-declaration", emergency="leak-5")


def test_an_emergency_nobody_declared_is_not_approved():
    when(approve())
    then_refused("emergency.unknown", emergency="leak-5")


def test_an_emergency_is_not_approved_before_it_was_declared():
    given(emergency_declared())
    when(approve(occurred_on=date(2026, 6, 29)))
    then_refused("emergency.not-yet-declared", declared_on=SUMMER)


def test_an_emergency_is_approved_once():
    given(emergency_declared(), authorised())
    when(approve())
    then_refused("emergency.already-authorised", emergency="leak-5")


def test_a_late_committee_may_still_approve_while_the_district_has_not_acted():
    given(emergency_declared())
    when(approve(occurred_on=DAY_AFTER))
    then_recorded()


def test_before_there_is_an_assembly_the_street_approves():
    given(emergency_declared())
    when(approve(), by="the-street")
    then(authorised("housing-office", by="street"))


def test_once_there_is_an_assembly_the_committee_decides():
    given(Fact(AssemblyEstablished(established_on=SUMMER)), emergency_declared())
    when(approve(occurred_on=SUMMER), by="the-street")
    then_refused("emergency.committee-decides", rules=["EMG-02"])


def test_a_committee_in_the_books_shows_that_there_is_an_assembly():
    given(committee_seated(), emergency_declared())
    when(approve(), by="the-street")
    then_refused("emergency.committee-decides", rules=["EMG-02"])


# -- the district in the owners' place (EMG-03, EMG-04) --------------------------------------------


def order(fen=60_000_00, *, on=DAY_AFTER) -> OrderSubstituteRepair:
    return OrderSubstituteRepair(emergency="leak-5", amount_fen=fen, occurred_on=on)


def test_the_committee_has_seven_days_and_the_day_of_the_report_is_none_of_them():
    given(emergency_declared())
    when(order(on=LAST_DAY))
    then_refused("emergency.committee-still-has-time", rules=["EMG-03"], until=LAST_DAY)
    when(order(on=DAY_AFTER))
    then(authorised("substitute", by="district"))


def test_the_district_steps_in_only_where_use_or_safety_suffers():
    given(emergency_declared(affected=False))
    when(order())
    then_refused("emergency.use-not-affected", rules=["EMG-03"])


def test_what_the_committee_approved_is_not_taken_from_it():
    given(emergency_declared(), authorised())
    when(order())
    then_refused("emergency.already-authorised", emergency="leak-5")


def post(phase, **of) -> PostSubstituteNotice:
    said = {
        "before": {"policy": "住宅物业管理规定第七十三条", "works": WORKS, "time": "7月10日至20日",
                   "estimated_fen": 60_000_00},
        "after": {"location": "五号楼屋面", "cost_fen": 58_000_00},
    }  # fmt: skip
    return PostSubstituteNotice(emergency="leak-5", phase=phase, **{**said[phase], **of})


def posted(phase, *, on=TODAY) -> Fact:
    fields = {name: getattr(post(phase), name) for name in SubstituteNoticePosted.__struct_fields__
              if name not in ("posted_on",)}  # fmt: skip
    return Fact(SubstituteNoticePosted(**fields, posted_on=on), "district", on)


def test_the_owners_are_told_before_and_after():
    given(emergency_declared(), authorised("substitute"))
    for phase in ("before", "after"):
        when(post(phase))
        then(posted(phase))


@pytest.mark.parametrize(
    ("phase", "part"),
    [("before", "policy"), ("before", "works"), ("before", "time"), ("before", "estimated_fen"),
     ("after", "location"), ("after", "cost_fen")],
)  # fmt: skip
def test_a_notice_that_leaves_something_out_is_seen(phase, part):
    given(emergency_declared(), authorised("substitute"))
    if phase == "after":
        given(posted("before"))
    when(post(phase, **{part: None}))
    then_recorded()
    assert irregularities() == ("EMG-04",)


def test_only_substitute_repair_has_such_notices():
    given(emergency_declared(), authorised())
    when(post("before"))
    then_refused("emergency.not-substitute-repair", emergency="leak-5")


def test_each_notice_is_posted_once():
    given(emergency_declared(), authorised("substitute"), posted("before"))
    when(post("before"))
    then_refused("substitute-notice.already-posted", phase="before")


def test_the_second_notice_follows_the_first():
    given(emergency_declared(), authorised("substitute", on=SUMMER))
    when(post("after"))
    then_refused("substitute-notice.first-missing")
    given(posted("before", on=date(2026, 7, 9)))
    when(post("after", posted_on=date(2026, 7, 8)))
    then_refused("substitute-notice.too-early", day=date(2026, 7, 9))


def test_the_first_notice_follows_the_order():
    given(emergency_declared(), authorised("substitute", on=DAY_AFTER))
    when(post("before", posted_on=LAST_DAY))
    then_refused("substitute-notice.too-early", day=DAY_AFTER)


# -- paying ----------------------------------------------------------------------------------------


def of_leak(fen, *documents, **of):
    return draw(fen, *documents, **{"decision": "leak-5", "project": None, **of})


def given_an_approved_emergency(path="committee"):
    given(fund_opened("maintenance", fen=90_000_00), emergency_declared(), authorised(path))


def test_an_approved_emergency_is_paid_after_the_review_without_a_vote():
    given_an_approved_emergency()
    when(of_leak(60_000_00))
    then_refused("fund-payment.emergency-not-reviewed", rules=["EMG-02"], missing=("review-report",))
    when(of_leak(60_000_00, "review-report"))
    then_recorded()


def test_not_one_fen_beyond_what_was_approved():
    given_an_approved_emergency()
    when(of_leak(60_000_01, "review-report"))
    then_refused("fund-payment.exceeds-authorisation", rules=["FUND-09"], remaining_fen=60_000_00)


def test_an_emergency_nobody_approved_is_not_paid():
    given(fund_opened("maintenance", fen=90_000_00), emergency_declared())
    when(of_leak(1, "review-report"))
    then_refused("decision.unknown", rules=["FUND-09"], decision="leak-5")


def test_before_an_assembly_exists_an_emergency_is_reviewed_too():
    given_an_approved_emergency("housing-office")
    when(of_leak(1))
    then_refused("fund-payment.emergency-not-reviewed", rules=["EMG-05"])


def test_the_review_of_its_project_caps_an_emergency():
    given_an_approved_emergency()
    given(plan_published("leak", decision="leak-5"), price_reviewed(58_000_00, "leak"))
    when(of_leak(58_000_01, project="leak"))
    then_refused("fund-payment.exceeds-reviewed", rules=["FUND-15"], payable_fen=58_000_00)
    when(of_leak(58_000_00, project="leak"))
    then_recorded()


def test_substitute_repair_is_paid_on_the_districts_notice():
    given_an_approved_emergency("substitute")
    given(posted("before"), posted("after"))
    when(of_leak(58_000_00, "drawing-notice"))
    then_refused("fund-payment.emergency-not-reviewed", rules=["EMG-03"], missing=("review-report",))
    when(of_leak(58_000_00, "review-report"))
    then_refused("fund-payment.documents-missing", rules=["EMG-03"], missing=("drawing-notice",))
    when(of_leak(58_000_00, "review-report", "drawing-notice"))
    then_recorded()
    assert irregularities() == ()


def test_substitute_repair_paid_without_its_notices_is_seen():
    given_an_approved_emergency("substitute")
    given(posted("before"))
    when(of_leak(58_000_00, "review-report", "drawing-notice"))
    then_recorded()
    assert irregularities() == ("EMG-04",)


def test_substitute_repair_paid_twice_is_seen():
    given_an_approved_emergency("substitute")
    given(posted("before"), posted("after"))
    when(of_leak(30_000_00, "review-report", "drawing-notice", payment="first"))
    then_recorded()
    when(ApproveFundPayment(payment="first"))
    then_recorded()
    when(of_leak(28_000_00, "review-report", "drawing-notice", payment="second"))
    then_recorded()
    assert irregularities() == ("EMG-04",)


def test_an_emergency_declared_is_public_and_says_what_it_is():
    assert EmergencyDeclared.withheld == frozenset()
