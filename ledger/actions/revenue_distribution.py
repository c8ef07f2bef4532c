"""Public revenue shared out among the owners: as agreed, otherwise by exclusive area, to the fen (REV-18).

An event says how much is shared and the digest of the shares, not who gets what; the shares are computed
again from the register as it stood at that record. The money itself leaves as any use of public revenue does
(`distribution`, revenue_spending.py).
"""

from typing import Any, ClassVar, Literal

from ledger.actions.apportionment_reversal import ApportionmentReversed
from ledger.actions.community import Register
from ledger.actions.decision import Decision
from ledger.actions.fund import BOOKKEEPERS
from ledger.actions.public_revenue import FUND
from ledger.actions.rules import Rules
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Area, Count, Fen, FenOrZero, Id, Scope, Sha256, centi_m2
from ledger.money.apportionment import apportion, published
from ledger.rules.law import Judged
from ledger.state import Slice, State

Base = Literal["exclusive-area", "floor-area"]


# -- what can have happened ------------------------------------------------------------------------


class PublicRevenueApportioned(Event, frozen=True, kw_only=True):
    """Public revenue was divided among the units whose it is (REV-18); `base`: by which area.

    `fen_per_m2` is rounded to a whole fen for reading only; `shares_digest` is what the shares must come to.
    """

    kind: ClassVar[str] = "public-revenue.apportioned"

    decision: Id
    total_fen: Fen
    scope: Scope
    base: Base
    area: Area
    units: Count
    fen_per_m2: FenOrZero
    remainder_units: Count
    shares_digest: Sha256

    def tags(self) -> tuple[str, ...]:
        return f"fund:{FUND}", f"decision:{self.decision}"


def areas_of(register: Register, scope: Scope, base: Base) -> dict[str, int]:
    """Areas by unit in hundredths of m², by which revenue is shared."""
    if base == "floor-area":
        return register.floor_areas(scope)
    return {unit.unit: centi_m2(unit.exclusive_area) for unit in register.in_scope(scope)}


# -- what must be known ----------------------------------------------------------------------------


class Distributed(State):
    """What was shared out under one decision and not taken back."""

    subject = "decision"

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self._fen: dict[int, int] = {}  # by record

    def evolve(self, recorded: Recorded[Any]) -> None:
        match recorded.data:
            case PublicRevenueApportioned(total_fen=fen):
                self._fen[recorded.number] = fen
            case ApportionmentReversed(number=number):
                self._fen.pop(number, None)

    @property
    def fen(self) -> int:
        """All of it."""
        return sum(self._fen.values())


# -- what may be asked -----------------------------------------------------------------------------


class ApportionPublicRevenue(Command, frozen=True, kw_only=True):
    """Divide public revenue among the owners it belongs to, as far as their vote sets it free."""

    name: ClassVar[str] = "apportion-public-revenue"
    roles: ClassVar[tuple[Role, ...]] = BOOKKEEPERS

    decision: Id
    amount_fen: Fen

    def query(self) -> tuple[Slice, ...]:
        return Decision.of(self.decision), Distributed.of(self.decision), Register.of(), Rules.of()

    def decide(
        self,
        by: Actor,  # noqa: ARG002
        decision: Decision,
        distributed: Distributed,
        register: Register,
        rules: Rules,
    ) -> Judged:
        decision.must_exist()
        judge = rules.judge(self)
        judge.require(
            decision.is_passed_vote,
            "revenue-distribution.needs-a-vote",
            rules=("REV-18",),
            decision=self.decision,
        )
        freed = decision.authorises
        freed_fen = freed.amount_fen if freed is not None and freed.fund == FUND else 0
        judge.require(
            distributed.fen + self.amount_fen <= freed_fen,
            "revenue-distribution.exceeds-authorisation",
            rules=("FUND-09",),
            remaining_fen=freed_fen - distributed.fen,
            amount_fen=self.amount_fen,
        )
        # whose revenue it is was settled by the vote (REV-09)
        scope = (freed.scope if freed else None) or Scope()
        agreed = judge.law.term("REV-18", "base")
        base: Base = "floor-area" if agreed == "floor-area" else "exclusive-area"
        return judge.of(self._apportioned(scope, base, areas_of(register, scope, base)))

    def _apportioned(self, scope: Scope, base: Base, areas: dict[str, int]) -> PublicRevenueApportioned:
        if not areas:
            raise Refused("revenue-distribution.no-units-in-scope", scope=scope.name)
        return PublicRevenueApportioned(
            decision=self.decision,
            total_fen=self.amount_fen,
            scope=scope,
            base=base,
            **published(apportion(self.amount_fen, areas), self.amount_fen, areas),
        )
