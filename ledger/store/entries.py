"""What is read from an entry as it is stored: its stamp, its tags, what it says, if it is what was hashed."""

import msgspec

from ledger.envelope import leaf_hash
from ledger.errors import StoreDamaged
from ledger.events import Envelope, Event, Recorded, decode
from ledger.store.recorder import tags_of_plain_event
from ledger.store.records import ReceiptLine, Row, qualified


class _Marks(msgspec.Struct):
    id: str = ""
    recorded_at: str = ""
    tags: tuple[str, ...] = ()


_decoder = msgspec.json.Decoder(_Marks)


def _marks(entry: bytes) -> _Marks:
    try:
        return _decoder.decode(entry)
    except msgspec.DecodeError as error:
        raise StoreDamaged("store.undecodable", reason=str(error)) from error


def recorded_at_of(entry: bytes) -> str:
    """The instant an entry was stamped with; none for a plain library event."""
    return _marks(entry).recorded_at


def tags_of(row: Row) -> list[str]:
    """The qualified tags of a stored event: its entry is where they stand, the index only finds them."""
    if not row.ledger:
        return tags_of_plain_event(row.entry)
    return [qualified(row.ledger, tag) for tag in _marks(row.entry).tags]


def event_of(row: Row) -> Recorded[Event]:
    """A stored event as what it says. Errors: `StoreDamaged`, `UnknownKind`, `NewerSchema`."""
    return Recorded(row.position, row.number, decode(row.kind, row.entry))


def checked(row: Row) -> Envelope[Event]:
    """What a stored event says, if it is what was hashed. Errors: `StoreDamaged` naming the record."""
    place = {"position": row.position, "ledger": row.ledger, "number": row.number}
    if leaf_hash(row.entry) != row.leaf_hash:
        raise StoreDamaged("store.hash-mismatch", **place)
    try:
        envelope = decode(row.kind, row.entry)
    except StoreDamaged as damaged:
        damaged.details.update(place)
        raise
    if envelope.ledger != row.ledger:
        raise StoreDamaged("store.other-ledger", **place, entry_ledger=envelope.ledger)
    return envelope


def receipt_line(row: Row) -> ReceiptLine:
    """Where a stored event went, as its receipt says."""
    marks = _marks(row.entry)
    return ReceiptLine(
        marks.id, row.kind, row.ledger, row.number, row.position, row.leaf_hash.hex(), marks.recorded_at
    )
