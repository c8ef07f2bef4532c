"""What is erased is gone: values, keys, private files. What was hashed stays; what was cut short is ended."""

import base64
import hashlib
import shutil
from pathlib import Path

import pytest

from ledger.actors import commit
from ledger.asked import Asked, checked_command, receipt_key_of
from ledger.envelope import leaf_hash, parse
from ledger.ledger import GovernanceLedger
from ledger.rules.counting import CHOICES
from ledger.store.files import Files
from ledger.store.sqlite import SQLiteStore
from ledger.store.vault import SQLiteVault
from tests.ledger.secret_words import LAST_SPRING, YEARS_AGO, attach, erase, voted
from tests.ledger.story import TODAY, WUTONGLI, Story, given, then_recorded, when
from tests.ledger.vote_words import ballot, cast, register_of, unit

GUESSES = 1_000_000
SCAN = "选票扫描件 u-1 不同意".encode()


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files")


@pytest.fixture(autouse=True)
def told(a_story: Story, files: Files) -> Story:
    """Every spec here tells a story of a ledger that keeps files."""
    a_story.ledger = GovernanceLedger(a_story.store, a_story.vault, None, files)
    return a_story


def old_ballots(*units: str) -> None:
    given(*voted("lift-3", *units, closed_on=YEARS_AGO))


# -- gone ------------------------------------------------------------------------------------------


def test_the_values_the_key_and_all_that_was_kept_are_gone(told: Story):
    old_ballots("u-1", "u-2")
    before, other = (told.vault.commitments(f"wutongli/unit/u-{n}") for n in (1, 2))
    assert len(told.vault.values(before)) == 2
    when(erase("u-1"))
    then_recorded()
    assert told.vault.values(before) == {}
    assert told.vault.key("wutongli/unit/u-1") is None
    assert len(told.vault.values(other)) == 2


def test_every_leaf_stays_as_it_was(told: Story):
    old_ballots("u-1")
    before = [(row.entry, row.leaf_hash) for row in told.store.rows(0)]
    when(erase("u-1"))
    then_recorded()
    after = [(row.entry, row.leaf_hash) for row in told.store.rows(0)]
    assert after[: len(before)] == before
    assert all(leaf_hash(entry) == digest for entry, digest in after)
    assert told.store.deep_check() == len(after)


def test_nobody_finds_a_value_by_trying_whoever_else_has_a_key(told: Story):
    """Promise P7: a million guesses, and every key that is left, for a ballot with four possible values."""
    given(*register_of(unit("3-101", owner="张三丰 0417")))
    (row,) = told.store.rows(told.store.head() - 1, 1)
    entry = parse(row.entry)
    sealed = entry["data"]["units"][0]["owner_ref"]["_sd"]
    path = "units/0/owner_ref"
    key = told.vault.key("wutongli/owner/张三丰 0417")
    assert key is not None
    assert commit(key, entry["id"], path, "张三丰 0417") == sealed
    when(erase("张三丰 0417", "owner"))
    then_recorded()
    keys = [person.key for person in told.vault.persons()]
    assert len(keys) > 5
    for left in keys:
        guessed = [f"张三丰 {number:04}" for number in range(400, 500)]
        assert sealed not in {commit(left, entry["id"], path, value) for value in guessed}
    assert not any(plain(f"张三丰 {number:04}") == sealed for number in range(GUESSES))


def plain(value: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(value.encode()).digest()).decode().rstrip("=")


def test_of_a_ballot_all_four_choices_are_equally_likely_afterwards(told: Story):
    old_ballots("u-1", "u-2")
    (cast,) = [row for row in told.store.rows(0) if row.kind == "ballot.cast"][:1]
    entry = parse(cast.entry)
    when(erase("u-1"))
    then_recorded()
    keys = [person.key for person in told.vault.persons()]
    tried = {commit(key, entry["id"], "choice", choice) for key in keys for choice in CHOICES}
    assert entry["data"]["choice"]["_sd"] not in tried


def test_the_fingerprint_of_a_request_does_not_give_a_ballot_away(told: Story):
    """It stays in the books: without a secret in it, four guesses would do."""
    asked, body = checked_command(Asked(WUTONGLI, cast("u-1", "disagree"), "the-secretary", TODAY))
    key = receipt_key_of([(asked, body)], "key-1", told.vault)
    assert key is not None
    guessed = f"\n{WUTONGLI}\ncast-ballot\n".encode() + body
    for digest in (hashlib.sha256(guessed).digest(), hashlib.blake2b(guessed, digest_size=32).digest()):
        assert key.fingerprint != digest
    assert receipt_key_of([(asked, body)], "key-1", told.vault) == key


# -- private files ---------------------------------------------------------------------------------


