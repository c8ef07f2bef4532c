"""Whatever is done to a pack, `verify.py` says which level fails and names the record."""

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.verifier import verify
from tests.verifier.packs import LOG_KEY, PackToTest
from tests.verifier.tamperings import WITH_KEY, WITHOUT_KEY, Tampering


def checked(pack: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, Any]:
    status = verify.main([str(pack), "--json", *options])
    return status, json.loads(capsys.readouterr().out)


def states(report: Any) -> dict[str, str]:
    return {level["name"]: level["state"] for level in report["levels"]}


def failed(report: Any) -> dict[str, int | None]:
    return {level["name"]: level["record"] for level in report["levels"] if level["state"] == "fail"}


@pytest.mark.parametrize("tampering", [*WITHOUT_KEY, *WITH_KEY], ids=lambda one: one.name)
def test_a_tampered_pack_fails_and_the_record_is_named(
    tampering: Tampering, sound: PackToTest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = sound.copy()
    level, record = tampering.done(pack)
    status, report = checked(pack.zipped(tmp_path / "pack.zip"), capsys, "--vkey", str(LOG_KEY.vkey))
    assert status == 1
    assert level in failed(report), failed(report)
    if record is not None:
        assert failed(report)[level] == record
        assert report["first_bad"] <= record


@pytest.mark.parametrize("tampering", WITH_KEY, ids=lambda one: one.name)
def test_whoever_kept_a_checkpoint_sees_every_rewritten_past(
    tampering: Tampering, sound: PackToTest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kept").write_bytes(sound.files["log/checkpoint"])
    pack = sound.copy()
    tampering.done(pack)
    _, report = checked(pack.zipped(tmp_path / "pack.zip"), capsys, "--checkpoint", str(tmp_path / "kept"))
    is_longer = pack.entries[: len(sound.entries)] == sound.entries
    assert states(report)["grown"] == ("pass" if is_longer else "fail")
