"""The key of the vault: a file apart that nobody else may read; without it the database says nothing."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from ledger.errors import StoreBusy, StoreMisused
from ledger.store import open_vault
from ledger.store.keyring import KeyRing
from ledger.store.vault import Kept, SQLiteVault, Upload, Vault
from ledger.store.vault_database import SQLiteVaultDatabase
from ledger.store.vault_key import KeyFile

LOTUS = Kept("digest-1", "wutongli/unit/3-101", "choice", "lotus-moon")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "books"


@pytest.fixture
def own_key(store_url: str, tmp_path: Path) -> Path:
    """A key of this vault's own: it will be rotated."""
    file = KeyFile(tmp_path / "own.key")
    file.make()
    return file.path


@pytest.fixture
def fresh(store_url: str, own_key: Path) -> Iterator[Callable[[], Vault]]:
    """The vault as another process sees it."""
    opened: list[Vault] = []

    def one_more() -> Vault:
        opened.append(open_vault(store_url, own_key))
        return opened[-1]

    yield one_more
    for vault in opened:
        vault.close()


def test_what_lies_in_the_database_names_nobody_and_shows_nothing(folder: Path) -> None:
    vault = SQLiteVault(folder)
    vault.keep([LOTUS])
    token = vault.new_token("wu-from-1201", date(2027, 3, 1))
    vault.keep_upload("wutongli", Upload("a" * 64, "张三 身份证.pdf", "application/pdf", 1, "audit"))
    vault.close()
    stored = (folder / "vault.db").read_bytes()
    for secret in ("lotus-moon", "3-101", "wu-from-1201", "张三", token.split("_", 2)[2]):
        assert secret.encode() not in stored
    assert b"digest-1" in stored


def test_without_the_key_the_database_is_of_no_use(folder: Path) -> None:
    vault = SQLiteVault(folder)
    vault.keep([LOTUS])
    vault.close()
    (folder / "vault.key").unlink()
    with pytest.raises(StoreMisused, match=r"vault\.key-missing"):
        SQLiteVault(folder).disclosed("digest-1")
    assert not (folder / "vault.key").exists(), "a new key would only hide that the old one is lost"


def test_another_key_does_not_open_it(folder: Path, tmp_path: Path) -> None:
    vault = SQLiteVault(folder)
    vault.keep([LOTUS])
    vault.close()
    other = KeyFile(tmp_path / "other.key")
    other.make()
    with pytest.raises(StoreMisused, match=r"vault\.key-of-another-vault"):
        SQLiteVault(folder, other.path).disclosed("digest-1")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666, 0o601])
def test_a_key_others_may_read_is_refused(folder: Path, mode: int) -> None:
    SQLiteVault(folder).key("anna", create=True)
    (folder / "vault.key").chmod(mode)
    with pytest.raises(StoreMisused, match=r"vault\.key-open-to-others"):
        SQLiteVault(folder).key("anna")


@pytest.mark.parametrize(
    "content", [b"", b"x" * 32, b"mingzhang-vault-key/1 AAAA\n", b"\xff\xfe", b"x" * 5000]
)
def test_what_is_no_key_is_refused(folder: Path, content: bytes) -> None:
    SQLiteVault(folder).key("anna", create=True)
    (folder / "vault.key").write_bytes(content)
    with pytest.raises(StoreMisused, match=r"vault\.key-malformed"):
        SQLiteVault(folder).key("anna")


