"""What readers are shown of a log, looked at anew: who signed it, and whether the store agrees."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from ledger.envelope import leaf_hash
from ledger.store.port import Store
from ledger.transparency.checkpoint import Checkpoint, checkpoint_of
from ledger.transparency.log_folder import LogFolder
from ledger.transparency.merkle import root_of
from ledger.transparency.note import Note, NoteInvalid, VerifierKey, parsed
from ledger.transparency.policy import Policy, PolicyInvalid, policy_of
from ledger.transparency.tiles import WIDTH, TileInvalid, covering, hashes_of

RECORDS_MAX = 10_000  # hashed while somebody waits for a page; more are for the pack and its verifier
TIME_MAX = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())  # what no calendar has is no time

State = Literal["ok", "bad", "unchecked"]


class Shown(NamedTuple):
    """The checkpoint readers see, and since when by the clock of this machine."""

    note: Note
    checkpoint: Checkpoint
    since: datetime


class Finding(NamedTuple):
    """`number`: the first record that is wrong, if it can be said."""

    state: State
    number: int | None = None


class Witnessed(NamedTuple):
    """A witness the log asks, and when it says it saw this checkpoint; none if it did not sign."""

    name: str
    key: VerifierKey
    at: datetime | None


def shown(files: LogFolder) -> Shown | None:
    """What readers see, if anything was ever signed. Errors: `NoteInvalid`."""
    raw, since = files.checkpoint(), files.shown_since()
    if raw is None or since is None:
        return None
    note = parsed(raw)
    return Shown(note, checkpoint_of(note.text), datetime.fromtimestamp(since, UTC))


def signature(seen: Shown, keys: Sequence[VerifierKey]) -> Finding:
    """Whether the key in use signed it: the last of those the ledger named."""
    try:
        return Finding("ok" if keys and seen.note.signed_by(keys[-1:]) else "bad")
    except NoteInvalid:
        return Finding("bad")


def records(store: Store, ledger: str, files: LogFolder, seen: Checkpoint) -> Finding:
    """Whether every record in the store, hashed again, gives the root that was signed."""
    if seen.size > RECORDS_MAX:
        return Finding("unchecked")
    leaves = [leaf_hash(row.entry) for row in store.ledger_rows(ledger, -1, seen.size)]
    if len(leaves) < seen.size:
        return Finding("bad", len(leaves))
    if root_of(leaves) == seen.root:
        return Finding("ok")
    return Finding("bad", _first_other(files, leaves))


def _first_other(files: LogFolder, leaves: Sequence[bytes]) -> int | None:
    """Which record is not the one whose hash was published."""
    for begin in range(0, len(leaves), WIDTH):
        tile = covering(len(leaves), 0, begin // WIDTH)
        try:
            published = hashes_of(files.read(tile), tile.width)
        except TileInvalid:
            return None
        for at, leaf in enumerate(published):
            if leaves[begin + at] != leaf:
                return begin + at
    return None


def witnesses(files: LogFolder, seen: Shown) -> list[Witnessed]:
    """Every witness of the log's policy, whether it signed or not."""
    policy = policy_shown(files)
    found = []
    for name, party in policy.witnesses.items() if policy else ():
        try:
            times = seen.note.signed_by([party.key])
        except NoteInvalid:  # a line in its name that it never signed
            times = {}
        at = times.get(party.key)
        seen_at = None if at is None or at > TIME_MAX else datetime.fromtimestamp(at, UTC)
        found.append(Witnessed(name, party.key, seen_at))
    return found


def policy_shown(files: LogFolder) -> Policy | None:
    """The policy the log shows, if it can be read."""
    raw = files.policy()
    try:
        return policy_of(raw) if raw is not None else None
    except PolicyInvalid:
        return None
