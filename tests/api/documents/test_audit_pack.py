"""The audit pack: a whole book in one ZIP, in which everything can be checked without us."""

import base64
import csv
import hashlib
import io
import json
import sqlite3
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from api import cli
from api import terminal as terminal_words
from api.documents import audit_pack
from api.documents.audit_pack import Missing, Packed, Source, write_pack
from ledger.actions.disclosure import DisclosurePublished
from ledger.errors import LedgerError, StoreDamaged, StoreFull, UnknownLedger
from ledger.fields import Tier
from ledger.store.files import erase
from ledger.store.vault import Upload
from tests.api.endpoints.installation import LEDGER, OTHER_LEDGER, Installation
from tests.ledger.story import Happened

INVOICE, RECEIPT, ROSTER = b"%PDF-invoice\n%%EOF", b"%PDF-receipt\n%%EOF", b"%PDF-roster\n%%EOF"
Q1 = {"from": "2026-01-01", "to": "2026-03-31"}
Terminal = Callable[..., tuple[int, str, str]]


class Unzipped:
    """A pack, opened."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as packed:
            assert packed.testzip() is None
            self.files = {name: packed.read(name) for name in packed.namelist()}
            self.dates = {member.date_time for member in packed.infolist()}

    def json(self, name: str) -> Any:
        return json.loads(self.files[name])

    def lines(self, name: str) -> list[bytes]:
        return self.files[name].split(b"\n")[:-1]

    def rows(self, name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.files[name].decode())))

    def named(self, start: str) -> list[str]:
        return sorted(name for name in self.files if name.startswith(start))


class Books(Installation):
    """梧桐里 with a quarter of parking money, files of every tier, and a pack whenever it is asked for."""

    def recorded(self, action: str, body: dict[str, Any], by: str) -> int:
        answer = self.ask(action, body, by=by)
        assert answer.status_code == 201, answer.text
        return int(answer.get_json()["events"][0]["number"])

    def given(self, content: bytes, name: str, tier: Tier, ledger: str = LEDGER) -> str:
        sha256 = self.services.files.of(ledger, tier).put(content)
        self.services.vault.keep_upload(ledger, Upload(sha256, name, "application/pdf", len(content), tier))
        return sha256

    def quarter(self) -> None:
        self.recorded("open-fund", {"fund": "public-revenue", **OPENED}, "treasurer")
        self.income(3_600_00)

    def income(self, fen: int) -> int:
        revenue = {"head": 1, "gross_fen": fen, "received_on": "2026-02-03", "location": "地面车位"}
        return self.recorded("record-public-revenue", revenue, "treasurer")

    def published(self) -> DisclosurePublished:
        wanted = {"disclosure": "q1-revenue", "table": "T1", "period": Q1}
        self.recorded("draft-disclosure", wanted, "treasurer")
        return self._through()

    def restated(self) -> DisclosurePublished:
        self.recorded("restate-disclosure", {"disclosure": "q1-revenue", "reason": "漏记一笔"}, "treasurer")
        return self._through()

    def _through(self) -> DisclosurePublished:
        self.recorded("approve-disclosure", {"disclosure": "q1-revenue"}, "chair")
        number = self.recorded("publish-disclosure", {"disclosure": "q1-revenue"}, "chair")
        recorded = self.services.store.numbered(LEDGER, number)
        assert recorded is not None
        assert isinstance(recorded.data, DisclosurePublished)
        return recorded.data

    def with_files(self) -> tuple[int, str, str, str]:
        """A record with a file of each tier; its number and their digests."""
        digests = (
            self.given(INVOICE, "发票.pdf", "public"),
            self.given(ROSTER, "业主名单.pdf", "owners"),
            self.given(RECEIPT, "张三 收据.pdf", "audit"),
        )
        body = {"building": "3", "name": "3号楼", "attachments": digests}
        return (self.recorded("register-building", body, "secretary"), *digests)

    def pack(self, to: Path, tier: Tier = "public", ledger: str = LEDGER) -> tuple[Packed, Unzipped]:
        here = self.services
        source = Source(here.store, here.vault, here.files, here.composer)
        return write_pack(source, ledger, tier, to), Unzipped(to)


OPENED = {"opened_on": "2026-01-01", "opening_fen": 0, "bank": "上海银行", "account_tail": "1234"}


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    opened = Books(f"sqlite:///{tmp_path / 'books'}")
    opened.begin()
    yield opened
    opened.close()


@pytest.fixture
def to(tmp_path: Path) -> Path:
    return tmp_path / "pack.zip"


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# -- records ---------------------------------------------------------------------------------------------


def test_every_record_is_there_byte_for_byte_with_its_leaf_hash(books: Books, to: Path) -> None:
    books.quarter()
    packed, pack = books.pack(to)
    rows = books.services.store.ledger_rows(LEDGER, -1, 1_000)
    assert packed.records == len(rows)
    assert pack.lines("events.jsonl") == [row.entry for row in rows]
    leaves = [hashlib.sha256(b"\0" + line).hexdigest() for line in pack.lines("events.jsonl")]
    assert [line.decode() for line in pack.lines("leaves.txt")] == leaves
    assert pack.json("manifest.json")["head"] == {"number": len(rows) - 1, "leaf_hash": leaves[-1]}


def test_the_manifest_names_every_file_with_its_digest_and_there_is_no_other(books: Books, to: Path) -> None:
    books.quarter()
    books.with_files()
    books.published()
    packed, pack = books.pack(to, "audit")
    listed = {one["path"]: (one["sha256"], one["size"]) for one in pack.json("manifest.json")["files"]}
    manifest = pack.files.pop("manifest.json")
    assert listed == {name: (sha256_of(content), len(content)) for name, content in pack.files.items()}
    assert packed.manifest == sha256_of(manifest)


def test_the_same_book_gives_the_same_bytes(books: Books, tmp_path: Path) -> None:
    books.quarter()
    books.with_files()
    books.published()
    packs = [tmp_path / "once.zip", tmp_path / "twice.zip"]
    for path in packs:
        _, pack = books.pack(path, "audit")
        assert pack.dates == {(1980, 1, 1, 0, 0, 0)}
    assert packs[0].read_bytes() == packs[1].read_bytes()


def test_a_pack_of_one_book_holds_nothing_of_another(books: Books, to: Path) -> None:
    books.quarter()
    _, pack = books.pack(to, ledger=OTHER_LEDGER)
    assert [json.loads(line)["data"]["name"] for line in pack.lines("events.jsonl")] == ["杏花里"]
    assert LEDGER.encode() not in b"".join(pack.files.values())


def test_a_later_pack_begins_as_the_one_before(books: Books, tmp_path: Path) -> None:
    books.quarter()
    _, before = books.pack(tmp_path / "before.zip")
    books.income(5_00)
    _, after = books.pack(tmp_path / "after.zip")
    for name in ("events.jsonl", "leaves.txt"):
        assert after.files[name].startswith(before.files[name])
        assert len(after.lines(name)) == len(before.lines(name)) + 1


def test_a_changed_record_stops_the_export_and_is_named(books: Books, to: Path) -> None:
    books.quarter()
    *_, row = books.services.store.ledger_rows(LEDGER, -1, 1_000)
    forged = row.entry.replace(b"360000", b"260000")
    assert forged != row.entry
    with closing(sqlite3.connect(books.services.files.folder.parent / "ledger.db")) as foreign:
        for (name,) in foreign.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            foreign.execute(f"DROP TRIGGER {name}")
        foreign.execute("UPDATE event SET entry = ? WHERE position = ?", (forged, row.position))
        foreign.commit()
    with pytest.raises(StoreDamaged) as found:
        books.pack(to)
    assert (found.value.details["ledger"], found.value.details["number"]) == (LEDGER, row.number)
    assert list(to.parent.glob("*.zip*")) == []


def test_a_book_nobody_opened_has_no_pack(books: Books, to: Path) -> None:
    with pytest.raises(UnknownLedger):
        books.pack(to, ledger="nowhere")
    assert not to.exists()


# -- attachments -----------------------------------------------------------------------------------------

TIERS: list[tuple[Tier, list[bytes], list[str]]] = [
    ("public", [INVOICE], ["here", "withheld", "withheld"]),
    ("owners", [INVOICE, ROSTER], ["here", "here", "withheld"]),
    ("audit", [INVOICE, ROSTER, RECEIPT], ["here", "here", "here"]),
]


@pytest.mark.parametrize(("tier", "contents", "states"), TIERS)
def test_the_files_in_a_pack_are_those_its_readers_may_see(
    books: Books, to: Path, tier: Tier, contents: list[bytes], states: list[str]
) -> None:
    number, *_ = books.with_files()
    packed, pack = books.pack(to, tier)
    found = {name: pack.files[name] for name in pack.named("attachments/")}
    assert found == {f"attachments/{sha256_of(content)}.pdf": content for content in contents}
    rows = pack.rows("attachments.csv")
    assert [(row["record"], row["place"], row["state"]) for row in rows] == [
        (str(number), str(place), state) for place, state in enumerate(states)
    ]
    assert {row["file"] for row in rows} - {""} == set(found)
    assert (packed.attachments, packed.withheld, packed.missing) == (len(found), 3 - len(found), ())


def test_a_public_pack_betrays_neither_name_nor_digest_of_a_private_file(books: Books, to: Path) -> None:
    _, _, roster, receipt = books.with_files()
    _, pack = books.pack(to)
    everything = b"".join(pack.files.values())
    for hidden in (roster, receipt, "张三", "业主名单"):
        assert hidden.encode() not in everything
    assert pack.files["disclosures.jsonl"] == b""


def test_what_a_pack_discloses_can_be_checked_against_the_records(books: Books, to: Path) -> None:
    _, _, roster, receipt = books.with_files()
    _, pack = books.pack(to, "audit")
    shown = {}
    for line in pack.lines("disclosures.jsonl"):
        one = json.loads(line)
        digest = base64.urlsafe_b64encode(hashlib.sha256(one["disclosure"].encode()).digest()).rstrip(b"=")
        assert digest.decode() == one["digest"]
        _, place, field = one["path"].split("/")
        record = json.loads(pack.lines("events.jsonl")[one["record"]])
        assert record["attachments"][int(place)][field] == {"_sd": one["digest"]}
        _, name, value = json.loads(base64.urlsafe_b64decode(one["disclosure"] + "=="))
        assert name == field
        shown[one["path"]] = value
    assert shown == {
        "attachments/1/name": "业主名单.pdf",
        "attachments/1/sha256": roster,
        "attachments/2/name": "张三 收据.pdf",
        "attachments/2/sha256": receipt,
    }


def test_an_erased_file_is_said_to_be_erased_and_is_no_fault(books: Books, to: Path) -> None:
    _, _, _, receipt = books.with_files()
    erase(books.services.files, books.services.vault, LEDGER, receipt)
    packed, pack = books.pack(to, "audit")
    assert packed.missing == ()
    assert pack.rows("attachments.csv")[2]["state"] == "erased"
    assert pack.json("manifest.json")["attachments"]["erased"] == 1


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"%PDF-another")])
def test_a_file_that_is_lost_or_changed_is_named_and_the_rest_is_there(
    books: Books, to: Path, spoil: Callable[[Path], object]
) -> None:
    number, invoice, *_ = books.with_files()
    spoil(books.services.files.folder / invoice[:2] / invoice)
    packed, pack = books.pack(to, "owners")
    assert packed.missing == (Missing("attachment", f"{invoice} 发票.pdf", number),)
    assert pack.json("manifest.json")["missing"] == [
        {"what": "attachment", "name": f"{invoice} 发票.pdf", "record": number}
    ]
    assert [row["state"] for row in pack.rows("attachments.csv")] == ["missing", "here", "withheld"]


def test_one_file_of_two_records_is_there_once(books: Books, to: Path) -> None:
    invoice = books.given(INVOICE, "=发票.pdf", "public")
    for building in ("3", "5"):
        body = {"building": building, "name": f"{building}号楼", "attachments": [invoice]}
        books.recorded("register-building", body, "secretary")
    packed, pack = books.pack(to)
    assert (packed.attachments, pack.named("attachments/")) == (2, [f"attachments/{invoice}.pdf"])
    assert [row["name"] for row in pack.rows("attachments.csv")] == [
        "'=发票.pdf"
    ] * 2  # runs in no spreadsheet


# -- statements ------------------------------------------------------------------------------------------


def test_every_published_version_is_there_in_every_form(books: Books, to: Path) -> None:
    books.quarter()
    first = books.published()
    books.income(5_00)
    second = books.restated()
    packed, pack = books.pack(to)
    assert packed.statements == 2
    for version in (first, second):
        folder = f"statements/q1-revenue/{version.version}"
        assert pack.named(folder) == [
            f"{folder}/{name}" for name in ("paper.pdf", "statement.csv", "statement.json", "statement.xlsx")
        ]
        assert sha256_of(pack.files[f"{folder}/statement.json"]) == version.statement_sha256
        assert sha256_of(pack.files[f"{folder}/paper.pdf"]) == version.pdf_sha256
        assert "地面车位" in pack.files[f"{folder}/statement.csv"].decode()
        with zipfile.ZipFile(io.BytesIO(pack.files[f"{folder}/statement.xlsx"])) as workbook:
            assert "xl/workbook.xml" in workbook.namelist()
    listed = pack.json("manifest.json")["statements"]
    assert [(one["version"], one["code"]) for one in listed] == [(1, first.code), (2, second.code)]


def test_a_draft_is_not_in_the_pack(books: Books, to: Path) -> None:
    books.quarter()
    books.recorded("draft-disclosure", {"disclosure": "q1-revenue", "table": "T1", "period": Q1}, "treasurer")
    packed, pack = books.pack(to)
    assert (packed.statements, pack.named("statements/")) == (0, [])


def test_statements_and_papers_whose_files_are_lost_come_out_again_to_the_byte(
    books: Books, tmp_path: Path
) -> None:
    books.quarter()
    versions = [books.published()]
    books.income(5_00)
    versions.append(books.restated())
    _, before = books.pack(tmp_path / "before.zip")
    for version in versions:
        books.services.files.remove(version.statement_sha256)
        books.services.files.remove(version.pdf_sha256)
    packed, after = books.pack(tmp_path / "after.zip")
    assert packed.missing == ()
    assert after.files == before.files


def test_a_statement_that_does_not_come_out_as_published_stops_the_export_and_is_named(
    books: Books, to: Path
) -> None:
    books.quarter()
    sound = books.published()
    forged = {"statement_sha256": "0" * 64, "pdf_sha256": "1" * 64, "version": 2}
    fields = {name: getattr(sound, name) for name in sound.__struct_fields__} | forged
    books._record(LEDGER, Happened(event=DisclosurePublished(**fields)))  # type: ignore[arg-type]
    with pytest.raises(LedgerError) as found:
        books.pack(to)
    assert found.value.code == "pack.statement-differs"
    assert found.value.details == {
        "disclosure": "q1-revenue",
        "version": 2,
        "number": books.services.store.length(LEDGER) - 1,
        "published": "0" * 64,
        "replayed": sound.statement_sha256,
    }
    assert list(to.parent.glob("*.zip*")) == []


def test_a_paper_that_cannot_be_had_any_more_is_named(books: Books, to: Path) -> None:
    books.quarter()
    sound = books.published()
    fields = {name: getattr(sound, name) for name in sound.__struct_fields__} | {"pdf_sha256": "1" * 64}
    books._record(LEDGER, Happened(event=DisclosurePublished(**fields | {"version": 2})))  # type: ignore[arg-type]
    packed, pack = books.pack(to)
    number = books.services.store.length(LEDGER) - 1
    assert packed.missing == (Missing("paper", "q1-revenue/2", number),)
    assert "statements/q1-revenue/2/statement.json" in pack.files
    assert "statements/q1-revenue/2/paper.pdf" not in pack.files


# -- what explains it ------------------------------------------------------------------------------------


def test_the_rules_that_judged_the_records_are_there_as_shipped(books: Books, to: Path) -> None:
    books.quarter()
    books.published()
    _, pack = books.pack(to)
    folder = resources.files("ledger.rules")
    editions = {rule for line in pack.lines("events.jsonl") for rule in json.loads(line).get("rules", ())}
    assert editions
    assert set(pack.json("manifest.json")["rules"]) >= editions
    for edition in editions:
        name = f"{edition.partition('/')[0]}.toml"
        assert pack.files[f"rules/{name}"] == folder.joinpath("packs", name).read_bytes()
    for name in ("tables.toml", "holidays.toml"):
        assert pack.files[f"rules/{name}"] == folder.joinpath(name).read_bytes()


def test_an_edition_of_the_rules_that_is_no_longer_shipped_is_named(
    books: Books, to: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.quarter()
    books.published()
    monkeypatch.setattr(audit_pack, "packs", dict)
    packed, pack = books.pack(to)
    assert {one.name for one in packed.missing} == set(pack.json("manifest.json")["rules"])
    assert {one.what for one in packed.missing} == {"rules"}


def test_the_readme_explains_every_file_kind_member_and_column_in_both_languages(
    books: Books, to: Path
) -> None:
    books.quarter()
    books.with_files()
    books.published()
    _, pack = books.pack(to, "audit")
    said = pack.files["README.md"].decode()
    for name in pack.files:
        top = name.split("/")[0]
        assert f"`{top}/`" in said or f"`{top}`" in said or name == "README.md", name
    for line in pack.lines("events.jsonl"):
        record = json.loads(line)
        for member in (*record, *record["data"]):
            assert f"`{member}`" in said, member
        assert f"| `{record['kind']}` |" in said
    for column in pack.rows("attachments.csv")[0]:
        assert f"`{column}`" in said
    for member in json.loads(pack.lines("disclosures.jsonl")[0]):
        assert f"`{member}`" in said
    for section in pack.json("statements/q1-revenue/1/statement.json")["sections"]:
        for column in section["columns"]:
            assert f"| T1 | `{section['name']}.{column['name']}` |" in said
    assert "$" not in said


# -- writing it ------------------------------------------------------------------------------------------


def test_a_file_that_is_there_already_is_left_as_it_is(books: Books, to: Path) -> None:
    to.write_text("last year's pack")
    with pytest.raises(LedgerError, match=r"pack\.exists"):
        books.pack(to)
    assert to.read_text() == "last year's pack"


def test_a_full_disk_leaves_nothing_half(books: Books, to: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreFull):
        books.pack(to)
    assert list(to.parent.glob("*pack.zip*")) == []
    monkeypatch.undo()
    assert books.pack(to)[0].records > 0


def test_a_folder_that_is_not_there_is_named(books: Books, tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"pack\.unwritable") as found:
        books.pack(tmp_path / "nowhere" / "pack.zip")
    assert found.value.details["reason"] == "No such file or directory"


# -- the command -----------------------------------------------------------------------------------------


@pytest.fixture
def terminal(books: Books, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    monkeypatch.setattr(terminal_words, "LANG", "en")
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", books.services.database_url)

    def mingzhang(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["mingzhang", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed, said = capsys.readouterr()
        return int(ended.value.code or 0), printed, said

    return mingzhang


def test_the_command_says_what_is_in_the_pack(books: Books, terminal: Terminal, to: Path) -> None:
    books.with_files()
    status, printed, said = terminal("export", LEDGER, "--to", to)
    assert (status, said) == (0, "")
    records = books.services.store.length(LEDGER)
    assert f"{to}: {records} records, 0 published statements, 1 attachments (2 more" in printed
    assert sha256_of(Unzipped(to).files["manifest.json"]) in printed


def test_the_command_names_what_is_missing_and_still_writes_the_pack(
    books: Books, terminal: Terminal, to: Path
) -> None:
    number, invoice, *_ = books.with_files()
    books.services.files.remove(invoice)
    status, _, said = terminal("export", LEDGER, "--to", to, "--tier", "audit")
    assert status == 0
    assert f"missing: attachment {invoice} 发票.pdf (record {number})" in said
    assert "Files that should be there and are not: 1;" in said
    assert len(Unzipped(to).named("attachments/")) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--to", "pack.txt"),
        ("--format", "hledger", "--to", "pack.ZIP"),
        ("--tier", "secret", "--to", "p.zip"),
    ],
)
def test_a_command_that_cannot_be_meant_is_refused(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    status, printed, said = terminal("export", LEDGER, *arguments)
    assert (status != 0, printed) == (True, "")
    assert "--format" in said or "secret" in said
    assert not list(tmp_path.glob("p*"))


def test_the_command_leaves_a_file_that_is_there(terminal: Terminal, to: Path) -> None:
    to.write_text("last year's pack")
    status, printed, said = terminal("export", LEDGER, "--to", to)
    assert (status, printed) == (1, "")
    assert "is there already" in said
