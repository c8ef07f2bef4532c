"""The firm's year: what it handed in, how it was scored and told, its figures, and who never reported."""

from datetime import date

import msgspec

from ledger.actions.firm_debrief import Passage
from ledger.actions.posting import Place, PostingRecorded
from ledger.asked import Asked
from projections import debrief_figures, debriefs, debriefs_missing, firms, rectifications
from projections.debrief_figures import SaidOf
from projections.debriefs import words_digest
from projections.debriefs_missing import MissingDebrief
from tests.ledger.firm_words import (
    DECEMBER_12,
    NOVEMBER_15,
    appraisal_corrected,
    appraisal_fed_back,
    appraisal_with_opinions,
    claim,
    debrief_scheduled,
    debrief_submitted,
    held_in_november,
    item_of_debrief,
    service_contract_ended,
)
from tests.ledger.happened import (
    community_listed,
    contract_signed,
    debrief_held,
    firm_registered,
    rectification_accepted,
    rectification_opened,
    rectification_reported,
)
from tests.ledger.revenue_words import contract_registered, net_moved, second_quarter_of_2026
from tests.ledger.story import TODAY, WUTONGLI, Fact, Happened, account_of
from tests.projections.books import Books


def figures(books: Books, debrief: str = "2026") -> dict[str, debrief_figures.FigureRow]:
    row = debriefs.one(books.shown(), WUTONGLI, debrief)
    assert row is not None
    return {one.figure: one for one in debrief_figures.of(books.views, WUTONGLI, row)}


def tell_in(books: Books, ledger: str, fact: Fact) -> None:
    """Record a fact in another community."""
    happened = Happened(event=fact.event, occurred_on=fact.on)
    books.story.ledger.record_all([Asked(ledger, happened, account_of(fact.by), TODAY)])


# -- the debrief -----------------------------------------------------------------------------------


def test_a_debrief_grows_from_its_plan_to_its_feedback(both_books: Books) -> None:
    first = both_books.tell(contract_signed("2026-1"), debrief_scheduled("2026"))
    planned = debriefs.one(both_books.shown(), WUTONGLI, "2026")
    assert planned is not None
    assert (planned.number, planned.contract, planned.planned_on, planned.held_on) == (
        first,
        "2026-1",
        DECEMBER_12,
        None,
    )
    held = both_books.tell(held_in_november("2026"))
    sheet = both_books.tell(appraisal_with_opinions("2026"))
    both_books.tell(appraisal_fed_back("2026", appraisal=sheet))
    row = debriefs.one(both_books.shown(), WUTONGLI, "2026")
    assert row is not None
    assert (row.number, row.held_number, row.held_on, row.year) == (first, held, NOVEMBER_15, 2026)
    assert (row.criteria[0].satisfied, row.criteria[1].dissatisfied, row.firm_knows) == (20, 5, True)


def test_only_held_debriefs_are_listed_where_plans_do_not_count(both_books: Books) -> None:
    both_books.tell(contract_signed("2026-1"), debrief_held("2025"), debrief_scheduled("2026"))
    shown = both_books.shown()
    assert [row.debrief for row in debriefs.page(shown, WUTONGLI)] == ["2025", "2026"]
    assert [row.debrief for row in debriefs.page(shown, WUTONGLI, held=True)] == ["2025"]


def test_a_corrected_score_counts_and_both_stay(both_books: Books) -> None:
    both_books.tell(held_in_november("2026"))
    first = both_books.tell(appraisal_with_opinions("2026"))
    both_books.tell(appraisal_fed_back("2026", appraisal=first))
    second = both_books.tell(appraisal_corrected("2026", corrects=first))
    row = debriefs.one(both_books.shown(), WUTONGLI, "2026")
    assert row is not None
    assert (row.points, row.raters, row.appraisal_number, row.firm_knows) == (90, 32, second, False)
    assert [(one.number, one.points, one.corrects) for one in row.appraisals] == [
        (first, 88, None),
        (second, 90, first),
    ]


# -- one text for many communities ------------------------------------------------------------------


def test_figures_spaces_and_signs_do_not_make_another_text() -> None:
    def digest(text: str) -> str | None:
        return words_digest((Passage(chapter="repairs", text=text),))

    assert digest("到场率 93%，共 1,126 件。") == digest("到场率91 %,共980件")
    assert digest("到场率 93%") != digest("到岗率 93%")
    assert digest("93%，1,126。") is None


