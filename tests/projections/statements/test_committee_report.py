"""T11: a committee's year as its books hold it; what they do not hold is said to be missing (COM-17)."""

from datetime import date

import msgspec

from ledger.actions.audit import AuditEngaged, AuditReportRecorded, Finding
from ledger.actions.bank_reconciliation import BankReconciled
from ledger.actions.committee import SeatEnded
from ledger.actions.firm_debrief import Period
from ledger.actions.fund_payment import FundPaymentApproved, FundPaymentRecorded
from ledger.actions.posting import Place, PostingRecorded
from ledger.actions.service_contract import ServiceContractEnded, ServiceContractSigned
from ledger.actions.working_fund import BudgetPeriod
from ledger.fields import Fund
from tests.ledger.audit_words import seal_used
from tests.ledger.correction_words import budget_set
from tests.ledger.duty_words import meeting_held, posted, result_published
from tests.ledger.happened import (
    NEW_YEAR,
    SPRING,
    SUMMER,
    committee_decided,
    committee_seated,
    entry_reversed,
    fund_opened,
    rectification_opened,
    revenue_recorded,
    vote_opened,
    vote_passed,
    vote_rejected,
)
from tests.ledger.project_words import contract_signed, plan_published
from tests.ledger.revenue_words import contract_registered
from tests.ledger.story import TODAY, Fact
from tests.projections.books import Books
from tests.projections.statement_words import Cells, cautions, composed, row, rows

YEAR_2025 = date(2025, 1, 1), date(2025, 12, 31)
YEAR_2027 = date(2027, 1, 1), date(2027, 12, 31)
NEVER = {"meetings", "attendance", "promises", "next-year-plan"}


def spent(fen: int, head: str | None, *, payment: str, on: date = SUMMER, fund: Fund = "working") -> Fact:
    event = FundPaymentRecorded(
        payment=payment, fund=fund, decision="office", amount_fen=fen, payee="文具店", purpose="办公用品",
        paid_on=on, voucher="2026-31", head=head,  # type: ignore[arg-type]
    )  # fmt: skip
    return Fact(event, "treasurer", on)


def promised(fen: int, head: str, *, payment: str) -> Fact:
    event = FundPaymentApproved(
        payment=payment, fund="working", decision="office", amount_fen=fen, head=head,  # type: ignore[arg-type]
    )  # fmt: skip
    return Fact(event, "chair", SUMMER)


def granted() -> tuple[Fact, ...]:
    """Money of the working funds, decided on and divided over heads for 2026."""
    office = committee_decided("office", authorises=50_000_00)
    year = BudgetPeriod(starts_on=NEW_YEAR, ends_on=date(2026, 12, 31))
    return (
        fund_opened("working", fen=30_000_00),
        office._replace(on=SPRING),
        budget_set(period=year, office=8_000_00, stipend=12_000_00)._replace(on=SPRING),
    )


# -- the committee -----------------------------------------------------------------------------------


def test_the_terms_and_the_members_of_the_year_are_named_with_who_left(books: Books) -> None:
    books.tell(committee_seated(5, alternates=1)._replace(on=NEW_YEAR))
    left = SeatEnded(term="term-3", member="委员2", reason="resigned", ended_on=SPRING)
    books.tell(Fact(left, on=SPRING))
    found = composed(books, "T11")
    assert row(found, "terms") == {
        "term": "term-3", "starts_on": "2026-01-01", "ends_on": "2030-12-31", "seats": 5, "filled": 4,
    }  # fmt: skip
    members = rows(found, "members")
    assert [one["post"] for one in members.values()] == ["chair", *["member"] * 4, "alternate"]
    assert members["term-3-2"] == {
        "term": "term-3", "name": "委员2", "post": "member", "left_on": "2026-03-20",
        "left_because": "resigned",
    }  # fmt: skip