def test_a_key_file_that_is_named_does_not_make_itself(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "safe" / "vault.key"
    vault = SQLiteVault(folder, elsewhere)
    with pytest.raises(StoreMisused, match=r"vault\.key-missing"):
        vault.key("anna", create=True)
    vault.make_key()
    assert vault.key("anna", create=True) is not None
    assert elsewhere.stat().st_mode & 0o777 == 0o600
    with pytest.raises(StoreMisused, match=r"vault\.key-there"):
        vault.make_key()


def test_a_lost_key_is_not_made_anew(folder: Path) -> None:
    vault = SQLiteVault(folder)
    vault.key("anna", create=True)
    (folder / "vault.key").unlink()
    with pytest.raises(StoreMisused, match=r"vault\.key-missing"):
        vault.make_key()


def test_on_postgresql_somebody_must_say_where_it_is(postgres_url: str) -> None:
    vault = open_vault(postgres_url)
    with pytest.raises(StoreMisused, match=r"vault\.no-key-file"):
        vault.key("anna", create=True)
    vault.close()


# -- rotation --------------------------------------------------------------------------------------


def test_after_a_rotation_everything_opens_with_the_new_key_alone(
    fresh: Callable[[], Vault], own_key: Path
) -> None:
    vault = fresh()
    vault.keep([LOTUS])
    key, secret, old = vault.key(LOTUS.subject), vault.secret("fingerprint"), own_key.read_bytes()
    assert vault.rotate() == 1
    assert own_key.read_bytes() != old
    for one in (vault, fresh()):
        assert (one.key(LOTUS.subject), one.disclosed("digest-1")) == (key, "lotus-moon")
        assert one.secret("fingerprint") == secret
    own_key.write_bytes(old)
    again = fresh()
    with pytest.raises(StoreMisused, match=r"vault\.key-missing|vault\.key-of-another"):
        again.disclosed("digest-1")


def test_an_older_copy_of_the_database_dies_with_the_older_key(folder: Path, tmp_path: Path) -> None:
    vault = SQLiteVault(folder)
    vault.keep([LOTUS])
    vault.close()
    (tmp_path / "copy").mkdir()
    shutil.copy(folder / "vault.db", tmp_path / "copy" / "vault.db")
    vault.rotate()
    shutil.copy(folder / "vault.key", tmp_path / "copy" / "vault.key")
    with pytest.raises(StoreMisused, match=r"vault\.key-of-another|vault\.key-missing"):
        SQLiteVault(tmp_path / "copy").disclosed("digest-1")


def test_a_process_that_knew_the_old_key_goes_on_with_the_new_one(
    fresh: Callable[[], Vault], own_key: Path
) -> None:
    older, vault = fresh(), fresh()
    older.key("anna", create=True)
    vault.rotate()
    older.keep([Kept("digest-2", "bo", "choice", "shown")])
    assert older.key("anna") == fresh().key("anna")
    assert vault.disclosed("digest-2") == "shown"


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("step", ["made", "rewrapped"])
def test_a_rotation_cut_short_leaves_one_of_the_two_keys_working(
    fresh: Callable[[], Vault], own_key: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = fresh()
    vault.keep([LOTUS])

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        if step == "made":
            patch.setattr(type(vault._database), "in_turn", killed)
        else:
            patch.setattr(KeyFile, "become", killed)
        with pytest.raises(Killed):
            vault.rotate()
    again = fresh()
    assert again.disclosed("digest-1") == "lotus-moon"
    assert again.rotate() == 1
    assert again.disclosed("digest-1") == "lotus-moon"
    assert {path.name for path in own_key.parent.iterdir() if "key" in path.name} == {"own.key"}


def test_two_rotations_at_once_are_one_after_the_other(fresh: Callable[[], Vault], own_key: Path) -> None:
    one, other = fresh(), fresh()
    one.keep([LOTUS])
    other.key("anna", create=True)
    one.rotate()
    other.rotate()
    assert (one.disclosed("digest-1"), other.disclosed("digest-1")) == ("lotus-moon", "lotus-moon")


def test_an_altered_row_is_noticed(folder: Path) -> None:
    vault = SQLiteVault(folder)
    vault.keep([LOTUS, Kept("digest-2", LOTUS.subject, "choice", "sun")])
    vault._run("UPDATE vault SET sealed = (SELECT sealed FROM vault WHERE commitment = 'digest-2')")
    with pytest.raises(Exception, match=r"vault\.altered"):
        vault.disclosed("digest-1")
    vault.close()


def test_keys_that_cannot_be_made_for_a_rotation_under_way_are_asked_for_again(folder: Path) -> None:
    ring = KeyRing(SQLiteVaultDatabase(folder / "vault.db"), KeyFile(folder / "vault.key", makes_itself=True))
    ring.tag("anna")
    ring._open = lambda: None  # type: ignore[method-assign]
    ring._database.run("UPDATE secret SET key_name = 'of-somebody-who-rotates'")
    with pytest.raises(StoreBusy):
        ring.make(["anna"])
    ring._database.close()
