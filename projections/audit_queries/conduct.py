"""How the books were kept: late and all at once, by a committee whose term was over, findings left open."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from ledger.actions.audit import AuditEngaged, AuditReportRecorded
from ledger.actions.committee import CommitteeSeated
from ledger.actions.rectification import (
    RectificationAccepted,
    RectificationOpened,
    RectificationRejected,
    RectificationReported,
)
from projections.audit_books import AuditBooks, Line
from projections.audit_programme import Parameter, Query, Row
from projections.audit_queries import named, near_each_other
from projections.rectifications import late_days

OF_THE_COMMITTEE = ("secretary", "treasurer", "member", "chair")
A_DAY = timedelta(days=1)


def recorded_late(books: AuditBooks, asked: Mapping[str, int]) -> Iterator[Row]:
    """Many records within a few days, each long after what it records, as before an audit."""
    late = books.late(asked["late_days"])
    days = [line.recorded_on for line in late]  # the books' clock never goes back
    for near in near_each_other(days, [1] * len(late), asked["days"], asked["count"]):
        lines = late[near.start : near.stop]
        audit_on = _next_audit(books, lines, asked["days"])
        yield Row(
            **named([line.number for line in lines], asked),
            on=lines[0].recorded_on,
            why=None if audit_on is None else "before-audit",
            due_on=audit_on,
            days=max((line.recorded_on - line.occurred_on).days for line in lines),
        )


def _next_audit(books: AuditBooks, lines: Sequence[Line], days: int) -> date | None:
    """When an audit began or ended during these records or so many days after."""
    known = [one.data.engaged_on for one in books.of(AuditEngaged)]
    known += [one.data.issued_on for one in books.of(AuditReportRecorded)]
    last = lines[-1].recorded_on + timedelta(days=days)
    return min((day for day in known if lines[0].recorded_on <= day <= last), default=None)


def expired_term(books: AuditBooks, asked: Mapping[str, int]) -> Iterator[Row]:
    """Records made in the roles of a committee when its term was over and no other had begun."""
    for ended_on, last in _between_terms(books):
        for role in OF_THE_COMMITTEE:
            made = books.recorded_by(role, ended_on + A_DAY, last)
            if made:
                yield Row(
                    **named([line.number for line in made], asked),
                    on=made[0].recorded_on,
                    role=role,
                    due_on=ended_on,
                    days=(made[-1].recorded_on - ended_on).days,
                )


def _between_terms(books: AuditBooks) -> Iterator[tuple[date, date]]:
    """When a term ended with none after it, and the last day before the next one."""
    terms = sorted((one.data.starts_on, one.data.ends_on) for one in books.of(CommitteeSeated))
    reached: date | None = None
    for starts_on, ends_on in terms:
        if reached is not None and starts_on > reached + A_DAY:
            yield reached, starts_on - A_DAY
        reached = ends_on if reached is None else max(reached, ends_on)
    if reached is not None and books.day > reached:
        yield reached, books.day


def findings_open(books: AuditBooks, asked: Mapping[str, int]) -> Iterator[Row]:
    """What was found wrong so many days ago or more, and nobody has accepted as put right.

    An audit's finding is taken up by a rectification called after both: `audit-2025-f-1`.
    """
    accepted = {one.data.item for one in books.of(RectificationAccepted)}
    done_on = _reported_done(books)
    taken_up = {one.data.item for one in books.of(RectificationOpened)}
    for report in books.of(AuditReportRecorded):
        age_days = (books.day - report.data.received_on).days
        for finding in report.data.findings:
            if f"{report.data.audit}-{finding.finding}" not in taken_up and age_days >= asked["days"]:
                yield Row(
                    records=(report.number,),
                    item=finding.finding,
                    on=report.data.received_on,
                    why="not-taken-up",
                    text=finding.text,
                    amount_fen=finding.amount_fen,
                    days=age_days,
                )
    for one in books.of(RectificationOpened):
        opened, age_days = one.data, (books.day - one.occurred_on).days
        if opened.item not in accepted and age_days >= asked["days"]:
            yield Row(
                records=(one.number,),
                on=one.occurred_on,
                why="overdue" if late_days(opened.due_on, done_on.get(opened.item), books.day) else "in-time",
                text=opened.problem,
                due_on=opened.due_on,
                days=age_days,
            )


def _reported_done(books: AuditBooks) -> dict[str, date]:
    """When each finding was last reported done, unless it was sent back."""
    done_on: dict[str, date] = {}
    for fact in books.facts:
        match fact.event:
            case RectificationReported(item=item):
                done_on[item] = fact.on
            case RectificationRejected(item=item):
                done_on.pop(item, None)
    return done_on


QUERIES = (
    Query(
        "recorded-late-cluster",
        ("AUD-04",),
        recorded_late,
        (Parameter("late_days", 30, 1, 3650), Parameter("days", 14, 0, 3650), Parameter("count", 5, 2, 1000)),
    ),
    Query("expired-term-acting", ("COM-02", "COM-21", "COM-22", "AUD-04"), expired_term),
    Query("findings-open", ("AUD-04",), findings_open, (Parameter("days", 0, 0, 3650),)),
)