def test_a_committee_elected_early_ends_the_term_before_it(books: Books) -> None:
    old = committee_seated(term="term-2", starts_on=date(2023, 1, 1), ends_on=date(2027, 12, 31))
    new = committee_seated(term="term-3", starts_on=SUMMER, ends_on=date(2029, 6, 30))
    books.tell(old._replace(on=date(2023, 1, 1)), new._replace(on=SUMMER))
    terms = rows(composed(books, "T11"), "terms")
    assert terms["term-2"]["served_until"] == "2026-06-29"
    assert "served_until" not in terms["term-3"]
    assert list(rows(composed(books, "T11", period=YEAR_2027), "terms")) == ["term-3"]


def test_days_without_a_committee_are_said(books: Books) -> None:
    books.tell(committee_seated(starts_on=SPRING)._replace(on=SPRING))
    assert "no-committee-in-office" in cautions(composed(books, "T11"))
    assert "no-committee-in-office" not in cautions(composed(books, "T11", period=YEAR_2027))


# -- what it decided -----------------------------------------------------------------------------------


def test_the_decisions_of_the_year_stand_with_their_outcome_and_the_day_they_were_posted(
    books: Books,
) -> None:
    books.tell(fund_opened("maintenance", fen=900_000_00))
    *asked, passed = vote_passed("lift-3", authorises=280_000_00)
    books.tell(*(fact._replace(on=SPRING) for fact in asked), passed._replace(on=SUMMER))
    books.tell(*vote_rejected("roof-5", authorises=70_000_00), vote_opened("garden"))
    books.tell(committee_decided("printer", authorises=800_00)._replace(on=SPRING))
    board = (Place(kind="board"),)
    books.tell(
        Fact(PostingRecorded(about="decision", id="printer", places=board, posted_on=SUMMER), on=SUMMER)
    )
    books.tell(result_published("lift-3", on=TODAY, until=books.number))
    books.tell(posted(TODAY, disclosure="result-lift-3", version=1))
    decided = rows(composed(books, "T11"), "decisions")
    assert {name: one["posted_on"] for name, one in decided.items() if "posted_on" in one} == {
        "printer": SUMMER.isoformat(), "lift-3": TODAY.isoformat(),
    }  # fmt: skip
    assert {name: (one["made_by"], one["outcome"]) for name, one in decided.items()} == {
        "lift-3": ("owners", "passed"), "roof-5": ("owners", "rejected"), "garden": ("owners", "open"),
        "printer": ("committee", "passed"),
    }  # fmt: skip
    assert (decided["lift-3"]["authorised"], decided["lift-3"]["paid"]) == (280_000_00, 0)
    assert "authorised" not in decided["roof-5"]
    printer = decided["printer"]
    assert (printer["seats"], printer["present"], printer["signed"]) == (5, 3, 3)
    assert (printer["decided_on"], printer["posted_on"]) == ("2026-03-20", "2026-06-30")


def test_what_was_decided_in_another_year_belongs_to_that_year(books: Books) -> None:
    books.tell(committee_decided("printer")._replace(on=SPRING))
    assert rows(composed(books, "T11", period=YEAR_2025), "decisions") == {}
    assert rows(composed(books, "T11", period=YEAR_2027), "decisions") == {}
    assert composed(books, "T11", period=YEAR_2027).figures["decisions"] == 0


# -- the money -----------------------------------------------------------------------------------------


def test_the_three_pots_stand_each_by_itself_and_are_never_added_up(books: Books) -> None:
    books.tell(fund_opened("maintenance", fen=900_000_00), fund_opened("public-revenue", fen=0), *granted())
    books.tell(revenue_recorded(fen=6_000_00), spent(1_200_00, "office", payment="pens"))
    found = composed(books, "T11")
    assert rows(found, "funds") == {
        "maintenance": pot("maintenance", 900_000_00),
        "public-revenue": pot("public-revenue", 0, income=6_000_00),
        "working": pot("working", 30_000_00, outgoing=1_200_00),
    }
    assert found.section("funds").sums == {}
    everything = 900_000_00 + 6_000_00 + 28_800_00
    assert everything not in found.figures.values()
    assert str(everything) not in found.entry.decode()


