"""Files apart from the books: whole or gone, whoever dies and whatever is full; the private ones erasable."""

import errno
import hashlib
import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from ledger.errors import StoreDamaged, StoreFull, StoreMisused, StoreUnavailable
from ledger.store import open_files
from ledger.store.files import Files

INVOICE = "发票 2026-118".encode()
DIGEST = hashlib.sha256(INVOICE).hexdigest()


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files")


def test_a_file_is_kept_under_its_digest_and_is_there_after_a_restart(files: Files) -> None:
    assert files.put(INVOICE) == DIGEST
    assert files.put(INVOICE) == DIGEST
    again = Files(files.folder)
    assert (again.get(DIGEST), again.has(DIGEST)) == (INVOICE, True)
    assert [path.name for path in files.folder.rglob("*") if path.is_file()] == [DIGEST]


def test_files_of_an_sqlite_store_lie_beside_it_unless_a_folder_is_named(tmp_path: Path) -> None:
    assert open_files("sqlite:///var/books").folder == Path("var/books/files")
    assert open_files("sqlite:///var/books", tmp_path).folder == tmp_path
    assert open_files("postgresql://db/books", tmp_path).folder == tmp_path
    with pytest.raises(StoreMisused, match=r"files\.no-folder"):
        open_files("postgresql://db/books").put(INVOICE)


def test_only_the_operator_may_read_them_on_the_machine(files: Files) -> None:
    files.of("wutongli", "audit").put(INVOICE)
    path = files.folder / "private" / "wutongli" / DIGEST[:2] / DIGEST
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_file_that_is_not_there_is_said_to_be_missing(files: Files) -> None:
    for name in (DIGEST, "../../etc/passwd", "", "A" * 64):
        assert not files.has(name)
        with pytest.raises(StoreDamaged, match=r"files\.missing"):
            files.get(name)


def test_a_changed_byte_is_noticed_and_putting_the_file_again_mends_it(files: Files) -> None:
    files.put(INVOICE)
    (files.folder / DIGEST[:2] / DIGEST).write_bytes(INVOICE + b"0")
    with pytest.raises(StoreDamaged, match=r"files\.differs"):
        files.get(DIGEST)
    files.put(INVOICE)
    assert files.get(DIGEST) == INVOICE


def test_a_private_file_is_erased_and_nobody_elses_copy_with_it(files: Files) -> None:
    ours, theirs = files.of("wutongli", "audit"), files.of("xinghuali", "owners")
    for place in (files, ours, theirs):
        place.put(INVOICE)
    ours.remove(DIGEST)
    ours.remove(DIGEST)
    assert [place.has(DIGEST) for place in (files, ours, theirs)] == [True, False, True]


@pytest.mark.parametrize(
    ("number", "error"), [(errno.ENOSPC, StoreFull), (errno.EDQUOT, StoreFull), (errno.EIO, StoreUnavailable)]
)
def test_a_disk_that_is_full_or_fails_keeps_nothing_half(
    files: Files, monkeypatch: pytest.MonkeyPatch, number: int, error: type[Exception]
) -> None:
    def fails(_: int) -> None:
        raise OSError(number, os.strerror(number))

    files.put(b"another")
    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(error):
        files.put(INVOICE)
    monkeypatch.undo()
    assert not files.has(DIGEST)
    assert not list(files.folder.rglob("*.unfinished"))


def _put_for_ever(folder: Path, begun: "multiprocessing.synchronize.Event") -> None:
    files, number = Files(folder), 0
    while True:
        files.put(b"%d" % number * 200_000)
        number += 1
        begun.set()


def test_killed_in_the_middle_no_file_is_half_there(tmp_path: Path) -> None:
    processes = multiprocessing.get_context("spawn")
    begun = processes.Event()
    writer = processes.Process(target=_put_for_ever, args=(tmp_path, begun))
    writer.start()
    try:
        assert begun.wait(30)
    finally:
        os.kill(writer.pid or 0, signal.SIGKILL)
        writer.join()
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".unfinished"]
    assert kept
    for path in kept:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name
