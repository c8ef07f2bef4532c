"""Five emergencies may be repaired from the fund without a vote, each on its proof (EMG-01 to EMG-06)."""

from datetime import date
from typing import ClassVar, Literal

from ledger.actions.assembly import Assembly
from ledger.actions.committee import Committee
from ledger.actions.community import Register
from ledger.actions.decision import Decision, EmergencyRepairAuthorised, check_scope, must_be_new
from ledger.actions.rules import Rules
from ledger.actors import Actor, Authorship, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Authorisation, Day, Fen, Id, Line, Paragraph, Part, Scope
from ledger.rules.law import Judged, Law
from ledger.rules.semantics import days_after
from ledger.state import Slice, State

Head = Literal["water", "lift", "fire-system", "facade", "leak"]
ProofKind = Literal[
    "failure-record", "testing-notice", "fire-notice", "danger-certificate", "leak-certificate"
]
PROOF: dict[Head, ProofKind] = {
    "water": "failure-record",
    "lift": "testing-notice",
    "fire-system": "fire-notice",
    "facade": "danger-certificate",
    "leak": "leak-certificate",
}


class Proof(Part, frozen=True, kw_only=True):
    """What proves an emergency: the paper, who issued it and when."""

    kind: ProofKind
    issuer: Line
    reference: Line
    issued_on: Day


# -- what can have happened ------------------------------------------------------------------------


class EmergencyDeclared(Event, frozen=True, kw_only=True):
    """Something on the list of five must be repaired at once; the committee was asked to approve it."""

    kind: ClassVar[str] = "emergency.declared"

    emergency: Id
    head: Head
    proof: Proof
    works: Paragraph
    estimated_fen: Fen
    use_affected: bool
    scope: Scope | None = None

    def tags(self) -> tuple[str, ...]:
        return f"emergency:{self.emergency}", f"decision:{self.emergency}"


class SubstituteNoticePosted(Event, frozen=True, kw_only=True):
    """The district told the owners about substitute repair, before or after it (EMG-04)."""

    kind: ClassVar[str] = "substitute-notice.posted"

    emergency: Id
    phase: Literal["before", "after"]
    posted_on: Day
    policy: Line | None = None
    works: Paragraph | None = None
    time: Line | None = None
    estimated_fen: Fen | None = None
    location: Line | None = None
    cost_fen: Fen | None = None

    def tags(self) -> tuple[str, ...]:
        return (f"emergency:{self.emergency}",)


# -- what must be known ----------------------------------------------------------------------------


class Emergency(State):
    """One emergency: when it was declared, and by which way money was set free for it."""

    subject = "emergency"
    declared: EmergencyDeclared | None = None
    declared_on: date = date.min
    declared_by: Authorship | None = None
    path: str | None = None
    authorised_on: date = date.min

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self.notices: dict[str, date] = {}

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case EmergencyDeclared() as declared:
                self.declared, self.declared_on = declared, recorded.occurred_on
                self.declared_by = Authorship.of(recorded)
            case EmergencyRepairAuthorised(path=path):
                self.path, self.authorised_on = path, recorded.occurred_on
            case SubstituteNoticePosted(phase=phase, posted_on=day):
                self.notices[phase] = day

    def must_exist(self) -> EmergencyDeclared:
        """What was declared. Errors: `Refused` when nothing was."""
        if self.declared is None:
            raise Refused("emergency.unknown", emergency=self.identity)
        return self.declared

    def must_be_undecided(self, day: date, fen: int) -> EmergencyDeclared:
        """What may still be authorised that day with that much. Errors: `Refused`."""
        declared = self.must_exist()
        if self.path is not None:
            raise Refused("emergency.already-authorised", emergency=self.identity)
        if day < self.declared_on:
            raise Refused("emergency.not-yet-declared", declared_on=self.declared_on)
        if fen > declared.estimated_fen:
            raise Refused("emergency.exceeds-estimate", estimated_fen=declared.estimated_fen)
        return declared


# -- what may be asked -----------------------------------------------------------------------------


class DeclareEmergency(Command, frozen=True, kw_only=True):
    """Report an emergency with its proof, and ask the committee to approve its repair."""

    name: ClassVar[str] = "declare-emergency"
    roles: ClassVar[tuple[Role, ...]] = ("firm", "secretary", "member", "neighbourhood")

    emergency: Id
    head: Head
    proof: Proof
    works: Paragraph
    estimated_fen: Fen
    use_affected: bool
    scope: Scope | None = None

    def query(self) -> tuple[Slice, ...]:
        return Emergency.of(self.emergency), Decision.of(self.emergency), Register.of(), Rules.of()

    def decide(
        self,
        by: Actor,  # noqa: ARG002
        emergency: Emergency,
        decision: Decision,
        register: Register,
        rules: Rules,
    ) -> Judged:
        if emergency.declared is not None:
            raise Refused("emergency.already-declared", emergency=self.emergency)
        must_be_new(decision)
        check_scope(self.scope, register)
        judge = rules.judge(self)
        needed = PROOF[self.head]
        proven = self.proof.kind == needed and self.proof.issued_on <= self.legal_date
        judge.require(proven, "emergency.without-proof", rules=("EMG-01",), head=self.head, needed=needed)
        return judge.of(
            EmergencyDeclared(
                emergency=self.emergency,
                head=self.head,
                proof=self.proof,
                works=self.works,
                estimated_fen=self.estimated_fen,
                use_affected=self.use_affected,
                scope=self.scope,
            )
        )


