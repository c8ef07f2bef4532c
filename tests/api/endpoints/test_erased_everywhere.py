"""After erasure the value is nowhere: in no database nor its log, view, tile, export, log or temporary file.

And every leaf, proof, checkpoint, tile and pack made before is as it was and verified as before (promise P7).
"""

import logging
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from api.documents.audit_pack import Source, write_pack
from ledger.envelope import leaf_hash
from ledger.transparency.checkpoint import checkpoint_of
from ledger.transparency.log_folder import LogFolder
from ledger.transparency.note import parsed
from ledger.transparency.tiles import tiles_of
from ledger.verifier import verify
from tests.api.endpoints.installation import LEDGER, Installation
from tests.api.endpoints.secrets_told import (
    COUNTERPARTY,
    OWNER,
    SECRETS,
    authorised,
    erase,
    later,
    tell,
)
from tests.api.endpoints.sheets import look_at
from tests.api.signing import sign
from tests.postgres_server import PostgresServer

ACCOUNTS = f"/api/v1/ledgers/{LEDGER}/unit-accounts"
OWN = f"/api/v1/ledgers/{LEDGER}/unit-disclosure?unit=3-101"
ACCOUNT = "li-xiulan-oleander"
BUILDING = {"building": "4", "name": "四号楼", "doors": ["1"]}


