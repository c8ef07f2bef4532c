"""What is asked, checked before anything is decided: fields as their types say, days that can be, a key."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any, cast

import msgspec

from ledger.actions.community import OpenLedger
from ledger.commands import Command
from ledger.envelope import canonical, canonical_if_plain
from ledger.errors import Malformed, UnknownLedger
from ledger.events import Source
from ledger.fields import FIRST_DAY, ID_PATTERN, LAST_DAY, Part
from ledger.store.port import Key
from ledger.store.vault import Vault

_ID = re.compile(ID_PATTERN)
_INDEX = re.compile(r"\[(\d+)\]")


class Asked(msgspec.Struct, frozen=True, gc=False):
    """A command with all it comes with: for which ledger, by whom, when, through which door."""

    ledger: str
    command: Command
    account: str
    received_on: date
    source: Source = Source(via="api")


def checked_command(asked: Asked) -> tuple[Asked, bytes]:
    """The command with its legal date, once its fields are what its types say, and its bytes as it was asked.

    Errors: `Malformed`, `UnknownLedger`.
    """
    command = asked.command
    if not _ID.fullmatch(asked.ledger):
        if isinstance(command, OpenLedger):
            raise Malformed(("", "ledger.malformed-id", {"ledger": asked.ledger}))
        raise UnknownLedger(ledger=asked.ledger)
    body = canonical_if_plain(command) or canonical(command)
    try:
        _decoder(type(command)).decode(body)
    except msgspec.ValidationError as error:
        canonical(command)  # what lies outside the profile altogether is said more exactly
        message, _, path = str(error).partition(" - at `$")
        pointer = _INDEX.sub(r"/\1", path.rstrip("`")).replace(".", "/")
        raise Malformed((pointer, "field.malformed", {"reason": message})) from None
    days = list(_days(command, ""))
    for pointer, day in days:
        if not FIRST_DAY <= day <= LAST_DAY:
            raise Malformed((pointer, "date.out-of-range", {"first": FIRST_DAY, "last": LAST_DAY}))
    own = command.happened_on()
    if own is not None and command.occurred_on not in (None, own):
        raise Malformed(("/occurred_on", "date.contradicts", {"day": command.occurred_on, "own": own}))
    occurred_on = own or command.occurred_on
    if occurred_on is not None and occurred_on > asked.received_on:
        pointer = next(pointer for pointer, day in days if day == occurred_on)
        raise Malformed((pointer, "date.in-the-future", {"day": occurred_on, "today": asked.received_on}))
    command = msgspec.structs.replace(command, occurred_on=occurred_on or asked.received_on)
    return Asked(asked.ledger, command, asked.account, asked.received_on, asked.source), body


@cache
def _decoder(command: type[Command]) -> msgspec.json.Decoder[Command]:
    return msgspec.json.Decoder(command)


def _days(value: Any, pointer: str) -> Iterator[tuple[str, date]]:
    """Every day in a command, however deep, with its JSON pointer."""
    if isinstance(value, date):
        yield pointer, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _days(item, f"{pointer}/{index}")
    elif isinstance(value, Part):
        for name, member in _fields_with_days(type(value)):
            if (given := getattr(value, name)) is not None:
                yield from _days(given, f"{pointer}/{member}")


@cache
def _fields_with_days(part: type[Part]) -> tuple[tuple[str, str], ...]:
    """The fields of a part that may hold days, with their names in JSON."""
    described = cast(msgspec.inspect.StructType, msgspec.inspect.type_info(part))
    return tuple((field.name, field.encode_name) for field in described.fields if _may_hold_days(field.type))


def _may_hold_days(kind: Any) -> bool:
    match kind:
        case msgspec.inspect.DateType():
            return True
        case msgspec.inspect.Metadata(type=inner) | msgspec.inspect.VarTupleType(item_type=inner):
            return _may_hold_days(inner)
        case msgspec.inspect.UnionType(types=kinds) | msgspec.inspect.TupleType(item_types=kinds):
            return any(map(_may_hold_days, kinds))
        case msgspec.inspect.StructType(cls=part):
            return bool(_fields_with_days(part))
    return False


def receipt_key_of(asked: Sequence[tuple[Asked, bytes]], key: str | None, vault: Vault) -> Key | None:
    """The key with a fingerprint of what it is used for.

    The fingerprint stays in the books for good, and how a unit voted is soon guessed: a secret of the vault
    goes into it.
    """
    if key is None:
        return None
    fingerprint = hashlib.blake2b(key=vault.secret("fingerprint"), digest_size=32)
    for one, body in asked:
        # whose key it is, the first event tells: the same body of another person is no other body
        other = one.account if one.account != asked[0][0].account else ""
        fingerprint.update(f"{other}\n{one.ledger}\n{type(one.command).name}\n".encode() + body)
    return Key(f"{asked[0][0].ledger}/{key}", fingerprint.digest())
