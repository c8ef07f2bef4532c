"""Words for personal data: votes of long ago, ballots with a scan, who asks for erasure."""

from datetime import date
from typing import Any

from ledger.actions.erasure import EraseSubject, PersonalDataErased, PersonalDataRestricted
from ledger.asked import Asked
from ledger.fields import Personal
from ledger.store.files import Files
from ledger.store.vault import Upload
from tests.ledger.happened import vote_closed, vote_opened
from tests.ledger.story import TODAY, WUTONGLI, Fact, Happened, account_of, story
from tests.ledger.vote_words import ballot, many, register_of

YEARS_AGO, LAST_SPRING = date(2024, 3, 20), date(2026, 3, 20)


def erase(subject: str, of: str = "unit", **fields: Any) -> EraseSubject:
    return EraseSubject(of=of, subject=subject, ground="consent-withdrawn", **fields)  # type: ignore[arg-type]


def erased(subject: str, of: str = "unit", *, values: int) -> Fact:
    person = subject if of == "account" else f"{of}/{subject}"
    return Fact(
        PersonalDataErased(of=of, subject=Personal.of(person), ground="consent-withdrawn", values=values)  # type: ignore[arg-type]
    )


def restricted(subject: str, until: date | None) -> Fact:
    person = Personal.of(f"unit/{subject}")
    return Fact(PersonalDataRestricted(of="unit", subject=person, ground="consent-withdrawn", until=until))


def voted(decision: str, *units: str, closed_on: date | None, units_there: int = 3) -> tuple[Any, ...]:
    """Units `u-1`, `u-2`, … of which some voted; the vote was closed on a day, or goes on."""
    cast = [ballot(unit, "disagree", decision=decision) for unit in units]
    closed = [vote_closed(decision)._replace(on=closed_on)] if closed_on else []
    return *register_of(*many(units_there)), vote_opened(decision), *cast, *closed


def attach(files: Files, fact: Fact, content: bytes, name: str) -> str:
    """Record a fact with a private scan; its digest."""
    here = story()
    sha256 = files.of(WUTONGLI, "audit").put(content)
    here.vault.keep_upload(WUTONGLI, Upload(sha256, name, "application/pdf", len(content), "audit"))
    command = Happened(event=fact.event, occurred_on=fact.on, attachments=(sha256,))
    here.ledger.record(Asked(WUTONGLI, command, account_of(fact.by), TODAY))
    return sha256
