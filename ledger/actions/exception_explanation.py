"""A false alarm of the auditor's programme (AUD-04) is explained by an event; the row stays where it was."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from ledger.actors import Actor, Authorship, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event
from ledger.fields import Line, Paragraph, RecordNumber
from ledger.state import EventAt, Slice

QueryName = Literal[
    "spend-without-decision", "spend-beyond-decision", "spend-outside-scope", "seal-without-decision",
    "decision-not-posted", "decision-not-carried-out", "statement-late", "contract-money-missing",
    "possible-split", "same-invoice-twice", "recorded-late-cluster", "expired-term-acting", "findings-open",
    "cash-or-unclassified", "reversal-by-author",
]  # fmt: skip
Explained = Annotated[
    tuple[RecordNumber, ...], Meta(max_length=200, description="The records of the row, all of them")
]


class ExceptionExplained(Event, frozen=True, kw_only=True):
    """Somebody says why a row of the programme is no cause for alarm.

    `item`: what of the records, or what that is not there, as the row has it. `by_author`: whoever says so
    recorded what the row is about, which is an answer and no second opinion.
    """

    kind: ClassVar[str] = "exception.explained"

    found_by: QueryName = msgspec.field(name="query")
    records: Explained = ()
    item: Line | None = None
    explanation: Paragraph
    by_author: bool = False

    def tags(self) -> tuple[str, ...]:
        return (f"exception:{self.found_by}", *(f"explained:{number}" for number in self.records))


class ExplainException(Command, frozen=True, kw_only=True):
    """Explain a row of the auditor's programme, by query, records and `item`; explain again to say more."""

    name: ClassVar[str] = "explain-exception"
    roles: ClassVar[tuple[Role, ...]] = (
        "auditor", "chair", "secretary", "treasurer", "member", "neighbourhood", "street",
    )  # fmt: skip

    found_by: QueryName = msgspec.field(name="query")
    records: Explained = ()
    item: Line | None = None
    explanation: Paragraph

    def query(self) -> tuple[Slice, ...]:
        return tuple(EventAt.of(number) for number in self.records)

    def decide(self, by: Actor, *records: EventAt) -> ExceptionExplained:
        if not self.records and self.item is None:
            raise Refused("exception.of-nothing")
        if list(self.records) != sorted(set(self.records)):
            raise Refused("exception.records-in-disorder")
        for record in records:
            if record.recorded is None:
                raise Refused("exception.record-unknown", number=int(record.identity))
        wrote = [by.wrote(Authorship.of(one.recorded)) for one in records if one.recorded is not None]
        return ExceptionExplained.sharing(self, by_author=any(wrote))
