"""What the log of a ledger is, said in the ledger: name, key, witnesses, and what records may withhold.

A ledger may be older than its log, so this is no part of leaf 0 but a record of its own, written before the
first checkpoint and again whenever it is no longer so (verification.md, rule 10). Nobody asks for it: the
publisher says it, as the operator who runs the machine; hence these commands have no name on the API.
"""

from typing import Annotated, ClassVar

from msgspec import Meta

from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Line, Sha256
from ledger.state import Slice, State

Origin = Annotated[str, Meta(pattern=r"^[!-*,-~]{1,200}$", description="Name of a log, without + or spaces")]
LogKey = Annotated[
    str,
    Meta(
        pattern=r"^[!-*,-~]{1,200}\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}$",
        description="A verifier key (signed-note)",
    ),
]
PolicyLine = Annotated[
    str, Meta(pattern="^[!-~]+( [!-~]+)*$", max_length=2000, description="A line of a tlog-policy")
]
PolicyLines = Annotated[tuple[PolicyLine, ...], Meta(min_length=1, max_length=100)]
TAG = "log"


# -- what can have happened ------------------------------------------------------------------------


class LogDeclared(Event, frozen=True, kw_only=True):
    """From here on the log is this; `profile_sha256` is of all kinds and what they may withhold."""

    kind: ClassVar[str] = "log.declared"

    origin: Origin
    log_key: LogKey
    witnesses: PolicyLines
    profile_sha256: Sha256
    time_zone: Line

    def tags(self) -> tuple[str, ...]:
        return (TAG,)


class LogKeyRotated(Event, frozen=True, kw_only=True):
    """Another key signs; the checkpoints before and after this record carry the signatures of both."""

    kind: ClassVar[str] = "log-key.rotated"

    old_key: LogKey
    new_key: LogKey

    def tags(self) -> tuple[str, ...]:
        return (TAG,)


# -- what must be known ----------------------------------------------------------------------------


class DeclaredLog(State):
    """What was said last, and which key signs since then; `said_at`: number of the record that says so."""

    subject = TAG

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self.declared: LogDeclared | None = None
        self.key: str | None = None
        self.said_at = -1

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case LogDeclared() as declared:
                self.declared, self.key, self.said_at = declared, declared.log_key, recorded.number
            case LogKeyRotated(new_key=key):
                self.key, self.said_at = key, recorded.number


# -- what the publisher says -----------------------------------------------------------------------


class DeclareLog(Command, frozen=True, kw_only=True):
    """Say what the log is, if it is not what was said before."""

    roles: ClassVar[tuple[Role, ...]] = ("operator",)

    origin: Origin
    log_key: LogKey
    witnesses: PolicyLines
    profile_sha256: Sha256
    time_zone: Line

    def query(self) -> tuple[Slice, ...]:
        return (DeclaredLog.of(),)

    def decide(self, by: Actor, log: DeclaredLog) -> LogDeclared:  # noqa: ARG002
        if log.declared is not None and log.declared.origin != self.origin:
            raise Refused("log.other-origin", origin=log.declared.origin)
        if log.key not in (None, self.log_key):
            raise Refused("log.key-not-rotated", log_key=log.key)
        return LogDeclared.sharing(self)


class RotateLogKey(Command, frozen=True, kw_only=True):
    """Say that another key signs from now on."""

    roles: ClassVar[tuple[Role, ...]] = ("operator",)

    old_key: LogKey
    new_key: LogKey

    def query(self) -> tuple[Slice, ...]:
        return (DeclaredLog.of(),)

    def decide(self, by: Actor, log: DeclaredLog) -> LogKeyRotated:  # noqa: ARG002
        if log.key != self.old_key or self.old_key == self.new_key:
            raise Refused("log-key.not-in-use", log_key=log.key)
        return LogKeyRotated(old_key=self.old_key, new_key=self.new_key)
