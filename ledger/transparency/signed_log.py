"""One log, from the checkpoint that was signed last to the next one, and to the one readers see."""

from collections.abc import Sequence

from ledger.envelope import leaf_hash
from ledger.store.port import Store
from ledger.transparency.checkpoint import Checkpoint, checkpoint_of
from ledger.transparency.cosigning import Witnesses
from ledger.transparency.guard import Remembered, bundles, guard
from ledger.transparency.log_folder import LogFolder, PublishingStopped
from ledger.transparency.merkle import EMPTY_ROOT, Frontier, check_consistency, consistency_proof
from ledger.transparency.note import Note, NoteInvalid, Signature, SigningKey, parsed, signed
from ledger.transparency.tiles import (
    WIDTH,
    Tile,
    bundle,
    covering,
    entries_of,
    hashes_from,
    hashes_of,
    new_tiles,
    tile_bytes,
)


class SignedLog:
    """Opened, it is what it was: the store extends all that we signed or showed and all that witnesses saw.

    `signers`: the key in use first; a second one is being replaced. Errors of every step:
    `PublishingStopped`, `StoreDamaged`; nothing was signed.
    """

    def __init__(
        self, store: Store, ledger: str, files: LogFolder, signers: Sequence[SigningKey], witnesses: Witnesses
    ) -> None:
        self._store, self._ledger, self.files = store, ledger, files
        self.signers, self._witnesses = signers, witnesses
        self.keys = tuple(signer.vkey for signer in signers)
        self.origin = self.keys[0].name
        self._tidied = 0
        self._note, self._frontier = self._guarded()

    @property
    def size(self) -> int:
        """How many records are signed."""
        return self._frontier.size

    @property
    def shown(self) -> int:
        """How many records the checkpoint has that readers see."""
        raw = self.files.checkpoint()
        return checkpoint_of(parsed(raw).text).size if raw else 0

    # -- what was ------------------------------------------------------------------------------------------

    def _guarded(self) -> tuple[Note | None, Frontier]:
        note, last, remembered = None, Checkpoint(self.origin, 0, EMPTY_ROOT), []
        try:
            if (note := self.files.newest()) is not None:
                last = self._own(note)
            if (raw := self.files.checkpoint()) is not None:
                remembered.append(self._own(parsed(raw)))
        except NoteInvalid as invalid:
            raise PublishingStopped("publisher.checkpoint-altered", ledger=self._ledger) from invalid
        if any(shown.size > last.size for shown in remembered):
            raise PublishingStopped("publisher.checkpoints-gone", ledger=self._ledger, size=last.size)
        known = [Remembered(one.size, one.root) for one in (*remembered, last)]
        seen = self._witnesses.latest(self.origin, self.keys)
        known += [Remembered(one.size, one.root, name) for name, one in seen]
        guarded = guard(self._store, self._ledger, self.files, last.size, known)
        if guarded.missing:
            self._write(0, last.size, Frontier())
        return note, guarded.frontier

    def _own(self, note: Note) -> Checkpoint:
        """The checkpoint of a note we signed. Errors: `NoteInvalid`, `PublishingStopped` if others did."""
        checkpoint = checkpoint_of(note.text)
        if checkpoint.origin != self.origin or not note.signed_by(self.keys):
            raise PublishingStopped(
                "publisher.foreign-key",
                ledger=self._ledger,
                origin=checkpoint.origin,
                log_key=str(self.keys[0]),
            )
        return checkpoint

    # -- what is new ---------------------------------------------------------------------------------------

    def grow(self) -> None:
        """Write the tiles of what was recorded since, check what was written, and sign it."""
        length = self._store.length(self._ledger)
        if length < self.size:
            raise PublishingStopped(
                "publisher.records-gone", ledger=self._ledger, number=length, size=self.size
            )
        if length > self.size:
            frontier = self._frontier.copy()
            self._write(self.size, length, frontier)
            hashes = hashes_from(self.files.read, length)
            root = Frontier.of(length, hashes).root()
            if root != frontier.root():
                raise PublishingStopped("publisher.tiles-differ", ledger=self._ledger, size=length)
            proof = consistency_proof(self.size, length, hashes)
            check_consistency(self.size, length, proof, self._frontier.root(), root)
            self._sign(Checkpoint(self.origin, length, root))
            self._frontier = frontier

    def _write(self, old: int, size: int, frontier: Frontier) -> None:
        """Every tile of a size that was not there at an older one; the frontier grows with the leaves."""
        begin = old - old % WIDTH
        if begin < old:
            self._check_published(begin, old)
        for rows in bundles(self._store, self._ledger, begin, size):
            leaves = covering(size, 0, rows[0].number // WIDTH)
            entries = Tile(None, leaves.index, leaves.width)
            self.files.put(entries, bundle([row.entry for row in rows]))
            self.files.put(leaves, b"".join(row.leaf_hash for row in rows))
            for row in rows[max(0, old - rows[0].number) :]:
                frontier.append(row.leaf_hash)
            written = entries_of(self.files.read(entries), entries.width)
            if list(map(leaf_hash, written)) != hashes_of(self.files.read(leaves), leaves.width):
                raise PublishingStopped("publisher.tile-differs", path=entries.path)
        for tile in new_tiles(old, size):
            if tile.level:
                self.files.put(tile, tile_bytes(tile, self.files.read))

    def _check_published(self, begin: int, end: int) -> None:
        """Refuse to write anew what is no longer what was published. Errors: `PublishingStopped`."""
        published = covering(end, 0, begin // WIDTH)
        hashes = hashes_of(self.files.read(published), published.width)
        for rows in bundles(self._store, self._ledger, begin, end):
            for row, leaf in zip(rows, hashes, strict=True):
                if row.leaf_hash != leaf:
                    raise PublishingStopped(
                        "publisher.record-differs", ledger=self._ledger, number=row.number
                    )

    def _sign(self, checkpoint: Checkpoint) -> None:
        note = signed(checkpoint.text, self.signers)
        if set(note.signed_by(self.keys)) != set(self.keys):  # a key that signs wrongly signs nothing
            raise PublishingStopped("publisher.unsigned", ledger=self._ledger)
        self.files.append(note, self._note)
        self._note = note

    def sign_with_every_key(self) -> bool:
        """Sign the newest checkpoint again if a key came since; whether it did (verification.md, rule 10)."""
        if self._note is None or set(self._note.signed_by(self.keys)) == set(self.keys):
            return False
        self._sign(checkpoint_of(self._note.text))
        return True

    # -- what readers see ----------------------------------------------------------------------------------

    def show(self, *, again: bool = False) -> tuple[str, ...]:
        """Let readers see the newest checkpoint once witnesses enough have signed it; who signed it now.

        `again`: also one they see already, so that it is seen to be fresh.
        """
        note = self._note
        if note is None or (not again and self._is_shown(note)):
            return ()
        policy = self._witnesses.policy
        given: dict[str, Signature] = {}
        cosigned = note.signed_by(policy.witness_keys)
        if policy.witnesses and (again or not cosigned or not policy.is_met_by(cosigned)):
            own = self._signed_by_us(note)
            hashes = hashes_from(self.files.read, self.size)
            given = self._witnesses.cosign(own, lambda old: consistency_proof(old, self.size, hashes))
            note = Note(note.text, (*own.signatures, *given.values()))
        if not policy.is_met_by(note.signed_by(policy.witness_keys)):
            return tuple(given)
        if not self._is_shown(note) and note != self._note:
            self.files.append(note, self._note)
            self._note = note
        self.files.show(note)
        self._tidy()
        return tuple(given)

    def _is_shown(self, note: Note) -> bool:
        """Whether readers see this checkpoint with the same signatures of ours, whoever witnessed it."""
        raw = self.files.checkpoint()
        return raw is not None and self._signed_by_us(parsed(raw)) == self._signed_by_us(note)

    def _signed_by_us(self, note: Note) -> Note:
        return Note(note.text, tuple(one for one in note.signatures if one.name == self.origin))

    def _tidy(self) -> None:
        """Of a tile that is full now readers no longer need what came before."""
        for tile in new_tiles(self._tidied, self.size):
            if tile.width == WIDTH:
                self.files.drop_partials(tile)
        self._tidied = self.size
