"""T7: who was asked, what they answered, what the law needed, and what follows from it (EX1, EX2, EX13)."""

from datetime import date

import pytest

from ledger.actions.committee import SeatEnded
from ledger.actions.committee_decision import RecordCommitteeDecision
from ledger.actions.decision import EmergencyRepairAuthorised, Roster
from ledger.actions.posting import Place, PostingRecorded
from ledger.actions.vote_result import CloseVote
from ledger.errors import Refused
from ledger.fields import Authorisation, Personal
from ledger.rules.counting import BuildingCount, Tally, Totals
from tests.ledger.duty_words import posted, result_published
from tests.ledger.happened import (
    SPRING,
    committee_decided,
    committee_seated,
    vote_closed,
    vote_counted,
    vote_opened,
)
from tests.ledger.project_words import emergency_declared
from tests.ledger.story import TODAY, Fact
from tests.ledger.vote_words import delivered
from tests.projections.books import Books
from tests.projections.statement_words import asked, cautions, composed, row, rows

EX1 = {"roster": ("60000.00", 600), "participating": ("42000.00", 420), "agree": ("20500.00", 230)}
EX2_ROSTER = ("90000.00", 900)


def counted_and_closed(books: Books, decision: str, matter: int = 5, **count: tuple[str, int]) -> None:
    """The question and the count as told; the chair closes the vote by all rules."""
    books.tell(vote_opened(decision, matter=matter, authorises=280_000_00), vote_counted(decision, **count))
    asked(books, CloseVote(decision=decision), by="chair")


def test_ex1_heads_are_enough_and_area_is_not_and_both_are_shown(books: Books) -> None:
    counted_and_closed(books, "lift-3", **EX1)
    found = composed(books, "T7", "lift-3")
    assert rows(found, "tests") == {
        "participation-heads": {
            "test": "participation", "dimension": "heads", "counted": "420", "of": "600",
            "bound": "at-least", "share": "2/3", "least": "400", "met": True,
        },
        "participation-area": {
            "test": "participation", "dimension": "area", "counted": "42000.00", "of": "60000.00",
            "bound": "at-least", "share": "2/3", "least": "40000.00", "met": True,
        },
        "approval-heads": {
            "test": "approval", "dimension": "heads", "counted": "230", "of": "420",
            "bound": "more-than", "share": "1/2", "least": "211", "met": True,
        },
        "approval-area": {
            "test": "approval", "dimension": "area", "counted": "20500.00", "of": "42000.00",
            "bound": "more-than", "share": "1/2", "least": "21000.01", "met": False,
        },
    }  # fmt: skip
    assert row(found, "result") == {
        "outcome": "rejected",
        "threshold": "ordinary",
        "participation_met": True,
        "approval_met": False,
        "failed": "area",
        "counted_by": "hand",
        "count_recorded_by": "secretary",
        "closed_by": "chair",
        "objections": "committee-then-court",
    }
    assert found.figures == {
        "roster_heads": 600, "roster_area": "60000.00", "participating_heads": 420,
        "participating_area": "42000.00", "agree_heads": 230, "agree_area": "20500.00",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("participating", "agree", "least", "outcome"),
    [
        (("60000.00", 600), ("45000.00", 450), "45000.00", "passed"),
        (("60000.00", 600), ("44999.99", 450), "45000.00", "rejected"),
    ],
)
def test_ex2_three_quarters_are_enough_to_the_hundredth_of_a_square_metre(
    books: Books, participating: tuple[str, int], agree: tuple[str, int], least: str, outcome: str
) -> None:
    books.tell(vote_opened("base-station", matter=8))
    books.tell(vote_counted("base-station", roster=EX2_ROSTER, participating=participating, agree=agree))
    asked(books, CloseVote(decision="base-station"), by="chair")
    found = composed(books, "T7", "base-station")
    by_area = rows(found, "tests")["approval-area"]
    assert (by_area["bound"], by_area["share"], by_area["least"]) == ("at-least", "3/4", least)
    assert by_area["met"] is (outcome == "passed")
    assert row(found, "result")["outcome"] == outcome


def test_ex2c_without_a_quorum_the_failed_dimension_is_that_of_the_quorum(books: Books) -> None:
    everybody = ("59999.99", 600)
    counted_and_closed(books, "garden", roster=EX2_ROSTER, participating=everybody, agree=everybody)
    result = row(composed(books, "T7", "garden"), "result")
    assert (result["outcome"], result["failed"]) == ("rejected", "area")
    assert (result["participation_met"], result["approval_met"]) == (False, True)


def test_every_answer_is_counted_with_its_share_and_what_is_neither_yes_nor_no_is_one_row(
    books: Books,
) -> None:
    counted_and_closed(books, "lift-3", disagree=("15500.00", 160), **EX1)
    answers = rows(composed(books, "T7", "lift-3"), "count")
    assert list(answers) == ["roster", "participating", "agree", "disagree", "neither"]
    assert answers["participating"] == {
        "answer": "participating", "heads": 420, "area": "42000.00", "heads_share": "420/600",
        "area_share": "4200000/6000000",
    }  # fmt: skip
    # 420 - 230 - 160 heads; 42,000 - 20,500 - 15,500 m²
    assert (answers["neither"]["heads"], answers["neither"]["area"]) == (30, "6000.00")
    assert (answers["neither"]["heads_share"], answers["neither"]["area_share"]) == (
        "30/420",
        "600000/4200000",
    )


