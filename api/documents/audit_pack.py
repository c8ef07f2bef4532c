"""The audit pack: a whole book in one ZIP, to be checked by anybody, offline, without our software.

Everything in it is as it was stored or published; each file's digest stands in `manifest.json`. It leaves
room for what proves it to people who trust nobody: `checkpoint`, `tile/`, `verify.py` (verification.md).
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Any, Literal, NamedTuple

from api import verifiers
from api.documents.audit_pack_readme import readme
from api.documents.composer import StatementComposer
from api.documents.notice import Issued, notice_pdf
from api.documents.pack_files import FilesOfRecords
from api.documents.packing import Packing, packing
from api.documents.statement_csv import statement_csv
from api.documents.workbook import statement_xlsx
from ledger.actions.community import LedgerOpened
from ledger.actions.disclosure import DisclosurePublished, composing_of
from ledger.envelope import canonical
from ledger.errors import LedgerError, Refused, StoreDamaged, UnknownLedger
from ledger.events import Event, Recorded, decode, public_profile
from ledger.fields import Tier
from ledger.rules.pack import packs
from ledger.store.files import Files
from ledger.store.port import Row, Store
from ledger.store.vault import Vault
from ledger.transparency.checkpoint import checkpoint_of
from ledger.transparency.log_folder import LogFolder
from ledger.transparency.note import parsed
from ledger.transparency.tiles import tiles_of
from projections.reproduction import check
from projections.statements.statement import Statement, statement_of

FORMAT, VERSION = "mingzhang-audit-pack", 1
MANIFEST_BYTES_MAX = 2**31
FORMS_OF_TABLES = ("tables.toml", "holidays.toml")


class Source(NamedTuple):
    """Where a pack is made from; `logs`: the folder of the logs, if there are any."""

    store: Store
    vault: Vault
    files: Files
    composer: StatementComposer
    logs: Path | None = None


class Missing(NamedTuple):
    """What should be in the pack and is not: which record names it, and how."""

    what: Literal["attachment", "paper", "rules"]
    name: str
    record: int | None = None


class Packed(NamedTuple):
    """What is in a pack. `manifest`: the digest of its list of files."""

    records: int
    attachments: int
    withheld: int
    statements: int
    missing: tuple[Missing, ...]
    manifest: str


def write_pack(source: Source, ledger: str, tier: Tier, to: Path, *, bytes_max: int | None = None) -> Packed:
    """Write the pack of a ledger as it stands now, with the files this tier may see.

    Errors: `UnknownLedger`; `StoreDamaged` naming the first record that is not what was hashed; `LedgerError`
    for a statement that cannot be had as it was published, and for a file that cannot be written.
    """
    log = LogFolder(source.logs / ledger) if source.logs else None
    checkpoint = log.checkpoint() if log else None  # before the length: what is signed is then in the pack
    length = source.store.length(ledger)
    if length == 0:
        raise UnknownLedger(ledger=ledger)
    with packing(to, bytes_max) as into:
        if log is not None and checkpoint is not None:
            _write_log(log, checkpoint, into)
        for name in verifiers.NAMES:
            into.add(name, (verifiers.content(name),))
        into.add("profile.json", (public_profile(),))
        return _Pack(source, ledger, length - 1, tier, into).write()


def _write_log(log: LogFolder, checkpoint: bytes, into: Packing) -> None:
    """The log as outside tools read it; the key in it is for comparison only."""
    into.add("log/checkpoint", (checkpoint,))
    into.add("log/checkpoints.log", (f"{note}\n".encode() for note in log.notes()))
    for name, content in (("vkey", log.vkey()), ("policy.txt", log.policy())):
        if content is not None:
            into.add(f"log/{name}", (content,))
    for name, answer in log.anchors():
        into.add(f"log/{name}", (answer,))
    for tile in tiles_of(checkpoint_of(parsed(checkpoint).text).size):
        into.add(f"log/{tile.path}", (log.read(tile),))


class _Pack:
    """One pack being made: what it keeps in memory grows with statements and attachments alone."""

    def __init__(self, source: Source, ledger: str, until: int, tier: Tier, into: Packing) -> None:
        self.source, self.ledger, self.until, self.tier, self.into = source, ledger, until, tier, into
        self.files = FilesOfRecords(source.vault, source.files, ledger, tier)
        self.head: Row | None = None
        self.community = ledger
        self.kinds: set[str] = set()
        self.editions: set[str] = set()
        self.tables: set[str] = set()
        self.published: list[int] = []
        self.missing: list[Missing] = []

    def write(self) -> Packed:
        self.into.add("events.jsonl", self._entries())
        self.into.add("leaves.txt", self._leaves())
        self.files.write(self.into)
        self.missing += [Missing("attachment", one.named, one.record) for one in self.files.missing]
        statements = [self._statement(one) for one in self._versions()]
        self._rules()
        self.into.add("README.md", (self._readme().encode(),))
        manifest = canonical(self._manifest(statements), MANIFEST_BYTES_MAX)
        self.into.add("manifest.json", (manifest,))
        return Packed(
            records=self.until + 1,
            attachments=self.files.counts["here"],
            withheld=self.files.counts["withheld"],
            statements=len(statements),
            missing=tuple(self.missing),
            manifest=hashlib.sha256(manifest).hexdigest(),
        )

    # -- records -----------------------------------------------------------------------------------------

    def _entries(self) -> Iterator[bytes]:
        """Every entry as it is stored, a line each: canonical JSON has no line feed in it."""
        for number, row in enumerate(self.source.store.history(self.ledger, until=self.until)):
            check(row)
            if row.number != number:
                raise StoreDamaged("store.gap", **_place(row))
            self._note(row)
            yield row.entry + b"\n"

    def _note(self, row: Row) -> None:
        """Remember what the rest of the pack must know of a record."""
        envelope = decode(row.kind, row.entry)
        self.head = row
        self.kinds.add(row.kind)
        self.editions.update(envelope.rules)
        if envelope.attachments:
            self.files.take(row.number, envelope.attachments)
        match envelope.data:
            case LedgerOpened(name=name):
                self.community = name
            case DisclosurePublished():
                self.published.append(row.number)

    def _leaves(self) -> Iterator[bytes]:
        for row in self.source.store.history(self.ledger, until=self.until):
            yield row.leaf_hash.hex().encode() + b"\n"

    # -- statements --------------------------------------------------------------------------------------

    def _versions(self) -> Iterator[Recorded[Event]]:
        for number in self.published:
            if (recorded := self.source.store.numbered(self.ledger, number)) is not None:
                yield recorded

    def _statement(self, recorded: Recorded[Event]) -> dict[str, Any]:
        version = recorded.data
        assert isinstance(version, DisclosurePublished)  # noqa: S101
        folder = f"statements/{version.disclosure}/{version.version}"
        entry = self._entry(version, recorded.number)
        statement, paper = statement_of(entry), _issued(version)
        self.tables.add(version.table)
        self.editions.update(statement.rules)
        self.into.add(f"{folder}/statement.json", (entry,))
        self.into.add(f"{folder}/statement.xlsx", (statement_xlsx(statement, paper),))
        self.into.add(f"{folder}/statement.csv", (statement_csv(statement, paper),))
        pdf = self._paper(version, statement, paper)
        if pdf is None:
            self.missing.append(Missing("paper", f"{version.disclosure}/{version.version}", recorded.number))
        else:
            self.into.add(f"{folder}/paper.pdf", (pdf,))
        return {
            "disclosure": version.disclosure,
            "version": version.version,
            "table": version.table,
            "record": recorded.number,
            "until": version.until,
            "folder": folder,
            "statement_sha256": version.statement_sha256,
            "pdf_sha256": version.pdf_sha256,
            "code": version.code,
        }

    def _entry(self, version: DisclosurePublished, number: int) -> bytes:
        """The statement as it was published: its digest is in the record. `replay` composes all again."""
        with suppress(StoreDamaged):
            return self.source.files.get(version.statement_sha256)
        before = self._before(version)
        statement = self.source.composer.statement(self.ledger, composing_of(version, before))
        if statement.sha256 != version.statement_sha256:
            raise LedgerError(
                "pack.statement-differs",
                disclosure=version.disclosure,
                version=version.version,
                number=number,
                published=version.statement_sha256,
                replayed=statement.sha256,
            )
        return statement.entry

    def _before(self, version: DisclosurePublished) -> DisclosurePublished | None:
        """The version this one restates."""
        for recorded in self._versions():
            match recorded.data:
                case DisclosurePublished(disclosure=version.disclosure, version=number) as found:
                    if number == version.version - 1:
                        return found
        return None

    def _paper(self, version: DisclosurePublished, statement: Statement, paper: Issued) -> bytes | None:
        """The paper as it was kept, or printed again to the same bytes; none if neither can be had."""
        with suppress(StoreDamaged):
            return self.source.files.get(version.pdf_sha256)
        with suppress(Refused):
            printed = notice_pdf(statement, paper)
            if hashlib.sha256(printed).hexdigest() == version.pdf_sha256:
                return printed
        return None

    # -- what explains it --------------------------------------------------------------------------------

    def _rules(self) -> None:
        """The packs the records were judged by; an edition that is no longer shipped is missing."""
        folder = resources.files("ledger.rules")
        shipped = {pack.edition: pack.id for pack in packs().values()}
        for edition in sorted(self.editions):
            if edition in shipped:
                name = f"{shipped[edition]}.toml"
                self.into.add(f"rules/{name}", (folder.joinpath("packs", name).read_bytes(),))
            else:
                self.missing.append(Missing("rules", edition))
        for name in FORMS_OF_TABLES:
            self.into.add(f"rules/{name}", (folder.joinpath(name).read_bytes(),))

    def _readme(self) -> str:
        return readme(
            kinds=self.kinds,
            used=self.tables,
            community=self.community,
            ledger=self.ledger,
            events=self.until + 1,
            number=self.until,
            leaf_hash=self._last.leaf_hash.hex(),
            **_TIER_WORDS[self.tier],
        )

    def _manifest(self, statements: list[dict[str, Any]]) -> dict[str, Any]:
        files = sorted(self.into.members.values())
        return {
            "format": FORMAT,
            "version": VERSION,
            "ledger": self.ledger,
            "community": self.community,
            "tier": self.tier,
            "records": self.until + 1,
            "head": {"number": self.until, "leaf_hash": self._last.leaf_hash.hex()},
            "attachments": self.files.counts,
            "statements": statements,
            "rules": sorted(self.editions),
            "missing": [
                {name: value for name, value in one._asdict().items() if value is not None}
                for one in self.missing
            ],
            "files": [one._asdict() for one in files],
        }

    @property
    def _last(self) -> Row:
        assert self.head is not None  # noqa: S101  a ledger that is open has a record
        return self.head


def _place(row: Row) -> dict[str, Any]:
    return {"position": row.position, "ledger": row.ledger, "number": row.number}


def _issued(version: DisclosurePublished) -> Issued:
    return Issued(
        disclosure=version.disclosure,
        version=version.version,
        published_on=version.published_on,
        prepared_by=version.prepared_by,
        reviewed_by=version.reviewed_by,
        url=version.url,
        code=version.code,
    )


_TIER_WORDS: dict[Tier, dict[str, object]] = {
    "public": {"tier_zh": "人人可看的附件", "tier_en": "files for everybody"},
    "owners": {"tier_zh": "本小区可看的附件", "tier_en": "files for this community"},
    "audit": {"tier_zh": "审计可看的附件", "tier_en": "files for auditors"},
}
