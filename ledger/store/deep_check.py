"""The store looked at row by row: entries against their hashes, and what only follows against the entries.

Tags and limits are computed again. What a key stands for stands in no entry, so the last event of a command
carries a digest of its receipt beside it. Somebody who knows all this can adjust it: that is what signed
checkpoints are for.
"""

import hashlib
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager

from ledger.envelope import leaf_hash
from ledger.errors import StoreDamaged
from ledger.store.entries import checked, recorded_at_of, tags_of
from ledger.store.records import Row, qualified

READ_BATCH = 5_000
DIGEST_MAX = 2**63 - 1  # the largest integer of both databases

StoredReceipt = tuple[bytes, bytes, int, int]  # the key as it is stored, fingerprint, first, last
WITHOUT_RECEIPT = """
SELECT position FROM event WHERE receipt <> 0 EXCEPT SELECT last_position FROM command_receipt
ORDER BY position LIMIT 1"""


def receipt_digest(key: bytes, fingerprint: bytes, first: int, last: int) -> int:
    """What the last event of a command carries of its receipt; 0 stands for a command without a key."""
    told = b"%d,%b,%d,%b,%d,%d" % (len(key), key, len(fingerprint), fingerprint, first, last)
    return int.from_bytes(hashlib.sha256(told).digest()[:8]) & DIGEST_MAX


class SelfChecking(ABC):
    """A store that can say whether it is what was recorded."""

    def deep_check(self) -> int:
        """Hash all entries again, and compare what follows from them; returns how many there are.

        Errors: `StoreDamaged` naming the first event that is not what was recorded, or what does not follow.
        """
        with self._snapshot():
            position, recorded_at, tags, limits = 0, "", 0, Counter[str]()
            lengths: dict[str, int] = {}
            while rows := self.rows(position, READ_BATCH):
                for row in rows:
                    limits.update(_limits(row, position + 1, lengths.get(row.ledger, 0)))
                    position, lengths[row.ledger] = row.position, row.number + 1
                tags += self._check_tags(rows)
                recorded_at = recorded_at_of(rows[-1].entry)
            if (head := self._kept_head()) != (position, recorded_at):
                raise StoreDamaged("store.gap", position=min(head[0], position) + 1, head=head[0])
            self._check_index(tags)
            self._check_limits(limits)
            self._check_receipts()
        return position

    def _check_tags(self, rows: Sequence[Row]) -> int:
        tags = [(tag, row.position) for row in rows for tag in tags_of(row)]
        if missing := self._missing_in_index(tags):
            raise StoreDamaged("store.index-mismatch", position=missing[1], tag=missing[0])
        return len(tags)

    def _check_index(self, recorded: int) -> None:
        if (indexed := self._index_length()) != recorded:
            raise StoreDamaged("store.index-mismatch", indexed=indexed, recorded=recorded)
        if (loose := self._loose_name()) is not None:
            raise StoreDamaged("store.index-mismatch", tag=loose)

    def _check_limits(self, limits: Counter[str]) -> None:
        kept = self._limits()
        for name in sorted(kept.keys() | limits.keys()):
            if kept.get(name) != limits.get(name):
                raise StoreDamaged(
                    "store.limit-differs", limit=name, fen=kept.get(name), recorded=limits[name]
                )

    def _check_receipts(self) -> None:
        key = b""
        while receipts := self._receipts(key):
            for receipt, digest in receipts:
                if receipt_digest(*receipt) != digest:
                    raise StoreDamaged("store.receipt-differs", position=receipt[-1])
            key = receipts[-1][0][0]
        if (position := self._without_receipt()) is not None:
            raise StoreDamaged("store.receipt-differs", position=position)

    @abstractmethod
    def _snapshot(self) -> AbstractContextManager[None]:
        """Inside, this thread reads the store as it is now, whatever others write."""

    @abstractmethod
    def rows(self, after: int, limit: int = READ_BATCH) -> list[Row]: ...

    @abstractmethod
    def _kept_head(self) -> tuple[int, str]:
        """The position and the instant of the newest event, as writers are told."""

    @abstractmethod
    def _missing_in_index(self, tags: Sequence[tuple[str, int]]) -> tuple[str, int] | None:
        """The first of these (qualified tag, position) that the tag index does not have."""

    @abstractmethod
    def _index_length(self) -> int: ...

    @abstractmethod
    def _loose_name(self) -> str | None:
        """A name or a tag without an event of its own, or the number of a tag that has no name."""

    @abstractmethod
    def _limits(self) -> dict[str, int]: ...

    @abstractmethod
    def _receipts(self, after: bytes) -> list[tuple[StoredReceipt, int | None]]:
        """The next receipts in the order of their keys, each with the digest its last event carries."""

    @abstractmethod
    def _without_receipt(self) -> int | None:
        """The first event that carries the digest of a receipt nobody finds."""


def _limits(row: Row, position: int, number: int) -> dict[str, int]:
    """What a row that is what was recorded, at its place, changes in the limits. Errors: `StoreDamaged`."""
    place = {"position": row.position, "ledger": row.ledger, "number": row.number}
    if (row.position, row.number) != (position, number):
        raise StoreDamaged("store.gap", **place)
    if row.ledger:
        return {qualified(row.ledger, name): fen for name, fen in checked(row).data.limits().items()}
    if leaf_hash(row.entry) != row.leaf_hash:  # an event of the library's own
        raise StoreDamaged("store.hash-mismatch", **place)
    return {}