def test_the_scan_of_a_ballot_goes_with_it(told: Story, files: Files):
    old_ballots()
    scan = attach(files, ballot("u-1", "disagree"), SCAN, "u-1 选票.pdf")
    other = attach(files, ballot("u-2"), b"another", "u-2.pdf")
    when(erase("u-1"))
    then_recorded()
    private = files.of(WUTONGLI, "audit")
    assert (private.has(scan), private.has(other)) == (False, True)
    assert told.vault.upload(WUTONGLI, scan) is None
    assert told.vault.upload(WUTONGLI, other) is not None


def test_a_scan_that_is_of_others_too_stays_until_they_go(told: Story, files: Files):
    old_ballots()
    sheet = attach(files, ballot("u-1"), SCAN, "整页.pdf")
    assert attach(files, ballot("u-2"), SCAN, "整页.pdf") == sheet
    when(erase("u-1"))
    then_recorded()
    assert files.of(WUTONGLI, "audit").has(sheet)
    when(erase("u-2"))
    then_recorded()
    assert told.vault.key("wutongli/unit/u-2") is None


def test_a_private_file_is_erased_by_its_digest(told: Story, files: Files):
    sheet = attach(files, ballot("u-1"), SCAN, "张三.pdf")
    when(erase(sheet, "file"))
    then_recorded()
    assert not files.of(WUTONGLI, "audit").has(sheet)
    assert told.vault.key(f"wutongli/file/{sheet}") is None


def test_with_the_ballot_its_scan_is_locked_away(told: Story, files: Files):
    given(*voted("lift-3", closed_on=None))
    scan = attach(files, ballot("u-1"), SCAN, "u-1 选票.pdf")
    when(erase("u-1"))
    then_recorded()
    assert files.of(WUTONGLI, "audit").has(scan)
    assert told.vault.is_restricted(f"wutongli/file/{scan}")


# -- cut short, restored ---------------------------------------------------------------------------


def reopened(folder: Path, files: Files) -> GovernanceLedger:
    return GovernanceLedger(SQLiteStore(folder), SQLiteVault(folder), None, files)


def closed(ledger: GovernanceLedger) -> None:
    ledger.store.close()
    ledger.vault.close()


def test_what_a_process_left_behind_the_next_one_finishes_before_anything_else(
    told: Story, store_folder: Path, files: Files
):
    old_ballots("u-1")
    told.ledger.erasing.finish = lambda: None  # type: ignore[method-assign]  # killed right after the record
    when(erase("u-1"))
    then_recorded()
    assert told.vault.key("wutongli/unit/u-1") is not None
    again = reopened(store_folder, files)
    again.erasing.finish_once()
    assert again.vault.key("wutongli/unit/u-1") is None
    closed(again)


def test_a_vault_restored_from_a_copy_forgets_again(told: Story, store_folder: Path, files: Files):
    """Backups bring keys back: every erasure in the books is carried out on them before anything else."""
    old_ballots("u-1", "u-2")
    told.vault.close()
    shutil.copy(store_folder / "vault.db", store_folder / "copy")
    when(erase("u-1"))
    then_recorded()
    told.vault.close()
    shutil.copy(store_folder / "copy", store_folder / "vault.db")
    again = reopened(store_folder, files)
    assert again.vault.key("wutongli/unit/u-1") is not None
    again.erasing.finish_once()
    assert again.vault.key("wutongli/unit/u-1") is None
    assert again.vault.key("wutongli/unit/u-2") is not None
    closed(again)


def test_books_restored_to_an_earlier_state_are_gone_through_again(told: Story):
    old_ballots("u-1")
    told.vault.swept = told.store.head() + 1_000
    when(erase("u-1"))
    then_recorded()
    assert told.vault.key("wutongli/unit/u-1") is None
    assert told.vault.swept == told.store.head()


def test_a_restriction_is_carried_out_again_as_well(told: Story, store_folder: Path, files: Files):
    given(*voted("lift-3", "u-1", closed_on=LAST_SPRING))
    told.ledger.erasing.finish = lambda: None  # type: ignore[method-assign]
    when(erase("u-1"))
    then_recorded()
    again = reopened(store_folder, files)
    again.erasing.finish_once()
    assert again.vault.is_restricted("wutongli/unit/u-1")
    closed(again)


# -- bytes -----------------------------------------------------------------------------------------


def test_what_is_kept_is_never_in_the_clear_in_any_file_of_the_store(told: Story, store_folder: Path):
    given(*register_of(unit("3-101", owner="张三丰-lotus")))
    told.vault.close()
    for path in store_folder.iterdir():
        assert "张三丰-lotus".encode() not in path.read_bytes(), path.name