def test_the_same_text_is_found_in_other_communities_of_the_same_firm_alone(both_books: Books) -> None:
    both_books.story.begin("taohuayuan")
    both_books.tell(debrief_held("2026"), debrief_submitted("2026"))
    for ledger, debrief, firm in (
        ("taohuayuan", "theirs", "heng-sheng"),
        ("taohuayuan", "of-another", "yue-hua"),
        (WUTONGLI, "again", "heng-sheng"),
    ):
        submitted = debrief_submitted(debrief)
        event = msgspec.structs.replace(submitted.event, firm=firm)
        tell_in(both_books, ledger, submitted._replace(event=event))
    shown = both_books.shown()
    assert debriefs.same_words(shown, WUTONGLI, "2026") == (("taohuayuan", "theirs"),)
    assert debriefs.same_words(shown, "taohuayuan", "of-another") == ()


# -- figures beside claims --------------------------------------------------------------------------


def test_the_ledgers_figures_stand_beside_every_claim(both_books: Books) -> None:
    both_books.tell(second_quarter_of_2026(), net_moved(182_116_17, on=date(2026, 7, 31)))
    both_books.tell(contract_signed("2026-1"), debrief_scheduled("2026"))
    first = both_books.tell(debrief_submitted("2026", claims=(claim("revenue-collected-fen", 240_000_00),)))
    found = figures(both_books)
    collected = found["revenue-collected-fen"]
    assert (collected.value, collected.is_money, collected.differs) == (236_212_47, True, True)
    assert collected.said == (SaidOf(1, first, 240_000_00),)
    assert (found["revenue-handed-over-fen"].value, found["revenue-handed-over-fen"].said) == (182_116_17, ())
    mended = (claim("revenue-collected-fen", 236_212_47),)
    second = both_books.tell(debrief_submitted("2026", version=2, words=(), claims=mended))
    now = figures(both_books)["revenue-collected-fen"]
    assert (now.said[-1], now.differs) == (SaidOf(2, second, 236_212_47), False)


def test_contracts_and_what_they_still_owe_count_on_the_last_day(both_books: Books) -> None:
    both_books.tell(contract_registered("parcel-lockers"), held_in_november("2026"))
    found = figures(both_books)
    assert found["revenue-contracts"].value == 1
    assert not found["revenue-contracts"].is_money
    overdue = found["contract-money-overdue-fen"].value
    assert overdue is not None
    assert overdue > 0


def test_a_figure_outside_the_period_is_not_counted(both_books: Books) -> None:
    both_books.tell(second_quarter_of_2026(), contract_registered("parcel-lockers"), debrief_held("2025"))
    found = figures(both_books, "2025")
    assert {name: one.value for name, one in found.items()} == {
        "fee-fen": None,
        "revenue-collected-fen": 0,
        "revenue-handed-over-fen": 0,
        "revenue-contracts": 0,
        "contract-money-overdue-fen": 0,
        "notices-posted": 0,
        "last-rectifications": None,
        "last-rectifications-closed": None,
    }


def test_notices_that_were_put_up_in_the_year_are_counted(both_books: Books) -> None:
    board = PostingRecorded(
        about="decision", id="lift-3", places=(Place(kind="board"),), posted_on=NOVEMBER_15
    )
    both_books.tell(held_in_november("2026"), Fact(board, on=NOVEMBER_15), Fact(board, on=NOVEMBER_15))
    both_books.tell(Fact(board, on=date(2025, 12, 31)))
    assert figures(both_books)["notices-posted"].value == 2


def test_what_the_last_debrief_left_is_counted_and_what_of_it_is_closed(both_books: Books) -> None:
    due = date(2026, 6, 1)
    both_books.tell(debrief_held("2025"), held_in_november("2026"))
    both_books.tell(
        item_of_debrief("stairs", "2025", due_on=due), item_of_debrief("lamp", "2025", due_on=due)
    )
    both_books.tell(item_of_debrief("gate", "2026", due_on=due), rectification_reported("stairs"))
    both_books.tell(rectification_accepted("stairs"))
    found = figures(both_books)
    assert (found["last-rectifications"].value, found["last-rectifications-closed"].value) == (2, 1)


def test_a_claim_the_ledger_has_no_figure_for_differs(both_books: Books) -> None:
    both_books.tell(held_in_november("2026"))
    both_books.tell(debrief_submitted("2026", claims=(claim("last-rectifications-closed", 5),)))
    found = figures(both_books)["last-rectifications-closed"]
    assert (found.value, found.differs) == (None, True)


