"""Four processes spend from the same funds and decisions until nothing is left: no rule is broken, nothing is lost."""

import multiprocessing
import random
import time
from collections import defaultdict
from pathlib import Path

from tests.ledger.store.spenders import (
    AMOUNTS,
    BALANCE_FEN,
    LEDGERS,
    Acknowledged,
    acknowledged,
    audit,
    begin,
    close,
    open_ledger,
    spend,
)

SECONDS_MAX = 40


def test_four_processes_at_their_limits_break_no_rule_and_leave_no_gap(store_url: str, tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    begin(store_url)
    told = [tmp_path / f"writer-{number}" for number in range(4)]
    processes = [
        multiprocessing.get_context("spawn").Process(
            target=spend, args=(store_url, path.name, seed + number, path, time.monotonic() + SECONDS_MAX)
        )
        for number, path in enumerate(told)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(SECONDS_MAX + 30)
    assert [process.exitcode for process in processes] == [0] * 4

    ledger = open_ledger(store_url)
    try:
        assert ledger.store.deep_check() == ledger.store.head()  # no gap in positions, or in any ledger's numbers
        assert audit(ledger.store) == ([], [], [])
        answers = [line for path in told for line in acknowledged(path)]
        _must_be_recorded_once(answers)
        _must_have_been_at_the_limit(ledger.store)
    finally:
        close(ledger)


def _must_be_recorded_once(answers: list[Acknowledged]) -> None:
    by_key = defaultdict(list)
    for answer in answers:
        by_key[answer.key].append(answer)
    assert all(len({answer.position for answer in same}) == 1 for same in by_key.values())
    assert all([answer.replayed for answer in same].count(False) <= 1 for same in by_key.values())
    assert sum(len(same) > 1 for same in by_key.values()) > 20  # keys were repeated, by one writer and across writers
    places = [answer.position for answer in answers if not answer.replayed]
    assert len(places) == len(set(places))


def _must_have_been_at_the_limit(store: object) -> None:
    rows = store.rows(0, 1_000_000)  # type: ignore[attr-defined]
    for book in LEDGERS:
        paid = sum(
            int(row.entry.split(b'"amount_fen":')[1].split(b",")[0])
            for row in rows
            if row.ledger == book and row.kind == "fund-payment.recorded"
        )
        assert paid > BALANCE_FEN - 2 * max(AMOUNTS)