@pytest.fixture
def there(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Iterator[Installation]:
    """An installation all whose files, also the temporary ones, lie in one folder; its log is listened to."""
    (tmp_path / "temporary").mkdir()
    (tmp_path / "files").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    caplog.set_level(logging.DEBUG)
    installation = Installation(store_url, tmp_path / "files")
    installation.begin()
    yield installation
    installation.close()


def bytes_of(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file in a folder, and what is packed in it."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path, path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as pack:
                    yield from ((path / name, pack.read(name)) for name in pack.namelist())


def found_in(folder: Path) -> set[tuple[str, bytes]]:
    secrets = (*SECRETS, ACCOUNT.encode())
    return {(path.name, secret) for path, raw in bytes_of(folder) for secret in secrets if secret in raw}


def packed(here: Installation, to: Path, tier: str = "public") -> Path:
    parts = here.services
    source = Source(parts.store, parts.vault, parts.files, parts.composer, parts.logs.folder)
    write_pack(source, LEDGER, tier, to)  # type: ignore[arg-type]
    return to


class Given(NamedTuple):
    """What a resident took home before anything was erased."""

    vkey: str
    pack: Path
    checkpoint: Path
    proofs: tuple[tuple[Path, Path], ...]  # with the record each is of
    tiles: dict[str, bytes]

    def still_holds(self, log: LogFolder, today: Path) -> None:
        """All of it is verified as before, and the pack of today extends it."""
        key = ("--vkey", self.vkey)
        assert verify.main([str(self.pack), *key]) == 0
        assert verify.main([str(today), *key, "--checkpoint", str(self.checkpoint)]) == 0
        for proof, record in self.proofs:
            asked = ("--proof", str(proof), "--entry", str(record), *key)
            assert verify.main([*asked]) == verify.main([str(today), *asked]) == 0
        size = checkpoint_of(parsed(self.checkpoint.read_bytes()).text).size
        assert {tile.path: log.read(tile) for tile in tiles_of(size)} == self.tiles


def taken_home(here: Installation, folder: Path) -> Given:
    """The log is published; a pack, the checkpoint, a proof of every record and every tile are taken."""
    vkey = str(sign(here.services, folder).signers(LEDGER)[0].vkey)
    home = folder / "home"
    home.mkdir()
    for path in ("export.zip", "checkpoint"):
        (home / path).write_bytes(asked(here, path))
    size = checkpoint_of(parsed((home / "checkpoint").read_bytes()).text).size
    proofs = []
    for number in range(size):
        proof, record = home / f"{number}.tlog-proof", home / f"{number}.json"
        proof.write_bytes(asked(here, f"proof/{number}"))
        record.write_bytes(asked(here, f"entry/{number}"))
        proofs.append((proof, record))
    tiles = {tile.path: asked(here, tile.path) for tile in tiles_of(size)}
    return Given(vkey, home / "export.zip", home / "checkpoint", tuple(proofs), tiles)


def asked(here: Installation, path: str) -> bytes:
    with here.get(f"/t/{LEDGER}/{path}") as answer:
        assert answer.status_code == 200, answer.text
        return answer.data


def work_with(here: Installation, account: str) -> None:
    """Somebody under a name of their own records something, and reads what is private."""
    here.grant(account, "secretary")
    assert here.ask("register-building", BUILDING, by=account).status_code == 201
    assert here.get(OWN, **authorised(here, account)).status_code == 200


def test_what_was_erased_is_found_nowhere_and_all_that_was_hashed_stays(
    there: Installation,
    tmp_path: Path,
    store_url: str,
    postgres_server: PostgresServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    scan = tell(there)
    work_with(there, ACCOUNT)
    assert {secret for _, secret in found_in(tmp_path)} == {b"Camellia"}, (
        "only the private file is in the clear"
    )
    assert b"disagree" not in there.get(ACCOUNTS, **authorised(there, "auditor")).data
    assert OWNER.encode() not in there.get(f"/api/v1/ledgers/{LEDGER}/events").data
    before = taken_home(there, tmp_path)
    leaves = [(row.entry, row.leaf_hash) for row in there.services.store.rows(0)]
    later(there)
    erase(there, "unit", "3-101", kind="personal-data.erased")
    erase(there, "owner", OWNER, kind="personal-data.erased")
    erase(there, "counterparty", f"stall-3/{COUNTERPARTY}", kind="personal-data.erased")
    erase(there, "account", ACCOUNT, kind="personal-data.erased")

    assert look_at(there, scan, by="auditor").status_code == 404
    assert there.get(OWN, **authorised(there, "auditor")).status_code == 200
    sign(there.services, tmp_path)
    after = packed(there, tmp_path / "after.zip", "audit")
    there.services.follower.rebuild(())
    there.close()
    assert found_in(tmp_path) == set()
    if store_url.startswith("postgres"):
        postgres_server.stop()
        postgres_server.start()
        assert found_in(postgres_server._data) == set()
    assert not any(secret.decode() in caplog.text for secret in (*SECRETS, ACCOUNT.encode()))
    rows = [(row.entry, row.leaf_hash) for row in there.services.store.rows(0)]
    assert rows[: len(leaves)] == leaves
    assert all(leaf_hash(entry) == hashed for entry, hashed in rows)
    assert there.services.store.deep_check() == len(rows)
    before.still_holds(LogFolder(tmp_path / LEDGER), after)


def test_while_the_ballot_is_locked_away_the_auditor_alone_sees_it_and_its_scan(there: Installation) -> None:
    scan = tell(there)
    erase(there, "unit", "3-101", kind="personal-data.restricted")
    kinds = {
        role: [one["kind"] for one in there.get(OWN, **authorised(there, role)).get_json()["records"]]
        for role in ("secretary", "auditor")
    }
    assert "ballot.cast" in kinds["auditor"]
    assert "ballot.cast" not in kinds["secretary"]
    seen = {role: look_at(there, scan, by=role).status_code for role in ("auditor", "chair", "street")}
    assert seen == {"auditor": 200, "chair": 404, "street": 404}
    shown = {
        role: there.get(f"/api/v1/ledgers/{LEDGER}/attachments?number={number}", **authorised(there, role))
        for role in ("auditor", "chair")
        for number in [
            row.number
            for row in there.services.store.ledger_rows(LEDGER, -1, 100)
            if b"attachments" in row.entry
        ][:1]
    }
    assert "sha256" in shown["auditor"].get_json()["attachments"][0]
    assert "sha256" not in shown["chair"].get_json()["attachments"][0]
