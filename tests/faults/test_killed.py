"""Killed at a random moment, writers and servers lose nothing acknowledged and leave nothing half done."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

from ledger.store.entries import tags_of
from ledger.store.port import Store
from tests.ledger.store.spenders import acknowledged, begin, close, open_ledger, request
from tests.postgres_server import PostgresServer

PLENTY = 10**12
START_SECONDS_MAX = 30


class Rounds:
    """Starts two writers at a time on one store, and checks after each blow that the books are whole."""

    def __init__(self, url: str, folder: Path, loaded: ForkServerContext) -> None:
        self.url, self.folder, self._loaded = url, folder, loaded
        self.seed = random.randrange(2**32)
        self.luck = random.Random(self.seed)
        self._numbers = count()
        self.told: list[Path] = []
        self.at_first = begin(url, decisions={"printer": PLENTY}, balance_fen=PLENTY)
        print(f"seed {self.seed}")

    @contextmanager
    def writing(self) -> Iterator[list[ForkServerProcess]]:
        """Two writers, both at work by now; they are killed at the end."""
        told = [self.folder / f"writer-{next(self._numbers)}" for _ in range(2)]
        self.told += told
        writers = [self._loaded.Process(target=request, args=(self.url, self.seed, path)) for path in told]
        for writer in writers:
            writer.start()
        try:
            until = time.monotonic() + START_SECONDS_MAX
            while not all(acknowledged(path) for path in told):
                assert time.monotonic() < until, "the writers do not write"
                time.sleep(0.005)
            yield writers
        finally:
            for writer in writers:
                writer.kill()
                writer.join()
                writer.close()

    def check(self) -> int:
        """Every acknowledgement is kept, every piece is whole; how many there were."""
        ledger = open_ledger(self.url)
        try:
            commands = _commands(ledger.store, self.at_first)
            answers = [answer for path in self.told for answer in acknowledged(path)]
            for answer in answers:
                pieces = range(answer.position - answer.events + 1, answer.position + 1)
                assert {commands.get(position) for position in pieces} == {answer.key}
            for command, pieces_there in Counter(commands.values()).items():
                pieces_asked = int(command.partition("/")[2].partition("-")[0])
                assert pieces_there == pieces_asked, f"{command} is half there, or twice"
                assert ledger.store._receipt(command) is not None, f"{command} has no receipt"
            assert ledger.store.deep_check() == ledger.store.head()
        finally:
            close(ledger)
        return len(answers)


def _commands(store: Store, after: int) -> dict[int, str]:
    """Which command each event came from: its tag says `payment:<key of the command>-<piece>`."""
    commands = {}
    for row in store.rows(after, 1_000_000):
        (payment,) = (tag for tag in tags_of(row) if "payment:" in tag)
        commands[row.position] = payment.replace("payment:", "").rpartition("-")[0]
    return commands


def test_twenty_kills_on_sqlite_lose_nothing(
    sqlite_url: str, tmp_path: Path, loaded: ForkServerContext
) -> None:
    rounds = Rounds(sqlite_url, tmp_path, loaded)
    _kill(rounds, 20)


def test_ten_kills_on_postgresql_lose_nothing(
    postgres_url: str, tmp_path: Path, loaded: ForkServerContext
) -> None:
    rounds = Rounds(postgres_url, tmp_path, loaded)
    _kill(rounds, 10)


def _kill(rounds: Rounds, times: int) -> None:
    for _ in range(times):
        with rounds.writing():
            time.sleep(rounds.luck.uniform(0, 0.3))
        acknowledged_so_far = rounds.check()
    assert acknowledged_so_far > 5 * times


def test_three_immediate_stops_of_the_server_lose_nothing(
    postgres_server: PostgresServer, postgres_url: str, tmp_path: Path, loaded: ForkServerContext
) -> None:
    rounds = Rounds(postgres_url, tmp_path, loaded)
    for _ in range(3):
        with rounds.writing() as writers:
            time.sleep(rounds.luck.uniform(0, 0.3))
            postgres_server.stop(immediately=True)
            postgres_server.start()
            _must_go_on(rounds)
            assert all(writer.is_alive() for writer in writers)
        rounds.check()


def _must_go_on(rounds: Rounds) -> None:
    """Both writers get through again by themselves, without being started anew."""
    before = [len(acknowledged(path)) for path in rounds.told[-2:]]
    until = time.monotonic() + START_SECONDS_MAX
    while not all(
        len(acknowledged(path)) > old + 1 for path, old in zip(rounds.told[-2:], before, strict=True)
    ):
        assert time.monotonic() < until, "a writer did not get through again"
        time.sleep(0.01)
