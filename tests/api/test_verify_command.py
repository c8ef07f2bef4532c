"""`mingzhang verify FILE.zip` says what the `verify.py` in the pack says, and ends as it does."""

import sys
from pathlib import Path

import pytest

from api import cli
from api import terminal as terminal_words
from ledger.verifier import verify
from tests.verifier.packs import LOG_KEY, PackToTest, demonstration_pack

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> PackToTest:
    return demonstration_pack(tmp_path_factory.mktemp("pack"))


def run(monkeypatch: pytest.MonkeyPatch, lang: str, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["mingzhang", "verify", *map(str, words)])
    monkeypatch.setattr(terminal_words, "LANG", lang)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_has_the_words_and_the_status_of_the_file_in_the_pack(
    sound: PackToTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, lang: str
) -> None:
    pack, kept = sound.zipped(tmp_path / "pack.zip"), tmp_path / "kept"
    kept.write_bytes(sound.files["log/checkpoint"])
    given = (pack, "--vkey", LOG_KEY.vkey, "--checkpoint", kept)
    assert run(monkeypatch, lang, *given) == 0
    said = capsys.readouterr().out
    assert verify.main([*map(str, given), "--lang", lang]) == 0
    assert said == capsys.readouterr().out


def test_a_changed_pack_ends_with_one_and_no_pack_with_two(
    sound: PackToTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    changed = sound.copy()
    changed.change(9, lambda record: record.update(note="改过"))
    assert run(monkeypatch, "zh", changed.zipped(tmp_path / "changed.zip")) == 1
    assert "第一条有问题的记录: 9" in capsys.readouterr().out
    assert run(monkeypatch, "zh", tmp_path / "nothing.zip") == 2
    assert "没有这个文件" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["pack.zip", "--store"]])
def test_a_pack_or_the_store_and_not_both(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert run(monkeypatch, "zh", *words) == 2
    assert "二者选一" in capsys.readouterr().err