class OfEmergency(Command, frozen=True, kw_only=True):
    """Base of commands about a declared emergency."""

    emergency: Id

    def query(self) -> tuple[Slice, ...]:
        return Emergency.of(self.emergency), Rules.of()


class ApproveEmergency(OfEmergency, frozen=True, kw_only=True):
    """Approve the repair of an emergency somebody else declared; without an assembly the street approves."""

    name: ClassVar[str] = "approve-emergency"
    roles: ClassVar[tuple[Role, ...]] = ("chair", "street")

    amount_fen: Fen

    def query(self) -> tuple[Slice, ...]:
        return *super().query(), Assembly.of(), Committee.of()

    def decide(
        self, by: Actor, emergency: Emergency, rules: Rules, assembly: Assembly, committee: Committee
    ) -> Judged:
        declared = emergency.must_be_undecided(self.legal_date, self.amount_fen)
        if by.wrote(emergency.declared_by):
            raise Refused("emergency.own-declaration", emergency=self.emergency)
        judge = rules.judge(self)
        by_office = by.role == "street"
        alone = not by_office or not assembly.exists(self.legal_date, committee)
        judge.require(alone, "emergency.committee-decides", rules=("EMG-02",))
        path: Literal["housing-office", "committee"] = "housing-office" if by_office else "committee"
        return judge.of(
            EmergencyRepairAuthorised(
                emergency=self.emergency, path=path, authorises=_freed(declared, self.amount_fen)
            )
        )


class OrderSubstituteRepair(OfEmergency, frozen=True, kw_only=True):
    """The district repairs in the owners' place, once the committee let its days pass and use suffers."""

    name: ClassVar[str] = "order-substitute-repair"
    roles: ClassVar[tuple[Role, ...]] = ("district",)

    amount_fen: Fen

    def decide(self, by: Actor, emergency: Emergency, rules: Rules) -> Judged:  # noqa: ARG002
        declared = emergency.must_be_undecided(self.legal_date, self.amount_fen)
        judge = rules.judge(self)
        until = committee_may_decide_until(emergency, judge.law)
        judge.require(
            self.legal_date > until, "emergency.committee-still-has-time", rules=("EMG-03",), until=until
        )
        judge.require(declared.use_affected, "emergency.use-not-affected", rules=("EMG-03",))
        return judge.of(
            EmergencyRepairAuthorised(
                emergency=self.emergency, path="substitute", authorises=_freed(declared, self.amount_fen)
            )
        )


def committee_may_decide_until(emergency: Emergency, law: Law) -> date:
    """The last day for the committee; the day of the declaration itself does not count (SEM-04)."""
    days = law.number("EMG-03", "days_max") if law.is_in_force("EMG-03") else 0
    return days_after(emergency.declared_on, days)


def _freed(declared: EmergencyDeclared, fen: int) -> Authorisation:
    return Authorisation(
        fund="maintenance", amount_fen=fen, purpose=declared.works.strip()[:120], scope=declared.scope
    )


CONTENTS = {"before": ("policy", "works", "time", "estimated_fen"), "after": ("location", "cost_fen")}


class PostSubstituteNotice(OfEmergency, frozen=True, kw_only=True):
    """Record a notice of the district about substitute repair, with what it must say before and after."""

    name: ClassVar[str] = "post-substitute-notice"
    roles: ClassVar[tuple[Role, ...]] = ("district", "street", "neighbourhood")
    already_happened: ClassVar[bool] = True

    phase: Literal["before", "after"]
    posted_on: Day | None = None
    policy: Line | None = None
    works: Paragraph | None = None
    time: Line | None = None
    estimated_fen: Fen | None = None
    location: Line | None = None
    cost_fen: Fen | None = None

    def happened_on(self) -> Day | None:
        return self.posted_on

    def decide(self, by: Actor, emergency: Emergency, rules: Rules) -> Judged:  # noqa: ARG002
        emergency.must_exist()
        if emergency.path != "substitute":
            raise Refused("emergency.not-substitute-repair", emergency=self.emergency)
        if self.phase in emergency.notices:
            raise Refused("substitute-notice.already-posted", phase=self.phase)
        if self.phase == "after" and "before" not in emergency.notices:
            raise Refused("substitute-notice.first-missing")
        earlier = emergency.notices.get("before", emergency.authorised_on)
        if self.legal_date < earlier:
            raise Refused("substitute-notice.too-early", day=earlier)
        judge = rules.judge(self)
        missing = tuple(name for name in CONTENTS[self.phase] if getattr(self, name) is None)
        judge.require(not missing, "substitute-notice.incomplete", rules=("EMG-04",), missing=missing)
        return judge.of(
            SubstituteNoticePosted(
                emergency=self.emergency,
                phase=self.phase,
                posted_on=self.legal_date,
                **{name: getattr(self, name) for names in CONTENTS.values() for name in names},
            )
        )
