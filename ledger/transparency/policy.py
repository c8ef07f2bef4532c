"""Which logs, which witnesses, and how many of them (C2SP tlog-policy): what a reader decides to trust."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from ledger.errors import LedgerError
from ledger.transparency.note import NoteInvalid, VerifierKey

POLICY_BYTES_MAX = 100_000
_NAME = re.compile(r"[^\s#]+")
_COUNT = re.compile("[1-9][0-9]{0,3}")
_KEYWORDS = frozenset({"none", "all", "any"})


class PolicyInvalid(LedgerError):
    """Not a policy; `line` is where, `reason` what is wrong."""

    code = "policy.invalid"


class Party(NamedTuple):
    """A log or a witness: its key, and where it is found."""

    key: VerifierKey
    url: str | None = None


class Group(NamedTuple):
    """Enough, if `needed` of its members are."""

    needed: int
    members: tuple[str, ...]


class Policy(NamedTuple):
    """`witnesses`, `groups`: by the names the policy gives them; `quorum`: one of those, none for nobody."""

    logs: tuple[Party, ...]
    witnesses: Mapping[str, Party]
    groups: Mapping[str, Group]
    quorum: str | None

    @property
    def witness_keys(self) -> tuple[VerifierKey, ...]:
        """The keys of all witnesses."""
        return tuple(party.key for party in self.witnesses.values())

    def is_met_by(self, signed: Collection[VerifierKey]) -> bool:
        """Whether these witnesses are enough."""
        return self.quorum is None or self._is_enough(self.quorum, signed)

    def _is_enough(self, name: str, signed: Collection[VerifierKey]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name].key in signed
        group = self.groups[name]
        return sum(self._is_enough(member, signed) for member in group.members) >= group.needed


def policy_of(raw: bytes) -> Policy:
    """The policy of a file. Errors: `PolicyInvalid`."""
    if len(raw) > POLICY_BYTES_MAX:
        raise PolicyInvalid(line=0, reason="too-long")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise PolicyInvalid(line=0, reason="utf-8") from None
    reading = _Reading()
    for number, fields in _lines(text):
        try:
            reading.take(fields)
        except NoteInvalid as invalid:
            raise PolicyInvalid(line=number, reason=str(invalid.details["reason"])) from None
        except ValueError as fault:
            raise PolicyInvalid(line=number, reason=str(fault)) from None
    if not reading.has_quorum:
        raise PolicyInvalid(line=0, reason="no-quorum")
    return Policy(tuple(reading.logs), reading.witnesses, reading.groups, reading.quorum)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.split("\n"), 1):
        fields = line.replace("\t", " ").split(" ")
        found = [field for field in fields if field]
        if found and not found[0].startswith("#"):
            yield number, found


class _Reading:
    """What the lines so far said. Faults: `ValueError` with the reason, `NoteInvalid` of a key."""

    def __init__(self) -> None:
        self.logs: list[Party] = []
        self.witnesses: dict[str, Party] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self.has_quorum = False
        self._grouped: set[str] = set()

    def take(self, fields: Sequence[str]) -> None:
        match fields:
            case ["log", vkey, *url] if len(url) <= 1:
                self._add_log(Party(VerifierKey.of(vkey), *url))
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self._add_witness(name, Party(VerifierKey.of(vkey), *url))
            case ["group", name, needed, *members] if members:
                self._add_group(name, needed, members)
            case ["quorum", name]:
                self._set_quorum(name)
            case _:
                raise ValueError("line")

    def _add_log(self, party: Party) -> None:
        if party.key in (log.key for log in self.logs):
            raise ValueError("key-twice")
        self.logs.append(party)

    def _add_witness(self, name: str, party: Party) -> None:
        self._check_new(name)
        if party.key in (witness.key for witness in self.witnesses.values()):
            raise ValueError("key-twice")
        self.witnesses[name] = party

    def _add_group(self, name: str, needed: str, members: Sequence[str]) -> None:
        self._check_new(name)
        if unknown := [member for member in members if member not in {*self.witnesses, *self.groups}]:
            raise ValueError(f"unknown {unknown[0]}")
        if len(set(members)) < len(members) or self._grouped.intersection(members):
            raise ValueError("member-twice")
        count = {"all": len(members), "any": 1}.get(needed)
        if count is None:
            if not _COUNT.fullmatch(needed) or int(needed) > len(members):
                raise ValueError("threshold")
            count = int(needed)
        self._grouped.update(members)
        self.groups[name] = Group(count, tuple(members))

    def _set_quorum(self, name: str) -> None:
        if self.has_quorum:
            raise ValueError("quorum-twice")
        if name != "none" and name not in {*self.witnesses, *self.groups}:
            raise ValueError(f"unknown {name}")
        self.has_quorum, self.quorum = True, None if name == "none" else name

    def _check_new(self, name: str) -> None:
        if name in _KEYWORDS or not _NAME.fullmatch(name):
            raise ValueError("name")
        if name in {*self.witnesses, *self.groups}:
            raise ValueError("name-twice")
