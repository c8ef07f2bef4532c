"""Four processes spend the same funds and decisions until nothing is left: no rule broken, nothing lost."""

import multiprocessing
import random
from collections import defaultdict
from pathlib import Path

from ledger.store.port import Store
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

SECONDS_MAX = 60


def test_four_processes_at_their_limits_break_no_rule_and_leave_no_gap(
    store_url: str, tmp_path: Path
) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    begin(store_url)
    told = [tmp_path / f"writer-{number}" for number in range(4)]
    spawning = multiprocessing.get_context("spawn")
    together = spawning.Barrier(4)
    processes = [
        spawning.Process(target=spend, args=(store_url, seed + number, path, together))
        for number, path in enumerate(told)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(SECONDS_MAX)
    assert [process.exitcode for process in processes] == [0] * 4

    ledger = open_ledger(store_url)
    try:
        assert (
            ledger.store.deep_check() == ledger.store.head()
        )  # no gap in positions, or in any ledger's numbers
        assert audit(ledger.store) == ([], [], [])
        answers_of = [acknowledged(path) for path in told]
        assert all(sum(not answer.replayed for answer in answers) > 50 for answers in answers_of)
        answers = [answer for answers in answers_of for answer in answers]
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
    assert (
        sum(len(same) > 1 for same in by_key.values()) > 20
    )  # keys were repeated, by one writer and across writers
    places = [answer.position for answer in answers if not answer.replayed]
    assert len(places) == len(set(places))


def _must_have_been_at_the_limit(store: Store) -> None:
    rows = store.rows(0, 1_000_000)
    for book in LEDGERS:
        paid = sum(
            int(row.entry.split(b'"amount_fen":')[1].split(b",")[0])
            for row in rows
            if row.ledger == book and row.kind == "fund-payment.recorded"
        )
        assert paid > BALANCE_FEN - 2 * max(AMOUNTS)