# -- who never reported -----------------------------------------------------------------------------


def test_a_firm_that_serves_on_31_december_and_did_not_report_is_missing(both_books: Books) -> None:
    both_books.tell(firm_registered(), contract_signed("2026-1"))
    missing = MissingDebrief(
        community=WUTONGLI,
        firm="heng-sheng",
        firm_name="恒升物业",
        contract="2026-1",
        due_on=date(2026, 12, 31),
    )
    assert debriefs_missing.of(both_books.shown(), WUTONGLI, 2026) == (missing,)
    both_books.tell(debrief_scheduled("2026"))
    planned = msgspec.structs.replace(missing, debrief="2026", planned_on=DECEMBER_12)
    assert debriefs_missing.of(both_books.shown(), WUTONGLI, 2026) == (planned,)
    both_books.tell(held_in_november("2026"))
    assert debriefs_missing.of(both_books.shown(), WUTONGLI, 2026) == ()
    assert debriefs_missing.of(both_books.views, WUTONGLI, 2025) == ()


def test_the_debrief_of_another_firm_does_not_count(both_books: Books) -> None:
    both_books.tell(contract_signed("2026-1"), held_in_november("2026", firm="yue-hua"))
    assert [one.firm for one in debriefs_missing.of(both_books.shown(), WUTONGLI, 2026)] == ["heng-sheng"]


def test_a_debrief_held_after_the_year_still_counts_as_missing_and_says_when(both_books: Books) -> None:
    contract = contract_signed("2024-1")
    event = msgspec.structs.replace(contract.event, starts_on=date(2024, 1, 1))
    both_books.tell(contract._replace(event=event), debrief_held("2025"))
    (late,) = debriefs_missing.of(both_books.shown(), WUTONGLI, 2025)
    assert (late.debrief, late.held_on) == ("2025", date(2026, 3, 20))


def test_a_firm_that_left_during_the_year_is_not_asked_for_at_its_end(both_books: Books) -> None:
    both_books.tell(contract_signed("2026-1"), service_contract_ended("2026-1", on=date(2026, 6, 30)))
    assert debriefs_missing.of(both_books.shown(), WUTONGLI, 2026) == ()
    (contract,) = firms.of(both_books.views, WUTONGLI).contracts
    assert (contract.ended_on, contract.ended_number) == (date(2026, 6, 30), both_books.number)
    assert contract.runs_on(date(2026, 6, 30))
    assert not contract.runs_on(date(2026, 7, 1))


def test_a_street_sees_its_list_and_a_communitys_own_contract_knows_better(both_books: Books) -> None:
    both_books.tell(firm_registered("heng-sheng"), firm_registered("yue-hua"))
    both_books.tell(community_listed("compound-5"), community_listed("compound-6"))
    both_books.story.begin("compound-6")
    tell_in(both_books, "compound-6", contract_signed("2026-1", firm="yue-hua"))
    found = debriefs_missing.of(both_books.shown(), WUTONGLI, 2026)
    assert [(one.community, one.firm, one.contract) for one in found] == [
        ("compound-6", "yue-hua", "2026-1"),
        ("compound-5", "heng-sheng", None),
    ]


# -- the rectification list --------------------------------------------------------------------------


def test_what_is_longest_overdue_comes_first_and_what_is_done_last(both_books: Books) -> None:
    both_books.tell(rectification_opened("done"), rectification_reported("done"))
    closed = both_books.tell(rectification_accepted("done"))
    both_books.tell(item_of_debrief("later", "2026", due_on=date(2026, 12, 1)))
    both_books.tell(item_of_debrief("late", "2026", due_on=date(2026, 11, 1)))
    rows = rectifications.urgent_first(both_books.shown(), WUTONGLI)
    assert [row.item for row in rows] == ["late", "later", "done"]
    day = date(2026, 11, 20)
    assert [row.overdue_days(day) for row in rows] == [19, 0, 0]
    assert (rows[0].debrief, rows[0].measures) == ("2026", "每周清理一次。")
    both_books.tell(rectification_reported("late")._replace(on=date(2026, 11, 1)))
    waiting = rectifications.urgent_first(both_books.shown(), WUTONGLI)
    assert [row.item for row in waiting] == ["later", "late", "done"]
    assert (rows[2].closed_number, rows[2].closed_by, rows[2].reported_number) == (
        closed,
        "chair",
        closed - 1,
    )