def pot(fund: str, opening: int, *, income: int = 0, outgoing: int = 0) -> Cells:
    return {
        "fund": fund,
        "opening": opening,
        "income": income,
        "outgoing": outgoing,
        "closing": opening + income - outgoing,
    }


def test_the_next_year_opens_with_what_this_one_closed_with(books: Books) -> None:
    books.tell(*granted(), spent(1_200_00, "office", payment="pens"))
    assert rows(composed(books, "T11", period=YEAR_2027), "funds") == {"working": pot("working", 28_800_00)}


def test_working_funds_and_stipends_stand_against_what_the_owners_granted(books: Books) -> None:
    books.tell(*granted(), spent(1_200_00, "office", payment="pens"))
    books.tell(promised(3_000_00, "stipend", payment="may"), spent(500_00, "meeting", payment="tea"))
    used = rows(composed(books, "T11"), "working_funds")
    assert {one["head"]: (one["granted"], one["used"], one["remaining"]) for one in used.values()} == {
        "office": (8_000_00, 1_200_00, 6_800_00),
        "stipend": (12_000_00, 3_000_00, 9_000_00),
        "meeting": (0, 500_00, -500_00),  # spent, and granted by nobody
    }


def test_a_payment_taken_back_was_not_used(books: Books) -> None:
    books.tell(*granted())
    pens = spent(1_200_00, "office", payment="pens")
    number = books.tell(pens)
    books.tell(entry_reversed(number, pens, reason="重复入账。"))
    found = composed(books, "T11")
    assert {one["used"] for one in rows(found, "working_funds").values()} == {0}
    assert rows(found, "funds") == {"working": pot("working", 30_000_00)}
    before = composed(books, "T11", until=number)
    assert rows(before, "working_funds")["2026-01-01-office"]["used"] == 1_200_00


def test_what_was_used_without_a_budget_was_granted_by_nobody(books: Books) -> None:
    opened, office, _ = granted()
    books.tell(opened, office, spent(700_00, None, payment="tea"))
    used = row(composed(books, "T11"), "working_funds")
    assert (used["head"], used["granted"], used["used"]) == ("other", 0, 700_00)


def test_a_difference_with_the_bank_is_said_before_anybody_signs(books: Books) -> None:
    books.tell(*granted())
    day = date(2026, 10, 31)
    met = BankReconciled(
        fund="working",
        on=day,
        book_balance_fen=30_000_00,
        bank_balance_fen=29_000_00,
        difference_fen=-1_000_00,
    )
    number = books.tell(Fact(met, "treasurer", day))
    found = composed(books, "T11", period=(NEW_YEAR, day))
    assert cautions(found)["bank-difference"] == (number,)


# -- contracts, seals, audits, findings ----------------------------------------------------------------


def test_contracts_of_all_three_kinds_stand_with_the_other_party(books: Books) -> None:
    service = ServiceContractSigned(
        contract="firm-2026", firm="heng-sheng", firm_name="恒升物业", starts_on=NEW_YEAR,
        ends_on=date(2028, 12, 31), signed_on=NEW_YEAR, fee_fen_per_m2_month=2_35,
    )  # fmt: skip
    books.tell(Fact(service, on=NEW_YEAR), plan_published(), contract_signed())
    books.tell(contract_registered("parking", (SPRING, 6_000_00), (SUMMER, 6_500_00)))
    contracts = rows(composed(books, "T11"), "contracts")
    assert {key: (one["party"], one.get("amount")) for key, one in contracts.items()} == {
        "service-firm-2026": ("恒升物业", None),
        "repair-lift": ("恒升电梯有限公司", 268_000_00),
        "revenue-parking": ("安达停车公司", 12_500_00),
    }
    assert contracts["service-firm-2026"]["fee_per_m2_month"] == 2_35
    assert list(rows(composed(books, "T11", period=YEAR_2027), "contracts")) == ["service-firm-2026"]


