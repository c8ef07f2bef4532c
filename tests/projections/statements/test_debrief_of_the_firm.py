"""T12: the firm's debrief, its figures beside the ledger's, and how it was appraised (FIRM-15)."""

from datetime import date

import pytest

from ledger.composing import Wanted
from ledger.errors import Refused
from projections.statements import compose
from projections.statements.statement import Caution, Statement, statement_of
from tests.ledger.firm_words import (
    NOVEMBER_15,
    appraisal_corrected,
    appraisal_fed_back,
    appraisal_with_opinions,
    claim,
    debrief_scheduled,
    debrief_submitted,
    held_in_november,
    item_of_debrief,
)
from tests.ledger.happened import contract_signed, firm_registered
from tests.ledger.revenue_words import net_moved, second_quarter_of_2026
from tests.ledger.story import TODAY, WUTONGLI
from tests.projections.books import Books

NOVEMBER_20 = TODAY
NOVEMBER_14 = date(2026, 11, 14)


def composed(books: Books, *, on: date = NOVEMBER_20, subject: str = "2026") -> Statement:
    wanted = Wanted("T12", date(2026, 1, 1), on, subject=subject)
    return compose(books.story.store, WUTONGLI, wanted, books.number)


def rows(statement: Statement, section: str) -> list[dict[str, object]]:
    return [dict(row.cells) for row in statement.section(section).rows]


def test_it_tells_the_course_of_the_debrief_from_plan_to_feedback(books: Books) -> None:
    books.tell(
        firm_registered(), contract_signed("2026-1"), debrief_scheduled("2026"), held_in_november("2026")
    )
    sheet = books.tell(appraisal_with_opinions("2026"))
    books.tell(appraisal_fed_back("2026", appraisal=sheet, on=date(2026, 11, 18)))
    assert rows(composed(books), "course") == [
        {
            "firm": "恒升物业",
            "contract": "2026-1",
            "period_from": "2026-01-01",
            "period_to": "2026-12-31",
            "planned_on": "2026-12-12",
            "held_on": "2026-11-15",
            "attended": 63,
            "fed_back_on": "2026-11-18",
        }
    ]


def test_every_claim_stands_beside_what_the_ledger_says(books: Books) -> None:
    books.tell(second_quarter_of_2026(), net_moved(182_116_17, on=date(2026, 7, 31)))
    books.tell(contract_signed("2026-1"), debrief_scheduled("2026"))
    claims = (claim("revenue-collected-fen", 240_000_00), claim("revenue-handed-over-fen", 182_116_17))
    first = books.tell(debrief_submitted("2026", claims=claims))
    mended = (claim("revenue-collected-fen", 236_212_47),)
    second = books.tell(debrief_submitted("2026", version=2, words=(), claims=mended))
    money = {row.key: dict(row.cells) for row in composed(books).section("money").rows}
    assert money["revenue-collected-fen.1"] == {
        "figure": "revenue-collected-fen",
        "computed": 236_212_47,
        "claimed": 240_000_00,
        "difference": 3_787_53,
        "version": 1,
        "record": first,
    }
    assert money["revenue-collected-fen.2"]["difference"] == 0
    assert money["revenue-collected-fen.2"]["record"] == second
    assert money["revenue-handed-over-fen.1"]["difference"] == 0
    assert money["contract-money-overdue-fen"] == {"figure": "contract-money-overdue-fen", "computed": 0}
    assert "fee-fen" in money


def test_the_firms_words_are_kept_version_by_version(books: Books) -> None:
    books.tell(contract_signed("2026-1"), debrief_scheduled("2026"), debrief_submitted("2026"))
    number = books.tell(debrief_submitted("2026", version=2))
    first, second = rows(composed(books), "report")
    assert (first["chapter"], first["version"], second["version"]) == ("repairs", 1, 2)
    assert second["record"] == number


def test_the_score_sheet_adds_up_line_by_line(books: Books) -> None:
    books.tell(held_in_november("2026"), appraisal_with_opinions("2026"))
    found = composed(books)
    assert rows(found, "score")[0] == {
        "item": "第1项",
        "points": 50,
        "max_points": 60,
        "satisfied": 20,
        "mostly_satisfied": 5,
        "fair": 4,
        "dissatisfied": 2,
    }
    assert found.section("score").sums == {"points": 88, "max_points": 100}
    assert found.figures == {
        "points": 88,
        "total_points": 100,
        "raters": 31,
        "attended": 63,
        "satisfied_share": "46/62",
    }


def test_a_correction_counts_and_what_it_corrects_stays_to_be_seen(books: Books) -> None:
    books.tell(held_in_november("2026"))
    first = books.tell(appraisal_with_opinions("2026"))
    second = books.tell(appraisal_corrected("2026", corrects=first))
    found = composed(books)
    assert found.figures["points"] == 90
    assert [(row["record"], row["points"], row.get("corrects")) for row in rows(found, "appraisals")] == [
        (first, 88, None),
        (second, 90, first),
    ]
    assert rows(found, "appraisals")[1]["reason"] == "一张打分表漏记。"
    assert Caution(code="appraisal-corrected", records=(second,)) in found.cautions


def test_what_is_left_to_put_right_is_that_of_this_debrief_alone(books: Books) -> None:
    due = date(2027, 1, 15)
    books.tell(held_in_november("2026"), held_in_november("2025"))
    books.tell(item_of_debrief("stairs", "2026", due_on=due), item_of_debrief("lamp", "2025", due_on=due))
    assert rows(composed(books), "rectifications") == [
        {
            "item": "stairs",
            "problem": "楼道堆物。",
            "responsible": "物业服务企业",
            "measures": "每周清理一次。",
            "due_on": "2027-01-15",
            "progress": "open",
        }
    ]


def test_it_stands_as_on_the_last_day_wanted(books: Books) -> None:
    books.tell(contract_signed("2026-1"))
    books.tell(debrief_scheduled("2026")._replace(on=date(2026, 11, 1)))
    books.tell(debrief_submitted("2026"), held_in_november("2026"), appraisal_with_opinions("2026"))
    before = composed(books, on=NOVEMBER_14)
    assert "held_on" not in rows(before, "course")[0]
    assert (rows(before, "report"), rows(before, "appraisals"), before.figures) == ([], [], {})
    assert [caution.code for caution in before.cautions] == ["debrief-not-held", "debrief-not-appraised"]
    assert composed(books, on=NOVEMBER_15).cautions == ()


def test_a_claim_that_differs_is_told_before_anybody_signs(books: Books) -> None:
    books.tell(held_in_november("2026"), appraisal_with_opinions("2026"))
    number = books.tell(debrief_submitted("2026", claims=(claim("notices-posted", 14),)))
    assert composed(books).cautions == (Caution(code="claims-differ", records=(number,)),)


@pytest.mark.parametrize(("subject", "on"), [("2025", NOVEMBER_20), ("2026", NOVEMBER_14)])
def test_a_debrief_nobody_had_planned_or_held_by_then_has_no_statement(
    books: Books, subject: str, on: date
) -> None:
    books.tell(held_in_november("2026"))
    with pytest.raises(Refused) as refused:
        composed(books, subject=subject, on=on)
    assert refused.value.code == "statement.unknown-subject"


def test_the_same_events_give_the_same_bytes(books: Books) -> None:
    books.tell(held_in_november("2026"), appraisal_with_opinions("2026"))
    found = composed(books)
    assert composed(books).entry == found.entry
    assert statement_of(found.entry).sha256 == found.sha256
