"""What belongs to one owner, to be given to them with all that proves it: own ballots, own shares of a cost.

The owner takes it away and checks it alone: an entry as it lies in the log, and what opens its digests.
"""

import re
from collections.abc import Iterator

import msgspec

from ledger.actions.apportionment_reversal import ApportionmentReversed
from ledger.actions.ballot import BallotCast, voter
from ledger.actions.community import Register, UnitTransferred
from ledger.actions.decision import VoteClosed
from ledger.actions.repair_project import ProjectApportioned
from ledger.actions.revenue_distribution import PublicRevenueApportioned, areas_of
from ledger.actors import digest_of
from ledger.errors import StoreDamaged
from ledger.events import Event, decode
from ledger.money.apportionment import apportion
from ledger.state import StoredRow
from ledger.store.port import Store
from ledger.store.vault import Kept, Vault

_DIGEST = re.compile(rb'\{"_sd":"([A-Za-z0-9_-]{43})"\}')
_SPLITTING = (ProjectApportioned.kind, PublicRevenueApportioned.kind)


class Disclosure(msgspec.Struct, frozen=True):
    """What opens one digest in a record (RFC 9901): base64url of [salt, name, value]."""

    record: int
    path: str
    digest: str
    disclosure: str


class OwnRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A record about a unit: its bytes as text, what opens it, and the unit's share where it splits a sum.

    `proof`: the .tlog-proof, once the log is published up to it.
    """

    record: int
    kind: str
    leaf_hash: str
    entry: str
    disclosures: tuple[Disclosure, ...] = ()
    share_fen: int | None = None
    proof: str | None = None


def of_unit(
    store: Store, vault: Vault, ledger: str, unit: str, *, decision: str | None = None, restricted: bool
) -> Iterator[OwnRecord]:
    """Every record about a unit since its present owner has it, or its ballots of one decision alone.

    With a ballot comes the record that closed its vote: the ballot stands before it, so it was counted.
    `restricted`: also what only the auditor may see. Errors: `Refused` for a unit that is not registered;
    `StoreDamaged` for a value in the vault that does not make the digest in the log.
    """
    register, since = _register_of(store, ledger, unit)
    known = register.unit(unit)
    wanted = set(vault.commitments(f"{ledger}/{voter(unit)}"))
    if known.owner_ref is not None and decision is None:
        wanted.add(known.owner_ref.digest)
    kept = vault.kept(wanted, restricted=restricted)
    voted = set()
    for row in store.history(ledger, since):
        opens = [kept[one] for digest in _DIGEST.findall(row.entry) if (one := digest.decode()) in kept]
        event = decode(row.kind, row.entry).data if opens or row.kind in _TOLD else None
        if decision is not None and getattr(event, "decision", None) != decision:
            continue
        if isinstance(event, BallotCast) and opens:
            voted.add(event.decision)
        share = _share(store, ledger, unit, row, event) if row.kind in _SPLITTING else None
        closes = isinstance(event, VoteClosed) and event.decision in voted
        if opens or share is not None or closes:
            yield OwnRecord(
                record=row.number,
                kind=row.kind,
                leaf_hash=row.leaf_hash.hex(),
                entry=row.entry.decode(),
                disclosures=tuple(_disclosure(row.number, one) for one in opens),
                share_fen=share,
            )


_TOLD = (*_SPLITTING, VoteClosed.kind)


def _register_of(store: Store, ledger: str, unit: str) -> tuple[Register, int]:
    """The units as they are now, and after which record this one has its owner; before is not theirs."""
    register, since = Register(), -1
    for entered in store.tagged(ledger, Register.subject, 0):
        register.evolve(entered)
        match entered.data:
            case UnitTransferred(unit=transferred) if transferred == unit:
                since = entered.number - 1
    return register, since


def _disclosure(record: int, kept: Kept) -> Disclosure:
    if digest_of(kept.disclosure) != kept.commitment:
        raise StoreDamaged("vault.altered", commitment=kept.commitment)
    return Disclosure(record, kept.name, kept.commitment, kept.disclosure)


def _share(store: Store, ledger: str, unit: str, row: StoredRow, event: Event | None) -> int | None:
    """The unit's share of what a record split, by the register of its day; none if it was undone."""
    undone = store.tagged(ledger, f"apportionment:{row.number}", 0)
    if any(isinstance(one.data, ApportionmentReversed) for one in undone):
        return None
    register = Register()
    for entered in store.tagged(ledger, Register.subject, 0):
        if entered.number < row.number:
            register.evolve(entered)
    match event:
        case ProjectApportioned(total_fen=total, scope=scope, shares_digest=digest):
            areas = register.floor_areas(scope)
        case PublicRevenueApportioned(total_fen=total, scope=scope, base=base, shares_digest=digest):
            areas = areas_of(register, scope, base)
        case _:
            return None
    split = apportion(total, areas)
    if split.digest != digest:
        raise StoreDamaged(number=row.number)
    return split.shares.get(unit)
