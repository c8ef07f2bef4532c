"""After erasure the value is found nowhere: no database nor its log, no view, export, log, temporary file.

And every leaf, statement and pack made before is as it was (promise P7).
"""

import hashlib
import logging
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.documents.audit_pack import Source, write_pack
from ledger.envelope import leaf_hash
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
from tests.postgres_server import PostgresServer

ACCOUNTS = f"/api/v1/ledgers/{LEDGER}/unit-accounts"
OWN = f"/api/v1/ledgers/{LEDGER}/unit-disclosure?unit=3-101"


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
    return {(path.name, secret) for path, raw in bytes_of(folder) for secret in SECRETS if secret in raw}


def packed(here: Installation, to: Path, tier: str = "public") -> Path:
    parts = here.services
    write_pack(Source(parts.store, parts.vault, parts.files, parts.composer), LEDGER, tier, to)  # type: ignore[arg-type]
    return to


def test_what_was_erased_is_found_nowhere_and_all_that_was_hashed_stays(
    there: Installation,
    tmp_path: Path,
    store_url: str,
    postgres_server: PostgresServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    scan = tell(there)
    assert {secret for _, secret in found_in(tmp_path)} == {b"Camellia"}, (
        "only the private file is in the clear"
    )
    assert b"disagree" not in there.get(ACCOUNTS, **authorised(there, "auditor")).data
    assert OWNER.encode() not in there.get(f"/api/v1/ledgers/{LEDGER}/events").data
    before = packed(there, tmp_path / "before.zip")
    leaves = [(row.entry, row.leaf_hash) for row in there.services.store.rows(0)]
    digest = hashlib.sha256(before.read_bytes()).hexdigest()
    later(there)
    erase(there, "unit", "3-101", kind="personal-data.erased")
    erase(there, "owner", OWNER, kind="personal-data.erased")
    erase(there, "counterparty", f"stall-3/{COUNTERPARTY}", kind="personal-data.erased")

    assert look_at(there, scan, by="auditor").status_code == 404
    assert there.get(OWN, **authorised(there, "auditor")).status_code == 200
    packed(there, tmp_path / "after.zip", "audit")
    there.services.follower.rebuild(())
    there.close()
    assert found_in(tmp_path) == set()
    if store_url.startswith("postgres"):
        postgres_server.stop()
        postgres_server.start()
        assert found_in(postgres_server._data) == set()
    assert not any(secret.decode() in caplog.text for secret in SECRETS)
    after = [(row.entry, row.leaf_hash) for row in there.services.store.rows(0)]
    assert after[: len(leaves)] == leaves
    assert all(leaf_hash(entry) == hashed for entry, hashed in after)
    assert there.services.store.deep_check() == len(after)
    assert hashlib.sha256(before.read_bytes()).hexdigest() == digest


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
