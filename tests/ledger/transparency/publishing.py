"""An office that publishes the log of 梧桐里: a story on either database, a key, and a folder."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from ledger.envelope import leaf_hash
from ledger.store import open_store, open_vault
from ledger.transparency import keys
from ledger.transparency.checkpoint import Checkpoint, checkpoint_of
from ledger.transparency.cosigning import WitnessElsewhere, WitnessRefused, WitnessUnreachable
from ledger.transparency.log_folder import LogFolder
from ledger.transparency.merkle import EMPTY_ROOT, ProofInvalid, check_consistency
from ledger.transparency.note import COSIGNATURE, Note, Signature, SigningKey, VerifierKey, parsed
from ledger.transparency.publisher import Publisher, Signing
from tests.ledger.happened import building_registered
from tests.ledger.story import WUTONGLI, Story
from tests.vault_keys import key_file_of

PREFIX = "zhang.example/t"
NOON = 1_795_248_000  # 2026-11-20 12:00 in Shanghai


class Office:
    """A store in which 梧桐里 has begun (`begun` records), a key file and a folder of logs."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder, self.logs = url, folder, folder / "log"
        self.key_file = folder / "log.key"
        self.story = Story(open_store(url), open_vault(url, key_file_of(url)))
        self.story.begin()
        self.begun = self.length
        keys.create(self.key_file, PREFIX)
        self.signing = Signing(lambda: keys.read_keys(self.key_file))
        self.now = float(NOON)

    @property
    def length(self) -> int:
        """How many records 梧桐里 has."""
        return self.story.store.length(WUTONGLI)

    @property
    def log(self) -> LogFolder:
        """The files readers get."""
        return LogFolder(self.logs / WUTONGLI)

    @property
    def key(self) -> VerifierKey:
        """Whoever checks the log was given this key."""
        return self.signing.keys().signers(WUTONGLI)[0].vkey

    def record(self, count: int) -> None:
        """So many more records."""
        first = self.length
        self.story.happen([building_registered(f"b{first + one}") for one in range(count)])

    def publisher(self, **options: object) -> Publisher:
        """One that has just been started."""
        options = {"clock": lambda: self.now} | options
        return Publisher(self.story.store, self.logs, self.signing, **options)  # type: ignore[arg-type]

    def publish(self, **options: object) -> Checkpoint:
        """Publish once, and look at what readers see."""
        self.publisher(**options).publish(WUTONGLI)
        return self.seen()

    def seen(self) -> Checkpoint:
        """The checkpoint readers see; it is signed."""
        raw = self.log.checkpoint()
        assert raw is not None, "nothing is shown"
        note = parsed(raw)
        note.must_be_signed_by(self.key)
        return checkpoint_of(note.text)

    def leaves(self) -> list[bytes]:
        """The leaf hashes of what is recorded, from the entries alone."""
        return [leaf_hash(row.entry) for row in self.story.store.ledger_rows(WUTONGLI, -1, 10_000)]

    def files(self) -> dict[str, bytes]:
        """Every file of the log and its bytes."""
        folder = self.logs / WUTONGLI
        found = (path for path in folder.rglob("*") if path.is_file())
        return {str(path.relative_to(folder)): path.read_bytes() for path in found}

    @contextmanager
    def database(self) -> Iterator[Callable[..., None]]:
        """SQL past every trigger, as the owner of the database can; they stand again afterwards."""
        self.story.store.close()
        with self._sqlite() if self.url.startswith("sqlite") else self._postgres() as execute:
            yield execute

    @contextmanager
    def _sqlite(self) -> Iterator[Callable[..., None]]:
        path = Path(self.url.removeprefix("sqlite:///")) / "ledger.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            triggers = connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall()
            for name, _ in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            yield lambda sql, *values: connection.execute(sql, values)
            for _, sql in triggers:
                connection.execute(sql)

    @contextmanager
    def _postgres(self) -> Iterator[Callable[..., None]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            for table in ("event", "event_tag"):
                connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield lambda sql, *values: connection.execute(sql.replace("?", "%s"), values)
            for table in ("event", "event_tag"):
                connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    def alter(self, number: int, *, consistently: bool) -> None:
        """Change what a record says; `consistently`: its hash as well."""
        (row,) = self.story.store.ledger_rows(WUTONGLI, number - 1, 1)
        entry = row.entry.replace("号楼".encode(), "号院".encode())
        assert entry != row.entry
        hashed = leaf_hash(entry) if consistently else row.leaf_hash
        with self.database() as execute:
            execute(
                "UPDATE event SET entry = ?, leaf_hash = ? WHERE position = ?", entry, hashed, row.position
            )

    def lose_after(self, number: int) -> None:
        """The store is as it was before records from a number on: a backup was brought back."""
        (row,) = self.story.store.ledger_rows(WUTONGLI, number - 1, 1)
        with self.database() as execute:
            execute("DELETE FROM event_tag WHERE position >= ?", row.position)
            execute("DELETE FROM event WHERE position >= ?", row.position)
            if not self.url.startswith("sqlite"):
                execute("UPDATE head SET position = ?", row.position - 1)

    def forget_log(self) -> None:
        """The folder of the log is gone."""
        shutil.rmtree(self.logs)

    def close(self) -> None:
        """Close the store."""
        self.story.store.close()
        self.story.vault.close()


class HonestWitness:
    """Signs what extends what it saw last, and nothing else; `is_away`: it does not answer."""

    def __init__(self, name: str, log: VerifierKey, now: Callable[[], float]) -> None:
        self.key = SigningKey(name, name.encode().ljust(32, b"."), COSIGNATURE)
        self.is_away = False
        self._log, self._now = log, now
        self._last = Checkpoint(log.name, 0, EMPTY_ROOT)
        self._note: Note | None = None

    @property
    def policy_line(self) -> str:
        """As it stands in a policy."""
        return f"witness {self.key.vkey.name} {self.key.vkey}"

    def add_checkpoint(self, old: int, proof: Sequence[bytes], note: Note) -> Signature:
        self._must_be_here()
        note.must_be_signed_by(self._log)
        checkpoint = checkpoint_of(note.text)
        if old != self._last.size:
            raise WitnessElsewhere(self._last.size)
        try:
            check_consistency(old, checkpoint.size, proof, self._last.root, checkpoint.root)
        except ProofInvalid as invalid:
            raise WitnessRefused(reason="422") from invalid
        signature = self.key.sign(note.text, int(self._now()))
        self._last, self._note = checkpoint, Note(note.text, (*note.signatures, signature))
        return signature

    def latest(self, origin: str) -> Note | None:
        self._must_be_here()
        return self._note if origin == self._log.name else None

    def _must_be_here(self) -> None:
        if self.is_away:
            raise WitnessUnreachable(reason="away")
