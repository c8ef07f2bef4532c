"""Who may act on a ledger: roles granted from one day to another, and revoked."""

from datetime import date, timedelta
from typing import ClassVar

import msgspec

from ledger.actors import Actor, Grant, Role, RoleGranted, RoleRevoked
from ledger.commands import Command, check_period
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Day, Id, Personal
from ledger.state import Slice, State


class Roles(State):
    """Every grant on this ledger; who holds which role on a day."""

    subject = "roles"

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self.grants: dict[int, Grant] = {}
        self._of_account: dict[str, list[Grant]] = {}

    def evolve(self, recorded: Recorded[Event]) -> None:
        self._of_account.clear()
        match recorded.data:
            case RoleGranted() as granted:
                self.grants[recorded.number] = Grant(
                    number=recorded.number,
                    event_id=recorded.envelope.id,
                    account=granted.account.digest,
                    role=granted.role,
                    starts_on=granted.starts_on,
                    ends_on=granted.ends_on,
                )
            case RoleRevoked() as revoked:
                self.grants[revoked.grant].ends_on = revoked.ends_on

    def grants_of(self, account: str, key: bytes) -> list[Grant]:
        """The grants of one account; digests are compared once and remembered until a grant changes."""
        if account not in self._of_account:
            self._of_account[account] = [grant for grant in self.grants.values() if grant.is_of(account, key)]
        return self._of_account[account]

    def of_account(self, account: str, key: bytes, day: date) -> set[Role]:
        """The roles an account holds on a day."""
        return {grant.role for grant in self.grants_of(account, key) if grant.holds_on(day)}


OVERSEERS: tuple[Role, ...] = ("auditor", "neighbourhood", "street", "district")
OFFICES: tuple[Role, ...] = ("neighbourhood", "street", "district")
GRANTERS: tuple[Role, ...] = ("chair", "neighbourhood", "street", "district", "operator")


class GrantRole(Command, frozen=True, kw_only=True):
    """Let an account act in a role from one day to another, both included. Nobody grants themselves one."""

    name: ClassVar[str] = "grant-role"
    roles: ClassVar[tuple[Role, ...]] = GRANTERS

    account: Id
    role: Role
    starts_on: Day = msgspec.field(name="from")
    ends_on: Day | None = msgspec.field(name="to", default=None)

    def query(self) -> tuple[Slice, ...]:
        return (Roles.of(),)

    def decide(self, by: Actor, roles: Roles) -> RoleGranted:  # noqa: ARG002
        if self.account == by.account:
            raise Refused("role.self-grant")
        _must_be_below(by, self.role)
        if self.role == "operator":
            raise Refused("role.not-on-a-ledger", role=self.role)
        check_period(self.starts_on, self.ends_on)
        return RoleGranted(
            account=Personal.of(self.account), role=self.role, starts_on=self.starts_on, ends_on=self.ends_on
        )


class RevokeRole(Command, frozen=True, kw_only=True):
    """End an account's role on this ledger; `to` is its last day, yesterday to end it at once.

    Only an office may date it further back: what somebody did in a role is not undone by who comes after.
    """

    name: ClassVar[str] = "revoke-role"
    roles: ClassVar[tuple[Role, ...]] = GRANTERS

    account: Id
    role: Role
    ends_on: Day = msgspec.field(name="to")

    def query(self) -> tuple[Slice, ...]:
        return (Roles.of(),)

    def subjects(self) -> tuple[str, ...]:
        return (self.account,)

    def decide(self, by: Actor, roles: Roles) -> list[RoleRevoked]:
        _must_be_below(by, self.role)
        key = by.keys.get(self.account)
        grants = roles.grants_of(self.account, key) if key is not None else []
        running = [grant for grant in grants if grant.role == self.role and _ends_after(grant, self.ends_on)]
        if not running:
            raise Refused("role.not-held", role=self.role)
        at_once = by.received_on - timedelta(days=1)
        if self.ends_on < at_once and by.role not in OFFICES:
            raise Refused("role.ended-in-the-past", earliest=at_once)
        account = Personal.of(self.account)
        return [
            RoleRevoked(account=account, role=self.role, grant=grant.number, ends_on=self.ends_on)
            for grant in running
        ]


def _must_be_below(by: Actor, role: Role) -> None:
    """A committee does not choose, nor dismiss, those who oversee it."""
    if by.role == "chair" and role in OVERSEERS:
        raise Refused("role.oversees-the-committee", role=role)


def _ends_after(grant: Grant, day: date) -> bool:
    return grant.ends_on is None or grant.ends_on > day
