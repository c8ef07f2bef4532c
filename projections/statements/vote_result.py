"""T7 征求意见汇总表 and 表决结果公告: who was asked, what they answered, what was needed.

Of a committee's decision: its members, who met, who signed, and whether that is enough (COM-08, COM-09).
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from ledger.actions.committee import Committee
from ledger.actions.decision import VoteClosed, VoteOpened, VoteResultRecorded
from ledger.composing import Wanted
from ledger.errors import Refused
from ledger.rules.counting import CELL_UNITS_MIN, CHOICES
from projections import decisions
from projections.decisions import DecisionRow
from projections.displays import first_posted
from projections.statements import dated
from projections.statements.books import Books
from projections.statements.statement import Caution, Cell, Composition, Line, cells
from projections.statements.vote_count import count, signatures, tests_of_committee, tests_of_vote

OBJECTIONS = "committee-then-court"  # VOTE-24: whoever was harmed may sue within a year
OF_COMMITTEE = ("COM-08", "COM-09")


def compose(books: Books, wanted: Wanted) -> Composition:
    """The decision `wanted.subject` as it stood on the period's last day.

    Errors: `Refused` for a decision nobody had begun, and for an emergency, about which nobody votes.
    """
    subject = wanted.subject or ""
    found = decisions.one(books.views, books.ledger, subject, as_of=wanted.ends_on)
    if found is None:
        raise Refused("statement.unknown-subject", table=wanted.table, subject=subject)
    if found.made_by == "emergency":
        raise Refused("statement.not-voted-on", subject=subject)
    of_owners = found.made_by == "owners"
    law = books.law(found.decided_on or wanted.ends_on)
    tests = list(tests_of_vote(found) if of_owners else tests_of_committee(found, law))
    return Composition(
        figures=_figures(found),
        rows={
            "matter": [_matter(found)],
            "count": list(count(found) if of_owners else signatures(found)),
            "tests": tests,
            "result": [_result(books, wanted, found, tests)],
            **(_of_vote(books, found) if of_owners else {"members": list(_members(books, found))}),
            "rules": list(_rules(found)),
        },
        cautions=_cautions(found),
        rules=books.events[found.number].envelope.rules,  # frozen with the question (VOTE-02 .. VOTE-05)
    )


def _of_vote(books: Books, found: DecisionRow) -> dict[str, list[Line]]:
    by_ballots = {"buildings": _buildings(found)} if found.counted_by == "ballots" else {}
    return {**by_ballots, "preparation": list(_preparation(books, found))}


def _figures(found: DecisionRow) -> dict[str, Cell]:
    names = (
        "roster_heads", "roster_area", "participating_heads", "participating_area", "agree_heads",
        "agree_area", "seats", "present", "signed",
    )  # fmt: skip
    return cells(**{name: getattr(found, name) for name in names})


def _matter(found: DecisionRow) -> Line:
    money = found.asked_fen or None
    return Line(
        key=found.decision,
        cells=cells(
            decision=found.decision,
            title=found.title,
            made_by=found.made_by,
            matter=None if found.matter_number is None else f"matter-{found.matter_number}",
            content=found.matter,
            scope=found.scope,
            opens_on=found.opens_on,
            closes_on=found.closes_on,
            decided_on=found.decided_on,
            fund=found.fund,
            amount=money,
            purpose=found.purpose,
        ),
    )


# -- what follows from it ----------------------------------------------------------------------------------


def _result(books: Books, wanted: Wanted, found: DecisionRow, tests: list[Line]) -> Line:
    """Who counted and who closed are named by role: they are two persons, or the vote could not be closed."""
    roles = _roles(books, wanted)
    posted = first_posted(dated.facts_until(books, wanted.ends_on))
    return Line(
        key=found.decision,
        cells=cells(
            outcome=found.status,
            threshold=found.threshold,
            participation_met=_met(tests, "participation", "present"),
            approval_met=_met(tests, "approval", "signed"),
            failed="-and-".join(found.failed_dimensions) or None,
            counted_by=found.counted_by,
            count_recorded_by=roles.get("counted"),
            closed_by=roles.get("closed"),
            posted_on=posted.get(found.decision),
            objections=OBJECTIONS,
        ),
    )


def _met(tests: list[Line], *names: str) -> bool | None:
    found = [bool(test.cells["met"]) for test in tests if test.cells["test"] in names]
    return all(found) if found else None


def _roles(books: Books, wanted: Wanted) -> dict[str, str]:
    roles: dict[str, str] = {}
    for one in dated.until(books, wanted.ends_on):
        match one.data:
            case VoteResultRecorded(decision=wanted.subject):
                roles["counted"] = one.envelope.by.role
            case VoteClosed(decision=wanted.subject):
                roles["closed"] = one.envelope.by.role
    return roles


def _buildings(found: DecisionRow) -> list[Line]:
    """How buildings voted, only where at least five units took part (privacy.md)."""
    names = ("building", "units", *CHOICES)
    return [
        Line(key=row.building, cells=cells(**{name: getattr(row, name) for name in names}))
        for row in found.by_building
        if row.units >= CELL_UNITS_MIN
    ]


def _preparation(books: Books, found: DecisionRow) -> Iterator[Line]:
    """What had to be done before the owners were asked (VOTE-13, VOTE-14, VOTE-17)."""
    opened: Any = books.events[found.number].data
    if not isinstance(opened, VoteOpened):
        return
    steps = {"notice": opened.notice_on, "reported-to-party": opened.reported_to_party_on}
    for step, day in steps.items():
        if day is not None:
            yield Line(key=step, cells=cells(step=step, done_on=day))
    for office in opened.notified:
        yield Line(key=office, cells=cells(step=f"notified-{office}"))


def _members(books: Books, found: DecisionRow) -> Iterator[Line]:
    """The members of the committee in office that day; the law has their names published (COM-05)."""
    day = found.decided_on or date.min
    committee = Committee()
    for one in books.events:
        committee.evolve(one)
    if (term := committee.in_office(day)) is None:
        return
    left = [ended.member for ended in committee.ended if ended.term == term.term and ended.ended_on < day]
    for number, member in enumerate(term.members, 1):
        if member.name in left:
            left.remove(member.name)
        else:
            yield Line(key=f"{term.term}-{number}", cells=cells(name=member.name, post=member.post))


def _rules(found: DecisionRow) -> Iterator[Line]:
    applied = found.rules if found.made_by == "owners" else OF_COMMITTEE
    for rule in dict.fromkeys((*applied, *found.irregularities)):
        yield Line(key=rule, cells=cells(rule=rule, broken=rule in found.irregularities))


def _cautions(found: DecisionRow) -> tuple[Caution, ...]:
    cautions = []
    if found.status == "open":
        cautions.append(Caution(code="vote-open", records=(found.number,)))
    if found.irregularities:
        cautions.append(Caution(code="irregular", records=(found.number,)))
    return tuple(cautions)
