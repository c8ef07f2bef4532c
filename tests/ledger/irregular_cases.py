"""What happened against a rule, command by command: the facts before it, what is asked, what it breaks."""

from datetime import date, timedelta

from ledger.actions.committee import Member, StartReelection
from ledger.actions.decision import EmergencyRepairAuthorised
from ledger.actions.emergency import PostSubstituteNotice
from ledger.actions.fund import RecordFundDeposit
from ledger.actions.payment_record import RecordUnauthorisedPayment
from ledger.actions.price_review import RecordPriceReview
from ledger.actions.public_revenue import RecordPublicRevenue, RecordRevenueCost
from ledger.actions.revenue_spending import SpendPublicRevenue
from ledger.actions.revenue_to_fund import RecordNetRevenueMoved
from ledger.actions.seat import EndSeat
from ledger.actions.works_acceptance import PostCompletionNotice
from ledger.fields import Authorisation, Scope
from tests.ledger.asked import decide_in_committee, record_payment, seat_committee
from tests.ledger.audit_words import KEEPER, seal_used, use_seal
from tests.ledger.correction_words import budget_set, classify, reconcile, suspense_seen
from tests.ledger.fund_words import transfer_unit
from tests.ledger.happened import (
    PAYEE,
    PURPOSE,
    SPRING,
    SUMMER,
    building_registered,
    committee_decided,
    committee_seated,
    fund_opened,
    payment_requested,
    payment_reserved,
    registered_unit,
    units_registered,
    vote_passed,
)
from tests.ledger.project_words import (
    a_plan,
    a_repair,
    drawn,
    emergency_declared,
    price_reviewed,
    sign_contract,
    works_accepted,
)
from tests.ledger.revenue_words import (
    GROUNDS,
    Q2,
    authorise,
    case,
    register_contract,
    second_quarter_of_2026,
    share_agreed,
    to_fund,
)
from tests.ledger.story import TODAY, Fact


def number_after(facts: tuple[Fact, ...]) -> int:
    """The record number that follows these facts; the community was opened with its roles."""
    return 11 + len(facts)


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
SUBSTITUTE = EmergencyRepairAuthorised(
    emergency="leak-5",
    path="substitute",
    authorises=Authorisation(fund="maintenance", amount_fen=60_000_00, purpose="五号楼屋面渗漏抢修。"),
)
REVIEW = number_after(a_repair())


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
    "a payment the bank made the day before its vote was over": (
        (*WORKING, *payment_reserved("budget-2026", fen=50_00, payment="early", fund="working")),
        record_payment("early", paid_on=SPRING - timedelta(days=1)),
        "fund-payment.before-its-decision",
        ("FUND-09",),
    ),
    "an unexplained payment nobody had decided on": (
        (*MAINTENANCE, suspense_seen(fen=50_00, direction="out")),
        classify(number_after(MAINTENANCE), "payment"),
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
    "a seal used with no decision": ((), use_seal(), "seal.without-decision", ("COM-16",)),
    "two seals in the hands of one member": (
        (committee_seated(), committee_decided("printer"), seal_used("finance", keeper=KEEPER)),
        use_seal(decision="printer", keeper=KEEPER),
        "seal.keeper-of-another",
        ("COM-15",),
    ),
    "a member the committee dismissed by itself": (
        (committee_seated(5),),
        EndSeat(term="term-3", member="委员2", reason="dismissed", ended_on=SPRING),
        "seat.needs-a-decision",
        ("COM-19",),
    ),
    "a committee of four": (
        (),
        seat_committee(*(Member(name=name, post="member") for name in "甲乙丙丁")),
        "committee.seats-even",
        ("COM-01",),
    ),
    "a group of even number that prepares the next committee": (
        (),
        StartReelection(group="group-4", created_on=SPRING, members=6, owners=3),
        "reelection.members-even",
        ("VOTE-26",),
    ),
    "a first deposit in one book for two doors": (
        (fund_opened("maintenance", fen=0), building_registered("3", doors=("12", "13"))),
        RecordFundDeposit(
            fund="maintenance",
            amount_fen=5_00,
            received_on=SUMMER,
            nature="first-deposit",
            scope=Scope(kind="building", id="3"),
        ),
        "fund.book-per-door",
        ("FUND-04",),
    ),
    "a unit sold with no proof that the fund was paid": (
        (building_registered("3"), units_registered(registered_unit("101", "3"))),
        transfer_unit("101", proof=None),
        "unit.transferred-without-proof",
        ("FUND-31",),
    ),
    "a contract that one party has not signed": (
        a_plan(),
        sign_contract(parties=("assembly", "contractor")),
        "repair-contract.not-signed-by-all",
        ("FUND-12",),
    ),
    "a corrected review below what was drawn": (
        (*a_repair(), price_reviewed(), *drawn(80_400_00)),
        RecordPriceReview(
            project="lift", reviewed_fen=80_399_99, corrects=REVIEW, reason="报告算错了。", reviewed_on=SUMMER
        ),
        "price-review.below-what-was-drawn",
        ("FUND-15",),
    ),
    "a roof let with no consent at all": (
        (),
        register_contract("mast", head=GROUNDS, part="roof"),
        "revenue-contract.consents-missing",
        ("VOTE-21",),
    ),
    "labour taken from public revenue before there is an assembly": (
        (fund_opened("public-revenue", fen=9_000_00),),
        RecordRevenueCost(cost="labour", amount_fen=50_00, paid_on=SUMMER),
        "revenue-cost.only-tax-before-an-assembly",
        ("REV-16",),
    ),
    "a standing authorisation the committee gave itself": (
        (committee_decided("covenant-2026"),),
        authorise("upkeep-2026", case("upkeep", 5_000_00)),
        "revenue-authority.needs-a-vote",
        ("REV-15",),
    ),
}

