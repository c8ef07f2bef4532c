"""The register of seals (用章登记): every use with what it rests on, be it nothing (COM-15, COM-16)."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from ledger.actions.committee import Committee
from ledger.actions.decision import Decision
from ledger.actions.rules import Rules
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Day, Id, Line, Sha256
from ledger.rules.law import Judged
from ledger.state import Slice, State

Seal = Literal["assembly", "committee", "finance"]
Copies = Annotated[int, Meta(ge=1, le=10_000, description="How many copies were sealed")]


class SealUsed(Event, frozen=True, kw_only=True):
    """A seal was put on a document. `clause`: of the rules of procedure, where those allow the use.

    `keeper` and `handler` are members of the committee, whose names are public; of anybody else none stands.
    """

    kind: ClassVar[str] = "seal.used"

    seal: Seal
    document: Line
    copies: Copies
    used_on: Day
    decision: Id | None = None
    clause: Line | None = None
    keeper: Line | None = None
    handler: Line | None = None
    document_sha256: Sha256 | None = None

    def tags(self) -> tuple[str, ...]:
        return ("seals",) if self.decision is None else ("seals", f"decision:{self.decision}")


class Seals(State):
    """Who kept every seal when it was last used."""

    subject = "seals"

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self.keepers: dict[str, str] = {}

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case SealUsed(seal=seal, keeper=str() as keeper):
                self.keepers[seal] = keeper


class RecordSealUse(Command, frozen=True, kw_only=True):
    """Record the use of a seal: which, on what, how many copies, and the decision or clause it rests on.

    A use that rests on nothing is recorded too, once it is acknowledged as that (`acknowledge`: COM-16).
    """

    name: ClassVar[str] = "record-seal-use"
    roles: ClassVar[tuple[Role, ...]] = ("secretary", "treasurer", "member", "chair", "neighbourhood")
    already_happened: ClassVar[bool] = True

    seal: Seal
    document: Line
    copies: Copies
    used_on: Day
    decision: Id | None = None
    clause: Line | None = None
    keeper: Line | None = None
    handler: Line | None = None
    document_sha256: Sha256 | None = None

    def happened_on(self) -> Day:
        return self.used_on

    def query(self) -> tuple[Slice, ...]:
        return Decision.of(self.decision or ""), Committee.of(), Seals.of(), Rules.of()

    def decide(
        self,
        by: Actor,  # noqa: ARG002
        decision: Decision,
        committee: Committee,
        seals: Seals,
        rules: Rules,
    ) -> Judged:
        if self.decision is not None:
            decision.must_exist()
        self._check_names(committee)
        judge = rules.judge(self)
        rests = self._rests_on(decision)
        judge.require(rests, "seal.without-decision", rules=("COM-16",), seal=self.seal)
        others = {keeper for seal, keeper in seals.keepers.items() if seal != self.seal}
        judge.require(
            self.keeper not in others, "seal.keeper-of-another", rules=("COM-15",), keeper=self.keeper
        )
        return judge.of(SealUsed.sharing(self))

    def _rests_on(self, decision: Decision) -> bool:
        """The committee's seal follows any decision; the others the owners' or the rules of procedure."""
        if self.seal != "committee" and self.clause is not None:
            return True
        of_owners = self.seal == "assembly"
        return decision.is_passed_vote if of_owners else decision.passed is True

    def _check_names(self, committee: Committee) -> None:
        """Refuse a name that is not public already."""
        term = committee.in_office(self.legal_date)
        members = {member.name for member in term.members} if term else set()
        for name in (self.keeper, self.handler):
            if name is not None and name not in members:
                raise Refused("seal.not-a-member", name=name)