def test_a_recount_takes_the_place_of_the_count_before(books: Books) -> None:
    books.tell(vote_opened("lift-3"), vote_counted("lift-3", **EX1))
    counted = books.tell(vote_counted("lift-3", agree=("30000.00", 300)))
    assert composed(books, "T7", "lift-3").figures["agree_heads"] == 300
    assert composed(books, "T7", "lift-3", until=counted - 1).figures["agree_heads"] == 230


# -- ballots, buildings, delivery --------------------------------------------------------------------


def closed_by_ballots(*buildings: BuildingCount) -> Fact:
    totals = Totals(
        participating=Tally(heads=9, area="900.00"),
        agree=Tally(heads=6, area="600.00"),
        disagree=Tally(heads=1, area="100.00"),
        abstain=Tally(heads=1, area="100.00"),
        invalid=Tally(heads=1, area="100.00"),
        unreturned=Tally(heads=2, area="200.00"),
    )
    return vote_closed("lift-3", totals=totals, by_building=buildings)


def roster_of_twelve() -> Roster:
    pages = (Personal.of("roster/lift-3", "[]"),)
    return Roster(units=12, heads=12, area="1200.00", sha256="ab" * 32, pages=pages)


def test_ballots_tell_abstentions_invalid_ones_and_those_not_returned_apart(books: Books) -> None:
    books.tell(vote_opened("lift-3", roster=roster_of_twelve()), delivered("u-1", "u-2", "u-3"))
    books.tell(closed_by_ballots())
    found = composed(books, "T7", "lift-3")
    answers = rows(found, "count")
    assert {name: answer["heads"] for name, answer in answers.items() if "heads" in answer} == {
        "roster": 12, "participating": 9, "agree": 6, "disagree": 1, "abstain": 1, "invalid": 1,
        "unreturned": 2,
    }  # fmt: skip
    assert answers["delivered"] == {"answer": "delivered", "units": 3}
    assert answers["roster"]["units"] == 12
    assert row(found, "result")["counted_by"] == "ballots"


def test_a_building_stands_by_itself_only_where_five_units_took_part(books: Books) -> None:
    five = BuildingCount(building="3", units=5, agree=4, disagree=1, abstain=0, invalid=0)
    four = BuildingCount(building="5", units=4, agree=4, disagree=0, abstain=0, invalid=0)
    books.tell(vote_opened("lift-3", roster=roster_of_twelve()), closed_by_ballots(five, four))
    assert rows(composed(books, "T7", "lift-3"), "buildings") == {
        "3": {"building": "3", "units": 5, "agree": 4, "disagree": 1, "abstain": 0, "invalid": 0}
    }


# -- before the vote, while it is open, afterwards ---------------------------------------------------


def test_what_was_done_before_the_owners_were_asked_is_shown_with_the_rules_that_applied(
    books: Books,
) -> None:
    counted_and_closed(books, "lift-3", **EX1)
    found = composed(books, "T7", "lift-3")
    assert rows(found, "preparation") == {
        "notice": {"step": "notice", "done_on": "2025-12-17"},
        "reported-to-party": {"step": "reported-to-party", "done_on": "2025-12-10"},
        "housing-office": {"step": "notified-housing-office"},
        "neighbourhood": {"step": "notified-neighbourhood"},
    }
    assert rows(found, "rules") == {
        "VOTE-02": {"rule": "VOTE-02", "broken": False},
        "VOTE-03": {"rule": "VOTE-03", "broken": False},
    }
    assert row(found, "matter") == {
        "decision": "lift-3", "title": "三号楼电梯大修", "made_by": "owners", "matter": "matter-5",
        "scope": "whole", "opens_on": "2026-01-01", "closes_on": "2026-03-20", "decided_on": "2026-11-20",
        "fund": "maintenance", "amount": 280_000_00, "purpose": "三号楼电梯大修",
    }  # fmt: skip


def test_what_cannot_be_known_of_a_decision_has_no_section(books: Books) -> None:
    books.tell(vote_opened("lift-3", roster=roster_of_twelve()), closed_by_ballots())
    books.tell(vote_opened("garden"), vote_counted("garden"), committee_decided("printer"))
    both = {"matter", "count", "tests", "result", "rules"}
    for subject, own in {
        "lift-3": {"preparation", "buildings"},
        "garden": {"preparation"},  # counted by hand, for the whole community
        "printer": {"members"},
    }.items():
        assert {one.name for one in composed(books, "T7", subject).sections} == both | own