# marked, and never refused: `violation`
MARKED = {
    "the end of the works posted without the report of the firm": (
        (*a_repair(), works_accepted()),
        PostCompletionNotice(project="lift", places=("门岗公告栏",), posted_on=TODAY),
        ("FUND-39",),
    ),
    "a notice of substitute repair that does not say when": (
        (emergency_declared(), Fact(SUBSTITUTE, "district", SUMMER)),
        PostSubstituteNotice(emergency="leak-5", phase="before", posted_on=TODAY, works="抢修屋面。"),
        ("EMG-04",),
    ),
    "a month in which nobody looked at the bank": (
        (fund_opened("maintenance", fen=9_000_00),),
        reconcile(bank=9_000_00),
        ("FUND-34",),
    ),
    "a quarter's net the firm moved late": (
        (fund_opened("public-revenue", fen=9_000_00),),
        RecordNetRevenueMoved(quarter=Q2, amount_fen=50_00, moved_on=date(2026, 8, 1)),
        ("REV-05",),
    ),
    "rent paid into another account": (
        (fund_opened("public-revenue", fen=0),),
        RecordPublicRevenue(head=1, gross_fen=50_00, received_on=SUMMER, paid_into="elsewhere"),
        ("REV-04",),
    ),
    "half of the net, where the covenant has more than half go to the fund": (
        (*second_quarter_of_2026(), share_agreed("70/100")),
        to_fund(91_058_08),
        ("REV-10",),
    ),
}

# no law of the packs has a word in these: what they record is never irregular
UNJUDGED = {
    "amend-revenue-contract": "what falls due under an agreement is for those who made it",
    "end-revenue-contract": "so is its end",
    "deliver-top-up-notices": "the days to pay run from whichever day it was",
    "record-assembly-report": "the developer's day of reporting; other rules start from it",
    "record-posting": "whether it was in time and everywhere follows from the day and the places",
    "record-removal": "whether it hung long enough follows from both days",
    "record-meeting": "that there was one breaks nothing; a month without one shows by itself",
    "record-assembly-established": "the day itself; what was done before it is judged where it is recorded",
}
