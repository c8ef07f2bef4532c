"""What may be asked: the base of every command and the closed registry of actions."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from ledger.actors import Role
from ledger.composing import Composing
from ledger.errors import LedgerError, Refused
from ledger.events import Event
from ledger.fields import Basis, Day, Paragraph, Part, RuleId, Sha256
from ledger.rules.law import Judged
from ledger.state import Slice

Decided = Event | Judged
Attachments = Annotated[
    tuple[Sha256, ...], Meta(max_length=20, description="SHA-256 of files uploaded to this ledger")
]
ACTIONS: dict[str, type["Command"]] = {}


def check_period(starts_on: date, ends_on: date | None) -> None:
    """Refuse a period that ends before it starts; one that has no end cannot."""
    if ends_on is not None and ends_on < starts_on:
        raise Refused("period.ends-before-it-starts", starts_on=starts_on, ends_on=ends_on)


class Command(Part, frozen=True, kw_only=True):
    """One governance action somebody asks for. Its fields are the body of its request, with those below."""

    name: ClassVar[str] = ""
    roles: ClassVar[tuple[Role, ...]] = ()
    erases: ClassVar[bool] = False  # what is in the vault is destroyed once it is recorded
    already_happened: ClassVar[bool] = False  # in the world; what breaks a rule can then be acknowledged

    occurred_on: Day | None = None
    note: Paragraph | None = None
    attachments: Attachments = ()
    basis: tuple[Basis, ...] = ()
    acknowledge: tuple[RuleId, ...] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.name:
            taken = ACTIONS.setdefault(cls.name, cls)
            if (taken.__module__, taken.__qualname__) != (cls.__module__, cls.__qualname__):
                raise LedgerError("actions.name-taken", action=cls.name)
            ACTIONS[cls.name] = cls

    def happened_on(self) -> date | None:
        """The legal date this command's own fields give, if any; else `occurred_on`, else today."""
        return None

    @property
    def legal_date(self) -> date:
        """The day this happened; known once the ledger has taken the command in."""
        if self.occurred_on is None:
            raise LedgerError("command.undated", action=self.name)
        return self.occurred_on

    def query(self) -> tuple[Slice, ...]:
        """The slices `decide` must know, in the order of its arguments."""
        return ()

    def query_further(self, *args: Any, **kwargs: Any) -> tuple[Slice, ...]:  # noqa: ARG002
        """`query_further(*states)`: slices only those of `query` can name; `decide` gets them after those."""
        return ()

    def subjects(self) -> tuple[str, ...]:
        """Accounts and persons this command names: the actor brings their keys and commitments."""
        return ()

    def discloses(self, *args: Any, **kwargs: Any) -> Iterable[str]:  # noqa: ARG002
        """`discloses(*states)`: commitments whose values `decide` must know: ballots to be counted."""
        return ()

    def composes(self, *args: Any, **kwargs: Any) -> Composing | None:  # noqa: ARG002
        """`composes(*states)`: the statement `decide` must know the digest of; the actor brings it."""
        return None

    def decide(self, *args: Any, **kwargs: Any) -> Decided | Iterable[Decided]:
        """`decide(by, *states)`: the events that record this action, from what is known alone.

        `by` is the `Actor`, with `occurred_on` already filled in. What the law has a word in is given back
        `Judged`. Errors: `Refused` with a stable code.
        """
        raise NotImplementedError
