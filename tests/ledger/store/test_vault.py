"""The vault: keys of persons, withheld values, tokens. Apart from the books, and gone when taken away."""

import multiprocessing
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ledger.actors import disclosure
from ledger.errors import StoreError, StoreMisused
from ledger.store import open_vault
from ledger.store import vault as vault_module
from ledger.store.vault import Kept, SQLiteVault, TokenHolder, Upload, Vault
from tests.postgres_server import PostgresServer
from tests.vault_keys import key_file_of

SPRING = date(2027, 3, 1)


def test_a_stranger_has_no_key_and_a_key_stays_the_same(vault: Vault, store_url: str) -> None:
    assert vault.key("anna") is None
    made = vault.key("anna", create=True)
    assert made is not None
    assert len(made) == 32
    assert vault.key("anna", create=True) == made != vault.key("bo", create=True)
    other = open_vault(store_url, key_file_of(store_url))
    assert other.key("anna") == made
    other.close()


def test_a_disclosure_is_kept_once(vault: Vault) -> None:
    vault.keep([Kept("digest-1", "anna", "account", "the-disclosure")])
    vault.keep([Kept("digest-1", "anna", "account", "another")])
    assert (vault.disclosed("digest-1"), vault.disclosed("digest-2")) == ("the-disclosure", None)


def test_keys_of_many_are_made_at_once_and_stay(vault: Vault, store_url: str) -> None:
    anna = vault.key("anna", create=True)
    made = vault.keys(["anna", "bo", "chen"], create=True)
    assert (made["anna"], len(set(made.values()))) == (anna, 3)
    other = open_vault(store_url, key_file_of(store_url))
    assert other.keys(["bo", "chen", "nobody"]) == {"bo": made["bo"], "chen": made["chen"]}
    other.close()


def test_the_values_and_commitments_kept_about_a_person_are_found_again(vault: Vault) -> None:
    unit, lotus = (disclosure(b"k" * 32, "event-1", "unit", value) for value in ("3-101", "荷花"))
    vault.keep([Kept("digest-1", "unit/3-101", "unit", unit), Kept("digest-2", "unit/3-102", "unit", lotus)])
    assert vault.commitments("unit/3-101") == {"digest-1"}
    assert vault.commitments("unit/3-103") == frozenset()
    assert vault.values(["digest-1", "digest-2", "erased"]) == {"digest-1": "3-101", "digest-2": "荷花"}


def test_what_is_forgotten_stays_in_no_file_of_the_tables(
    postgres_url: str, postgres_server: PostgresServer
) -> None:
    """PostgreSQL leaves a deleted row in its page; the write-ahead log is another matter (postgres_vault)."""

    def found(secret: bytes) -> set[str]:
        postgres_server.execute("CHECKPOINT")
        tables = postgres_server._data / "base"
        files = (path for path in tables.rglob("*") if path.is_file())
        return {path.parent.name for path in files if secret in path.read_bytes()}

    vault = open_vault(postgres_url, key_file_of(postgres_url))
    shown = disclosure(b"k" * 32, "event-1", "unit", "3-101")
    vault.keep([Kept(f"digest-{one}", f"unit/3-10{one}", "unit", shown) for one in (1, 2)])
    vault.keep_upload("wutongli", Upload("ab" * 32, "张三.pdf", "application/pdf", 9, "audit"))
    rows = [
        "SELECT sealed FROM vault.vault WHERE commitment = 'digest-2'",
        "SELECT s.sealed FROM vault.subject s JOIN vault.vault USING (subject) WHERE commitment = 'digest-2'",
        "SELECT name FROM vault.upload",
    ]
    database = postgres_url.partition("@/")[2].partition("?")[0]
    secrets = [bytes(postgres_server.execute(row, database)[0][0]) for row in rows]
    assert all(map(found, secrets))
    vault.forget("unit/3-102")
    vault.forget_upload("wutongli", "ab" * 32, f"wutongli/file/{'ab' * 32}")
    assert [found(secret) for secret in secrets] == [set(), set(), set()]
    assert vault.disclosed("digest-1") == shown
    vault.close()


def test_more_values_than_one_statement_holds_are_found(vault: Vault) -> None:
    many = {f"digest-{n}": disclosure(b"k" * 32, f"event-{n}", "choice", f"choice-{n}") for n in range(1201)}
    vault.keep([Kept(digest, "unit/3-101", "choice", shown) for digest, shown in many.items()])
    assert vault.values(many) == {f"digest-{n}": f"choice-{n}" for n in range(1201)}


def test_of_many_disclosures_all_are_kept_or_none(vault: Vault) -> None:
    sound, unsound = Kept("digest-1", "anna", "account", "shown"), Kept("digest-2", "bo", None, "shown")  # type: ignore[arg-type]
    with pytest.raises(StoreError, match=r"(?i)null"):
        vault.keep([sound, unsound])
    assert vault.disclosed("digest-1") is None
    vault.keep([sound])
    assert vault.disclosed("digest-1") == "shown"


