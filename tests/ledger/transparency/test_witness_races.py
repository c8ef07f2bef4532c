"""The check of a checkpoint and its taking the place of the last are one step: for rivals, and for death."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest

from ledger.transparency.note import Signature
from ledger.transparency.witness import Seen
from tests.ledger.transparency.watched import Log, a_witness

HISTORY = Log(150)
PROCESSES, THREADS = 2, 4
LOADED = get_context("forkserver")
LOADED.set_forkserver_preload(["tests.ledger.transparency.watched"])
Step = tuple[int, int]


def _all_at_once(task: Callable[[Path, int], list[Step]], folder: Path) -> list[Step]:
    """What was signed in all: two processes of four threads each."""
    with ProcessPoolExecutor(PROCESSES, LOADED) as processes:
        found = processes.map(partial(_threads, task, folder), range(PROCESSES))
        return [step for steps in found for step in steps]


def _threads(task: Callable[[Path, int], list[Step]], folder: Path, process: int) -> list[Step]:
    with ThreadPoolExecutor(THREADS) as threads:
        racers = range(process * THREADS, (process + 1) * THREADS)
        return [step for steps in threads.map(partial(task, folder), racers) for step in steps]


def _grow(folder: Path, racer: int) -> list[Step]:
    """Grow the log in steps of one's own, from wherever the others have brought it."""
    witness, old, signed = a_witness(folder), 0, []
    while old < 100:
        size = old + 1 + racer
        answer = witness.add_checkpoint(HISTORY.request(old, size))
        assert answer.status in (200, 409), answer
        if answer.status == 200:
            signed.append((old, size))
        old = size if answer.status == 200 else int(answer.body)
    return signed


def _fork(folder: Path, racer: int) -> list[Step]:
    """Ask for a history of one's own."""
    other = HISTORY.branch(40, 50, words=f"of racer {racer}")
    answer = a_witness(folder).add_checkpoint(other.request(42, 50) if racer else HISTORY.request(42, 50))
    return [(42, 50)] if answer.status == 200 else []


def _fork_from_nothing(folder: Path, racer: int) -> list[Step]:
    answer = a_witness(folder).add_checkpoint(Log(50, words=f"of racer {racer}").request(0, 50))
    assert answer.status in (200, 409)
    return [(0, 50)] if answer.status == 200 else []


def test_of_eight_that_grow_a_log_at_once_each_step_begins_where_the_last_ended(tmp_path):
    a_witness(tmp_path)
    steps = sorted(_all_at_once(_grow, tmp_path))
    assert len(steps) > 10
    assert [old for old, _ in steps] == [0, *(size for _, size in steps[:-1])]


def test_of_eight_histories_asked_for_at_once_one_is_signed(tmp_path):
    a_witness(tmp_path)
    assert _all_at_once(_fork_from_nothing, tmp_path) == [(0, 50)]


def test_seven_forks_beside_the_honest_log_are_not_signed(tmp_path):
    a_witness(tmp_path).add_checkpoint(HISTORY.request(0, 42))
    assert _all_at_once(_fork, tmp_path) == [(42, 50)]
    assert a_witness(tmp_path).add_checkpoint(HISTORY.request(50, 51)).status == 200


# -- killed ------------------------------------------------------------------------------------------


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _killed_between_check_and_store(folder: Path) -> None:
    witness = a_witness(folder)
    signer = witness.key

    class Dying:
        vkey = signer.vkey

        def sign(self, text: str, time: int = 0) -> Signature:
            _die()
            return signer.sign(text, time)

    witness.key = Dying()
    witness.add_checkpoint(HISTORY.request(42, 50))


def _killed_between_store_and_answer(folder: Path) -> None:
    witness = a_witness(folder)
    change = witness._memory.change

    def and_die(origin: str, decide: Callable[[Seen], Seen]) -> Seen:
        seen = change(origin, decide)
        _die()
        return seen

    witness._memory.change = and_die  # type: ignore[method-assign]
    witness.add_checkpoint(HISTORY.request(42, 50))


@pytest.mark.parametrize(
    ("killed", "size"), [(_killed_between_check_and_store, 42), (_killed_between_store_and_answer, 50)]
)
def test_a_witness_that_is_killed_never_gives_away_what_it_does_not_know(tmp_path, killed, size):
    a_witness(tmp_path).add_checkpoint(HISTORY.request(0, 42))
    process = LOADED.Process(target=killed, args=(tmp_path,))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    process.close()
    again = a_witness(tmp_path)
    assert again.add_checkpoint(HISTORY.request(0, 60)).body == f"{size}\n"
    assert again.add_checkpoint(HISTORY.branch(41, 60).request(size, 60)).status == 422
    assert again.add_checkpoint(HISTORY.request(size, 60)).status == 200
