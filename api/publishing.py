"""The logs of an installation: where they lie, what signs them, and what each ledger says of its own."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from api.imports.worklist import OPERATOR
from api.settings import ORIGIN, Settings
from ledger.actions.transparency_log import TAG, DeclaredLog, DeclareLog, RotateLogKey
from ledger.asked import Asked
from ledger.commands import Command
from ledger.errors import StoreMisused
from ledger.events import Source, public_profile
from ledger.ledger import GovernanceLedger
from ledger.rules.semantics import SHANGHAI
from ledger.transparency.checkpoint import checkpoint_of
from ledger.transparency.keys import LogKeys, read_keys
from ledger.transparency.log_folder import LogFolder
from ledger.transparency.note import NoteInvalid, SigningKey, VerifierKey, parsed
from ledger.transparency.policy import policy_of
from ledger.transparency.publisher import NO_WITNESSES, Publisher, Signing
from ledger.transparency.witness_client import clients_of

COMMAND_LINE = Source(via="command-line")


class Places(NamedTuple):
    """Where the logs lie, what signs them and who witnesses them; `url`: the prefix they are found under."""

    folder: Path | None
    key_file: Path | None = None
    witness_policy: Path | None = None
    url: str = f"{ORIGIN}/t"

    @classmethod
    def of(cls, settings: Settings) -> "Places":
        """As the settings say; by default beside an SQLite store."""
        folder, url = settings.log, settings.database_url
        if folder is None and url.startswith("sqlite:"):
            folder = Path(url.removeprefix("sqlite:///")) / "log"
        return cls(folder, settings.log_key_file, settings.witness_policy, f"{settings.origin}/t")


class Logs:
    """The logs of an installation; without a key nothing is signed, what was signed is still shown."""

    def __init__(self, places: Places, ledger: GovernanceLedger, today: Callable[[], date]) -> None:
        self._places, self._ledger, self._today = places, ledger, today

    @property
    def folder(self) -> Path | None:
        """Where they lie; none beside PostgreSQL where nobody said."""
        return self._places.folder

    @property
    def origin(self) -> str:
        """The address of the installation, as papers name it."""
        return self._places.url.removesuffix("/t")

    @property
    def signs(self) -> bool:
        """Whether this process is given a key."""
        return self._places.key_file is not None

    def of(self, ledger: str) -> LogFolder | None:
        """The files of one log; none where no log can be."""
        return LogFolder(self.folder / ledger) if self.folder else None

    @property
    def key_file(self) -> Path:
        """The file of the key. Errors: `StoreMisused` if the settings name none."""
        if self._places.key_file is None:
            raise StoreMisused("key.no-file")
        return self._places.key_file

    def keys(self) -> LogKeys:
        """What signs now. Errors: `KeyUnusable`, `StoreMisused`."""
        return read_keys(self.key_file)

    def publisher(self) -> Publisher:
        """A publisher of all logs. Errors: `KeyUnusable`, `PolicyInvalid`, `StoreMisused`."""
        self.keys()
        if self.folder is None:
            raise StoreMisused("log.no-folder")
        policy = self._policy()
        signing = Signing(self.keys, policy, clients_of(policy_of(policy)), self._places.url)
        return Publisher(self._ledger.store, self.folder, signing, self._announce)

    def is_replaced(self, ledger: str) -> bool:
        """Whether readers see, under the signatures of both keys, that another one signs now.

        Errors: `KeyUnusable`, `StoreMisused`.
        """
        said, keys = self._declared(ledger), [signer.vkey for signer in self.keys().signers(ledger)]
        log = self.of(ledger)
        shown = log.checkpoint() if log else None
        try:
            note = parsed(shown or b"")
            return (
                said.key == str(keys[0])
                and set(note.signed_by(keys)) == set(keys)
                and checkpoint_of(note.text).size > said.said_at
            )
        except NoteInvalid:
            return False

    def keys_named(self, ledger: str) -> tuple[VerifierKey, ...]:
        """Every key a ledger ever said signs its log, the one in use last."""
        said, found = DeclaredLog(), list[str]()
        for recorded in self._ledger.store.tagged(ledger, TAG, 0):
            said.evolve(recorded)
            if said.key is not None and said.key not in found[-1:]:
                found.append(said.key)
        return tuple(map(VerifierKey.of, found))

    def _policy(self) -> bytes:
        file = self._places.witness_policy
        try:
            return file.read_bytes() if file else NO_WITNESSES
        except OSError as error:
            raise StoreMisused("log.policy-unreadable", file=str(file), reason=error.strerror) from error

    # -- what a ledger says of its log ---------------------------------------------------------------------

    def _announce(self, ledger: str, signers: Sequence[SigningKey]) -> None:
        """Record what the log is, if that is not what the ledger says (verification.md, rule 10)."""
        said = self._declared(ledger)
        in_use = signers[0].vkey
        if said.key not in (None, str(in_use)):
            self._record(ledger, RotateLogKey(old_key=said.key, new_key=str(in_use)))
        wanted = DeclareLog(
            origin=in_use.name,
            log_key=str(in_use),
            witnesses=_lines(self._policy()),
            profile_sha256=hashlib.sha256(public_profile()).hexdigest(),
            time_zone=SHANGHAI.key,
        )
        if said.declared is None or any(
            getattr(said.declared, name) != getattr(wanted, name)
            for name in ("origin", "witnesses", "profile_sha256")
        ):
            self._record(ledger, wanted)

    def _declared(self, ledger: str) -> DeclaredLog:
        said = DeclaredLog()
        for recorded in self._ledger.store.tagged(ledger, TAG, 0):
            said.evolve(recorded)
        return said

    def _record(self, ledger: str, command: Command) -> None:
        self._ledger.vault.key(OPERATOR, create=True)
        self._ledger.record(Asked(ledger, command, OPERATOR, self._today(), COMMAND_LINE))


def _lines(policy: bytes) -> tuple[str, ...]:
    """A policy without its comments, a line each."""
    lines = (" ".join(line.split()) for line in policy.decode().splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))