def test_a_vote_that_is_open_has_no_answers_and_says_so(books: Books) -> None:
    number = books.tell(vote_opened("lift-3", roster=roster_of_twelve()))
    found = composed(books, "T7", "lift-3")
    assert list(rows(found, "count")) == ["roster"]
    assert rows(found, "tests") == {}
    assert row(found, "result") == {
        "outcome": "open", "threshold": "ordinary", "objections": "committee-then-court",
    }  # fmt: skip
    assert cautions(found) == {"vote-open": (number,)}


def test_what_came_after_the_periods_end_is_not_in_it(books: Books) -> None:
    books.tell(vote_opened("lift-3")._replace(on=SPRING), vote_counted("lift-3", **EX1)._replace(on=SPRING))
    books.tell(vote_closed("lift-3"))
    spring = composed(books, "T7", "lift-3", period=(date(2026, 1, 1), SPRING))
    assert row(spring, "result")["outcome"] == "open"
    assert row(composed(books, "T7", "lift-3"), "result")["outcome"] == "passed"


def test_the_day_it_was_first_posted_stands_in_the_notice(books: Books) -> None:
    books.tell(vote_opened("lift-3"), vote_counted("lift-3", **EX1), vote_closed("lift-3"))
    assert "posted_on" not in row(composed(books, "T7", "lift-3"), "result")
    board = (Place(kind="board"),)
    for day in (date(2026, 3, 23), date(2026, 3, 22)):
        books.tell(Fact(PostingRecorded(about="decision", id="lift-3", places=board, posted_on=day), on=day))
    assert row(composed(books, "T7", "lift-3"), "result")["posted_on"] == "2026-03-22"


def test_posted_as_this_very_notice_it_is_posted(books: Books) -> None:
    *voted, closed = vote_opened("lift-3"), vote_counted("lift-3", **EX1), vote_closed("lift-3")
    taken = books.tell(*voted, closed)
    books.tell(result_published("lift-3", on=TODAY, until=taken))
    assert "posted_on" not in row(composed(books, "T7", "lift-3"), "result")
    books.tell(posted(TODAY, disclosure="result-lift-3", version=1))
    assert row(composed(books, "T7", "lift-3"), "result")["posted_on"] == TODAY.isoformat()


# -- a decision of the committee ---------------------------------------------------------------------


def test_a_decision_of_the_committee_shows_its_members_who_met_and_who_signed(books: Books) -> None:
    books.tell(committee_seated(5, alternates=1)._replace(on=date(2026, 1, 1)))
    left = SeatEnded(term="term-3", member="委员5", reason="resigned", ended_on=date(2026, 3, 1))
    books.tell(Fact(left, on=left.ended_on), committee_decided("printer", authorises=800_00))
    found = composed(books, "T7", "printer")
    assert found.figures == {"seats": 5, "present": 3, "signed": 3}
    assert [(one["name"], one["post"]) for one in rows(found, "members").values()] == [
        ("委员1", "chair"), ("委员2", "member"), ("委员3", "member"), ("委员4", "member"),
        ("委员6", "alternate"),
    ]  # fmt: skip
    tests = rows(found, "tests")
    assert [(one["counted"], one["of"], one["least"], one["met"]) for one in tests.values()] == [
        ("3", "5", "3", True), ("3", "5", "3", True),
    ]  # fmt: skip
    assert list(rows(found, "rules")) == ["COM-08", "COM-09"]
    result = row(found, "result")
    assert (result["outcome"], result["participation_met"], result["approval_met"]) == ("passed", True, True)
    assert row(found, "matter")["content"] == "为业委会办公室购置打印机一台。"


def test_ex13_three_signatures_of_seven_members_are_not_enough(books: Books) -> None:
    unsigned = RecordCommitteeDecision(
        decision="gate", title="更换大门", matter="更换南大门。", decided_on=SPRING, seats=7, present=4,
        signed=3, acknowledge=("COM-09",),
    )  # fmt: skip
    receipt = asked(books, unsigned, by="secretary")
    found = composed(books, "T7", "gate")
    assert row(found, "result")["outcome"] == "invalid"
    assert [one["met"] for one in rows(found, "tests").values()] == [True, False]
    assert [one["broken"] for one in rows(found, "rules").values()] == [False, True]
    assert cautions(found) == {"irregular": (receipt.events[0].number,)}
    assert found.rules == books.story.recorded(receipt)[0].envelope.rules != ()


# -- what has no result ------------------------------------------------------------------------------


def test_nobody_ever_asked_is_refused(books: Books) -> None:
    books.tell(vote_opened("lift-3"))
    with pytest.raises(Refused) as refused:
        composed(books, "T7", "lift-4")
    assert refused.value.code == "statement.unknown-subject"


def test_an_emergency_nobody_voted_on_is_refused(books: Books) -> None:
    freed = Authorisation(fund="maintenance", amount_fen=60_000_00, purpose="五号楼屋面")
    authorised = EmergencyRepairAuthorised(emergency="leak-5", path="committee", authorises=freed)
    books.tell(emergency_declared(), Fact(authorised, "chair", TODAY))
    with pytest.raises(Refused) as refused:
        composed(books, "T7", "leak-5")
    assert refused.value.code == "statement.not-voted-on"
