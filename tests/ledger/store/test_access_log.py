"""The access log: every line tied to the one before, no line to be changed or taken out unnoticed."""

from datetime import UTC, datetime

import pytest

from ledger.errors import StoreDamaged
from ledger.store import open_vault
from ledger.store.vault import Vault
from tests.vault_keys import key_file_of

NOON = datetime(2026, 11, 20, 4, 0, 0, tzinfo=UTC)


def looked(vault: Vault, about: str = "/unit-accounts", *, who: str = "anna", at: datetime = NOON) -> int:
    return vault.accesses.write("wutongli", who, "auditor", "read-unit-accounts", about, at)


def test_a_look_is_there_for_the_next_process(vault: Vault, store_url: str) -> None:
    assert [looked(vault), looked(vault, "/files/x", who="bo")] == [1, 2]
    other = open_vault(store_url, key_file_of(store_url))
    newest, oldest = other.accesses.of("wutongli")
    assert (newest.who, newest.about, oldest.who, oldest.about) == (
        "bo",
        "/files/x",
        "anna",
        "/unit-accounts",
    )
    assert oldest.at == "2026-11-20T04:00:00.000+00:00"
    assert other.accesses.check() == 2
    other.close()


def test_an_empty_log_is_whole(vault: Vault) -> None:
    assert vault.accesses.check() == 0


CHANGES = [
    "UPDATE access SET role = 'chair' WHERE number = 2",
    "UPDATE access SET at = '2026-11-19T04:00:00.000+00:00' WHERE number = 2",
    "UPDATE access SET ledger = 'xinghuali' WHERE number = 2",
    "UPDATE access SET reading = 'nothing' WHERE number = 2",
    "UPDATE access SET about = (SELECT about FROM access WHERE number = 1) WHERE number = 2",
    "UPDATE access SET who = (SELECT who FROM access WHERE number = 1) WHERE number = 2",
    "UPDATE access SET subject = (SELECT subject FROM access WHERE number = 3) WHERE number = 2",
    "UPDATE access SET link = (SELECT link FROM access WHERE number = 1) WHERE number = 2",
    "UPDATE access SET number = 7 WHERE number = 3",
    "DELETE FROM access WHERE number = 1",
    "DELETE FROM access WHERE number < 3",
    "UPDATE access SET oldest = 2 WHERE number = 3",
    "DELETE FROM access WHERE number = 2",
    "DELETE FROM access WHERE number = 3",
    "DELETE FROM access",
]


@pytest.mark.parametrize("change", CHANGES)
def test_no_line_is_changed_or_taken_out_unnoticed(vault: Vault, change: str) -> None:
    for about, who in (("/a", "anna"), ("/b", "anna"), ("/c", "bo")):
        looked(vault, about, who=who)
    assert vault.accesses.check() == 3
    vault._run(change)
    with pytest.raises(StoreDamaged, match=r"access-log\.altered"):
        vault.accesses.check()


def test_lines_older_than_three_years_go_and_the_rest_still_holds(vault: Vault) -> None:
    looked(vault, "/a", at=datetime(2026, 11, 20, tzinfo=UTC))
    looked(vault, "/b", at=datetime(2028, 2, 29, tzinfo=UTC))
    looked(vault, "/c", at=datetime(2029, 11, 20, tzinfo=UTC))
    assert [one.about for one in vault.accesses.of("wutongli")] == ["/c", "/b", "/a"]
    looked(vault, "/d", at=datetime(2029, 11, 21, tzinfo=UTC))
    assert [one.about for one in vault.accesses.of("wutongli")] == ["/d", "/c", "/b"]
    assert vault.accesses.check() == 3


def test_who_looks_at_the_table_learns_neither_who_nor_at_what(vault: Vault) -> None:
    looked(vault, "/unit-disclosure?unit=3-101", who="ms-lotus")
    for row in vault._run("SELECT * FROM access"):
        shown = b"".join(
            bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode() for cell in row
        )
        assert b"3-101" not in shown
        assert b"lotus" not in shown


def test_an_altered_line_is_not_shown_as_if_it_were_sound(vault: Vault) -> None:
    looked(vault, "/a")
    looked(vault, "/b")
    vault._run("UPDATE access SET about = (SELECT about FROM access WHERE number = 1) WHERE number = 2")
    with pytest.raises(StoreDamaged, match=r"access-log\.altered"):
        vault.accesses.of("wutongli")
