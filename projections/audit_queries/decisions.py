"""What should be behind a seal and follow from a decision; whether statements were shown in time."""

from collections.abc import Iterator, Mapping

from ledger.actions.seal import SealUsed
from ledger.rules.semantics import days_after
from projections.audit_books import AuditBooks
from projections.audit_programme import Parameter, Query, Row
from projections.displays import first_posted

POSTED_WITHIN_DAYS = 3  # COM-09
STATEMENTS = ("revenue-statement", "fund-statement", "revenue-plan")
NOT_IN_TIME = ("late", "missing", "incomplete")


def seal_without(books: AuditBooks, _: Mapping[str, int]) -> Iterator[Row]:
    """A seal used with nothing behind it, or before what it rests on was decided (COM-16)."""
    for one in books.of(SealUsed):
        used = one.data
        decided = books.decided.get(used.decision or "")
        if "COM-16" in one.envelope.irregularities:
            why = "no-decision" if used.decision is None else "not-passed"
        elif used.clause is None and decided is not None and decided.on > used.used_on:
            why = "decided-later"
        else:
            continue
        yield Row(records=(one.number,), on=used.used_on, why=why, text=used.document, decision=used.decision)


def not_posted(books: AuditBooks, asked: Mapping[str, int]) -> Iterator[Row]:
    """Decisions on no board so many days after they were taken, or put up later than that (COM-09)."""
    posted = first_posted(books.facts)
    for decided in books.decided.values():
        due_on, posted_on = days_after(decided.on, asked["days"]), posted.get(decided.decision)
        if (posted_on or books.day) > due_on and not decided.is_emergency:
            yield Row(
                records=(decided.number,),
                on=decided.on,
                why="not-posted" if posted_on is None else "posted-late",
                text=decided.title,
                decision=decided.decision,
                due_on=due_on,
                days=((posted_on or books.day) - due_on).days,
            )


def statement_late(books: AuditBooks, asked: Mapping[str, int]) -> Iterator[Row]:
    """Statements that hang nowhere, not everywhere, or were put up late, by more days than these."""
    for duty in books.duties():
        if duty.duty not in STATEMENTS or duty.state not in NOT_IN_TIME or duty.due_on is None:
            continue
        if duty.late_days > asked["days"]:
            yield Row(
                records=() if duty.fulfilled_by is None else (duty.fulfilled_by,),
                item=f"{duty.duty} {duty.period.ends_on if duty.period else duty.due_on}",
                on=duty.due_on,
                why=f"statement-{duty.state}",
                due_on=duty.due_on,
                days=duty.late_days,
            )


def not_carried_out(books: AuditBooks, asked: Mapping[str, int]) -> Iterator[Row]:
    """Money was decided on, and more days later nothing of it was spent."""
    paid = {spend.decision for spend in books.spends}
    for decided in books.decided.values():
        frees, age_days = decided.authorises, (books.day - decided.on).days
        if not decided.passed or frees is None or decided.decision in paid or age_days <= asked["days"]:
            continue
        yield Row(
            records=(decided.number,),
            on=decided.on,
            text=decided.title,
            decision=decided.decision,
            amount_fen=frees.amount_fen,
            days=age_days,
        )


QUERIES = (
    Query("seal-without-decision", ("COM-16", "COM-15", "AUD-04"), seal_without),
    Query(
        "decision-not-posted",
        ("COM-09", "AUD-04"),
        not_posted,
        (Parameter("days", POSTED_WITHIN_DAYS, 0, 3650),),
    ),
    Query(
        "statement-late",
        ("REV-06", "FUND-32", "REV-14", "AUD-04"),
        statement_late,
        (Parameter("days", 0, 0, 3650),),
    ),
    Query(
        "decision-not-carried-out",
        ("AUD-04",),
        not_carried_out,
        (Parameter("days", 180, 0, 3650),),
    ),
)
