"""Signs what was recorded, so that nobody can change it afterwards: one checkpoint after another, per log.

Everything here follows from the store and can be done again: whatever line a crash comes at, the next
publisher completes the same files with the same bytes. What does not fit stops that log: nothing is signed.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from ledger.errors import LedgerError, StoreBusy, StoreFull, StoreUnavailable
from ledger.store.port import READ_BATCH, Store
from ledger.transparency.cosigning import WitnessClient, Witnesses
from ledger.transparency.keys import LogKeys
from ledger.transparency.log_folder import LogFolder, Step, Stop, nothing
from ledger.transparency.note import SigningKey, VerifierKey
from ledger.transparency.policy import policy_of
from ledger.transparency.signed_log import SignedLog

LOG = logging.getLogger("mingzhang.publisher")
INTERVAL_SECONDS = 10.0  # between two rounds: what is recorded is public at most so much later
HEARTBEAT_SECONDS = 3600.0  # how often all is looked at again, and signed again by witnesses: it is fresh
RETRY_SECONDS = 60.0  # a log that stopped is looked at again, should somebody have put it right
IDLE_SECONDS = 0.5
NO_WITNESSES = b"quorum none\n"
PASSING = (StoreBusy, StoreUnavailable, StoreFull)  # says nothing about the log


class Lock(Protocol):
    """Held by at most one publisher of an installation."""

    def acquired(self) -> bool:
        """Take the lock if nobody else holds it; whether it is held now."""

    def release(self) -> None:
        """Let the next one take it."""


class Signing(NamedTuple):
    """What an installation signs with.

    `keys`: as they are now; `policy`: lines of a tlog-policy on witnesses, `clients`: how each is asked, by
    its name there; `url`: the prefix under which the logs are found.
    """

    keys: Callable[[], LogKeys]
    policy: bytes = NO_WITNESSES
    clients: Mapping[str, WitnessClient] = {}
    url: str | None = None

    def policy_of_log(self, ledger: str, keys: Sequence[VerifierKey]) -> bytes:
        """The policy of one log: its keys, then the witnesses."""
        where = f" {self.url}/{ledger}" if self.url else ""
        return "".join(f"log {key}{where}\n" for key in keys).encode() + self.policy


class Published(NamedTuple):
    """How far a log is: the size signed, the size readers see, and which witnesses signed just now."""

    ledger: str
    size: int
    shown: int
    witnesses: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether a checkpoint is signed that too few witnesses have seen."""
        return self.shown < self.size


Announce = Callable[[str, Sequence[SigningKey]], None]


class Publisher:
    """The logs of one store. `announce`: says in a ledger what its log is, where that is not said yet."""

    def __init__(
        self,
        store: Store,
        folder: Path,
        signing: Signing,
        announce: Announce | None = None,
        *,
        clock: Callable[[], float] = time.time,
        step: Step = nothing,
    ) -> None:
        self._store, self._folder, self._signing = store, folder, signing
        self._announce, self._clock, self._step = announce, clock, step
        self._witnesses = Witnesses(policy_of(signing.policy), signing.clients)
        self._logs: dict[str, tuple[SignedLog, float]] = {}  # and when all of it is to be looked at again
        self._due: dict[str, float] = {}  # when to look at a log although nothing was recorded
        self._position: int | None = None

    def publish(self, ledger: str) -> Published:
        """Sign what is new in a ledger; show it, if witnesses enough have seen it.

        Errors: `PublishingStopped`, `StoreDamaged`, `KeyUnusable` and others: nothing was signed.
        """
        try:
            published = self._published(ledger)
        except LedgerError as error:
            self._logs.pop(ledger, None)
            if not isinstance(error, PASSING):
                details = {name: one for name, one in error.details.items() if isinstance(one, str | int)}
                LogFolder(self._folder / ledger).stop(Stop(error.code, details))
            raise
        LogFolder(self._folder / ledger).stop(None)
        if published.waits:
            self._due[ledger] = self._clock() + INTERVAL_SECONDS
        else:
            self._due[ledger] = self._logs[ledger][1]
        return published

    def _published(self, ledger: str) -> Published:
        log, again = self._opened(ledger)
        seen: tuple[str, ...] = ()
        if log.sign_with_every_key():
            seen = log.show()  # both keys stand on the last checkpoint before the record that says so
        if self._announce is not None:
            self._announce(ledger, log.signers)
        before = log.size
        log.grow()
        seen = log.show(again=again and log.size == before) or seen
        return Published(ledger, log.size, log.shown, seen)

    def _opened(self, ledger: str) -> tuple[SignedLog, bool]:
        """A log, looked at from its first record on if it is time for that; and whether it was just now."""
        signers = self._signing.keys().signers(ledger)
        keys = tuple(signer.vkey for signer in signers)
        log, until = self._logs.get(ledger, (None, 0.0))
        if log is not None and log.keys == keys and self._clock() < until:
            return log, False
        files = LogFolder(self._folder / ledger, self._step)
        log = SignedLog(self._store, ledger, files, signers, self._witnesses)
        files.describe(self._signing.policy_of_log(ledger, keys), f"{keys[0]}\n".encode())
        self._logs[ledger] = log, self._clock() + HEARTBEAT_SECONDS
        return log, True

    # -- for ever ------------------------------------------------------------------------------------------

    def run(self, stop: threading.Event, lock: Lock) -> None:
        """Publish until told to stop; who does not hold the lock waits for it."""
        try:
            while not stop.is_set():
                try:
                    busy = lock.acquired() and self.round()
                except (LedgerError, OSError) as error:
                    if not stop.is_set():
                        LOG.error("publishing is held up: %s", error)
                    busy = True
                stop.wait(INTERVAL_SECONDS if busy else IDLE_SECONDS)
        finally:
            lock.release()

    def round(self) -> bool:
        """Publish every ledger with something new, or due; whether there was one.

        One that stops keeps no other from going on.
        """
        self._witnesses.listen_again()
        ledgers = self._to_publish()
        for ledger in ledgers:
            try:
                self.publish(ledger)
            except (LedgerError, OSError) as error:
                LOG.error("nothing of %s is signed: %s", ledger, error)
                self._due[ledger] = self._clock() + RETRY_SECONDS
        return bool(ledgers)

    def _to_publish(self) -> list[str]:
        found: dict[str, None] = {}
        if self._position is None:
            self._position = self._store.head()
            found |= dict.fromkeys(self._store.ledgers())
        while rows := self._store.rows(self._position, READ_BATCH):
            found |= dict.fromkeys(row.ledger for row in rows if row.ledger)
            self._position = rows[-1].position
        now = self._clock()
        return list(found | {ledger: None for ledger, due in self._due.items() if due <= now})