def test_an_upload_is_known_to_its_ledger_as_it_was_first_given(vault: Vault, store_url: str) -> None:
    invoice = Upload("a" * 64, "发票.pdf", "application/pdf", 48_211, "audit")
    assert vault.upload("wutongli", "a" * 64) is None
    assert vault.keep_upload("wutongli", invoice) == invoice
    assert vault.keep_upload("wutongli", invoice._replace(name="又一次.pdf", tier="public")) == invoice
    assert vault.upload("xinghuali", "a" * 64) is None
    other = open_vault(store_url, key_file_of(store_url))
    assert other.upload("wutongli", "a" * 64) == invoice
    other.forget_upload("wutongli", "a" * 64, "wutongli/file/a")
    assert vault.upload("wutongli", "a" * 64) is None
    other.close()


def test_of_what_is_forgotten_neither_key_nor_disclosure_stays(vault: Vault, store_url: str) -> None:
    vault.keys(["wutongli/file/a", "anna"], create=True)
    vault.keep([Kept("digest-1", "wutongli/file/a", "name", "shown"), Kept("digest-2", "anna", "who", "too")])
    vault.forget("wutongli/file/a")
    other = open_vault(store_url, key_file_of(store_url))
    for one in (vault, other):
        assert (one.key("wutongli/file/a"), one.disclosed("digest-1")) == (None, None)
        assert one.commitments("wutongli/file/a") == frozenset()
        assert one.disclosed("digest-2") == "too"
        assert one.key("anna") is not None
    other.close()


def test_a_token_tells_its_holder(vault: Vault) -> None:
    token = vault.new_token("anna", SPRING)
    assert token.startswith("mz_")
    for _ in range(2):
        assert vault.holder(token) == TokenHolder("anna", SPRING)


ALMOST: list[Callable[[str], str]] = [
    lambda token: token + "x",
    lambda token: token[:-1],
    lambda token: token.upper(),
    lambda token: token + "\0",
    lambda token: token.replace("mz_", "mz__"),
    lambda token: token.rpartition("_")[0] + "_",
    lambda token: "",
    lambda token: "mz_",
    lambda token: "mz__",
    lambda token: "mz_\ud800_x",
    lambda token: "mz_' OR 1=1 --_x",
    lambda token: "mz_账_x",
]


@pytest.mark.parametrize("change", ALMOST)
def test_a_token_that_is_not_quite_right_has_no_holder(vault: Vault, change: Callable[[str], str]) -> None:
    token = vault.new_token("anna", SPRING)
    assert vault.holder(token) is not None
    assert vault.holder(change(token)) is None


def test_a_token_taken_back_is_refused_here_at_once_and_elsewhere_within_seconds(
    vault: Vault, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(vault_module.time, "monotonic", lambda: now)
    elsewhere = open_vault(store_url, key_file_of(store_url))
    token = vault.new_token("anna", SPRING)
    assert elsewhere.holder(token) == vault.holder(token) == TokenHolder("anna", SPRING)
    assert vault.revoke_token(token.split("_")[1])
    assert not vault.revoke_token(token.split("_")[1])
    assert vault.holder(token) is None
    now += 3.1
    assert elsewhere.holder(token) is None
    elsewhere.close()


def test_looking_at_a_token_again_soon_does_not_ask_the_database(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = vault.new_token("anna", SPRING)
    vault.holder(token)
    monkeypatch.setattr(vault, "_run", None)
    assert vault.holder(token) == TokenHolder("anna", SPRING)


def test_a_vault_inherited_over_a_fork_is_refused(vault: Vault) -> None:
    made = vault.key("anna", create=True)
    child = multiprocessing.get_context("fork").Process(target=_use_in_child, args=(vault,))
    child.start()
    child.join(30)
    assert child.exitcode == 0
    vault.keep([Kept("digest-1", "anna", "account", "the-disclosure")])
    assert vault.key("anna") == made


def _use_in_child(vault: Vault) -> None:
    with pytest.raises(StoreMisused, match=r"store\.inherited-over-fork"):
        vault.key("bo", create=True)


def test_the_vault_lies_apart_and_only_its_owner_reads_it(sqlite_url: str, tmp_path: Path) -> None:
    vault = open_vault(sqlite_url, key_file_of(sqlite_url))
    assert isinstance(vault, SQLiteVault)
    vault.keep([Kept("digest-1", "anna", "account", "lotus-moon")])
    vault.close()
    files = {file.name: file.stat().st_mode & 0o777 for file in (tmp_path / "books").iterdir()}
    assert files == {"vault.db": 0o600, "vault.key": 0o600}


def test_a_closed_vault_opens_again_when_it_is_used(vault: Vault) -> None:
    vault.keep([Kept("digest-1", "anna", "account", "the-disclosure")])
    vault.close()
    vault.close()
    assert vault.disclosed("digest-1") == "the-disclosure"
