"""Killed between any two steps of an erasure: nothing is erased without a record, nothing stays for long."""

import os
import signal
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

from ledger.asked import Asked
from ledger.ledger import GovernanceLedger
from ledger.store import open_store, open_vault
from ledger.store.files import Files
from ledger.store.postgres import PostgresStore
from ledger.store.postgres_vault import PostgresVaultDatabase
from ledger.store.sqlite import SQLiteStore
from ledger.store.vault_database import SQLiteVaultDatabase
from tests.ledger.secret_words import YEARS_AGO, attach, erase, voted
from tests.ledger.story import TODAY, WUTONGLI, Story, given, telling
from tests.ledger.vote_words import ballot
from tests.vault_keys import key_file_of

STEPS_MAX = 60
DURABLE = (
    (SQLiteStore, "_commit"),
    (PostgresStore, "_commit"),
    (SQLiteVaultDatabase, "run"),
    (PostgresVaultDatabase, "run"),
    (SQLiteVaultDatabase, "in_turn"),
    (PostgresVaultDatabase, "in_turn"),
    (Path, "unlink"),
)


def opened(url: str, folder: Path) -> GovernanceLedger:
    return GovernanceLedger(open_store(url), open_vault(url, key_file_of(url)), None, Files(folder))


def close(ledger: GovernanceLedger) -> None:
    ledger.store.close()
    ledger.vault.close()


def erase_and_be_killed(url: str, folder: Path, unit: str, at: int) -> None:
    """In a process of its own: erase, and die before or after the step of that number."""
    steps = 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*args: Any, **options: Any) -> Any:
            nonlocal steps
            for doing in (lambda: real(*args, **options), lambda: None):
                steps += 1
                if steps == at:
                    os.kill(os.getpid(), signal.SIGKILL)
                if steps % 2:
                    done = doing()
            return done

        return stepping

    ledger = opened(url, folder)
    ledger.erasing.finish_once()
    for owner, name in DURABLE:
        setattr(owner, name, counted(getattr(owner, name)))
    ledger.record(Asked(WUTONGLI, erase(unit), "the-secretary", TODAY))
    close(ledger)


def test_an_erasure_killed_between_any_two_steps_is_whole_or_was_never_asked_for(
    store_url: str, tmp_path: Path, loaded: ForkServerContext
) -> None:
    folder = tmp_path / "files"
    ledger = opened(store_url, folder)
    story = Story(ledger.store, ledger.vault)
    story.ledger = ledger
    scans = {}
    for _ in telling(story):
        story.begin()
        given(*voted("lift-3", closed_on=YEARS_AGO, units_there=STEPS_MAX))
        for number in range(1, STEPS_MAX + 1):
            name = f"u-{number}"
            scans[name] = attach(Files(folder), ballot(name, "disagree"), name.encode(), f"{name}.pdf")
    close(ledger)
    unrecorded = 0
    for at, (unit, scan) in enumerate(scans.items(), 1):
        process = loaded.Process(target=erase_and_be_killed, args=(store_url, folder, unit, at))
        process.start()
        process.join(60)
        code = process.exitcode
        process.close()
        after = opened(store_url, folder)
        recorded = sum(1 for _ in after.store.tagged(WUTONGLI, "erasures", 0)) == at - unrecorded
        unrecorded += not recorded
        after.erasing.finish_once()
        person, private = f"wutongli/unit/{unit}", after.erasing._files.of(WUTONGLI, "audit")
        assert (after.vault.key(person) is None) == recorded, f"step {at}"
        assert private.has(scan) != recorded, f"step {at}"
        assert (after.vault.upload(WUTONGLI, scan) is None) == recorded, f"step {at}"
        assert after.vault.swept <= after.store.head()
        close(after)
        if code == 0:
            assert recorded
            assert 0 < unrecorded < at - 1, "some were killed before the record, some after it"
            return
        assert code == -signal.SIGKILL, code
    raise AssertionError("more steps than were tried")
