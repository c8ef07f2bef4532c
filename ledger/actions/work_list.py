"""The street's work list (工作清单): the property firms and communities that are on it (SYS-05)."""

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Id, Line
from ledger.state import Slice, State

OFFICES: tuple[Role, ...] = ("street", "district")


class FirmRegistered(Event, frozen=True, kw_only=True):
    """A property firm enters the street's list under an id."""

    kind: ClassVar[str] = "firm.registered"

    firm: Id
    name: Line

    def tags(self) -> tuple[str, ...]:
        return (f"firm:{self.firm}",)


class CommunityListed(Event, frozen=True, kw_only=True):
    """A community enters the street's work list with its neighbourhood and the firm that serves it.

    `status`: what the list as issued says of how far the community has come, as it is written there.
    """

    kind: ClassVar[str] = "community.listed"

    community: Id
    name: Line
    row: Annotated[int, Meta(ge=1, le=10_000)]
    neighbourhood: Id
    firm: Id
    status: Line | None = None

    def tags(self) -> tuple[str, ...]:
        return f"listed:{self.community}", f"firm:{self.firm}"


class ListedFirm(State):
    """One firm of the list."""

    subject = "firm"
    registered: FirmRegistered | None = None

    def evolve(self, recorded: Recorded[Event]) -> None:
        if isinstance(recorded.data, FirmRegistered):
            self.registered = recorded.data


class ListedCommunity(State):
    """One community of the list."""

    subject = "listed"
    listed: CommunityListed | None = None

    def evolve(self, recorded: Recorded[Event]) -> None:
        if isinstance(recorded.data, CommunityListed):
            self.listed = recorded.data


class RegisterFirm(Command, frozen=True, kw_only=True):
    """Enter a property firm into the street's list."""

    name: ClassVar[str] = "register-firm"
    roles: ClassVar[tuple[Role, ...]] = OFFICES

    firm: Id
    title: Line = msgspec.field(name="name")

    def query(self) -> tuple[Slice, ...]:
        return (ListedFirm.of(self.firm),)

    def decide(self, by: Actor, firm: ListedFirm) -> FirmRegistered:  # noqa: ARG002
        if firm.registered is not None:
            raise Refused("firm.already-registered", firm=self.firm)
        return FirmRegistered(firm=self.firm, name=self.title)


class ListCommunity(Command, frozen=True, kw_only=True):
    """Enter a community into the street's work list."""

    name: ClassVar[str] = "list-community"
    roles: ClassVar[tuple[Role, ...]] = OFFICES

    community: Id
    title: Line = msgspec.field(name="name")
    row: Annotated[int, Meta(ge=1, le=10_000)]
    neighbourhood: Id
    firm: Id
    status: Line | None = None

    def query(self) -> tuple[Slice, ...]:
        return ListedCommunity.of(self.community), ListedFirm.of(self.firm)

    def decide(self, by: Actor, community: ListedCommunity, firm: ListedFirm) -> CommunityListed:  # noqa: ARG002
        if community.listed is not None:
            raise Refused("community.already-listed", community=self.community)
        if firm.registered is None:
            raise Refused("firm.unknown", firm=self.firm)
        return CommunityListed(
            community=self.community,
            name=self.title,
            row=self.row,
            neighbourhood=self.neighbourhood,
            firm=self.firm,
            status=self.status,
        )