def test_a_service_contract_that_ended_early_is_not_in_the_next_year(books: Books) -> None:
    signed = ServiceContractSigned(contract="firm-2024", firm="heng-sheng", starts_on=date(2024, 1, 1))
    ended = ServiceContractEnded(
        contract="firm-2024", firm="heng-sheng", ended_on=SUMMER, reason="业主大会解聘。"
    )
    books.tell(Fact(signed, on=date(2024, 1, 1)), Fact(ended, on=SUMMER))
    assert row(composed(books, "T11"), "contracts")["ends_on"] == "2026-06-30"
    assert rows(composed(books, "T11", period=YEAR_2027), "contracts") == {}


def test_the_uses_of_every_seal_are_counted_and_those_that_rest_on_nothing(books: Books) -> None:
    books.tell(committee_decided("printer")._replace(on=SPRING))
    books.tell(seal_used(decision="printer"), seal_used(), seal_used("finance", clause="第十二条"))
    assert rows(composed(books, "T11"), "seals") == {
        "committee": {"seal": "committee", "uses": 2, "copies": 4, "without_ground": 1},
        "finance": {"seal": "finance", "uses": 1, "copies": 2, "without_ground": 0},
    }


def test_the_audit_and_what_came_of_its_findings_is_in_the_report(books: Books) -> None:
    last_year = Period(starts_on=YEAR_2025[0], ends_on=YEAR_2025[1])
    begun = AuditEngaged(
        audit="2025", of="annual", auditor="沪信会计师事务所", period=last_year, engaged_on=SPRING
    )
    report = AuditReportRecorded(
        audit="2025", issued_on=SUMMER, received_on=SUMMER, report_no="沪信审2026-88", opinion="qualified",
        findings=(Finding(finding="cash", text="收入现金未存入专户。"),),
    )  # fmt: skip
    opened = rectification_opened("cash")
    from_audit = msgspec.structs.replace(opened.event, source="审计")
    books.tell(Fact(begun, on=SPRING), Fact(report, on=SUMMER), Fact(from_audit, "auditor", SUMMER))
    found = composed(books, "T11")
    audit = row(found, "audits")
    assert (audit["auditor"], audit["opinion"], audit["findings"]) == ("沪信会计师事务所", "qualified", 1)
    assert row(found, "rectifications") == {
        "item": "cash", "source": "审计", "problem": "楼道堆物。", "responsible": "物业服务企业",
        "due_on": "2026-09-10", "progress": "open", "overdue_days": 112,
    }  # fmt: skip
    assert found.figures["rectifications_overdue"] == 1


# -- what the books do not hold ------------------------------------------------------------------------


def test_what_the_books_never_held_is_said_to_be_missing_and_not_to_be_none(books: Books) -> None:
    missing = set(rows(composed(books, "T11"), "not_recorded"))
    assert missing == {
        *NEVER,
        "receptions",
        "joint_meetings",
        "terms",
        "working-budget",
        "seal-uses",
        "audits",
    }
    books.tell(committee_seated()._replace(on=NEW_YEAR), *granted(), seal_used(clause="第十二条"))
    left = {*NEVER, "receptions", "joint_meetings", "audits"}
    assert set(rows(composed(books, "T11"), "not_recorded")) == left


def test_receptions_and_joint_meetings_of_the_year_are_counted_once_any_is_recorded(books: Books) -> None:
    books.tell(meeting_held("reception", date(2025, 12, 31)), meeting_held("reception", NEW_YEAR))
    found = composed(books, "T11")
    assert found.figures["receptions"] == 1
    assert "joint_meetings" not in found.figures
    assert "joint_meetings" in rows(found, "not_recorded")
    books.tell(meeting_held("joint", SPRING), meeting_held("joint", SUMMER))
    found = composed(books, "T11")
    assert found.figures["joint_meetings"] == 2
    assert not {"receptions", "joint_meetings"} & set(rows(found, "not_recorded"))


def test_a_year_in_which_nothing_happened_has_no_rows_and_no_made_up_figures(books: Books) -> None:
    found = composed(books, "T11", period=YEAR_2025)
    assert {section.name for section in found.sections if section.rows} == {"not_recorded"}
    assert set(found.figures.values()) == {0}
    assert found.cautions == ()
