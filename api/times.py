"""`as_of` and `known_at`, as every read takes them: the day that is looked at, and what was known by when."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from api.errors import BadQuery
from ledger.fields import Day

INSTANT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
KNOWN_AT = f"^([0-9]{{1,15}}|{INSTANT})$"

AsOf = Annotated[
    Day, Meta(description="Only what had happened by the end of this day, by legal date; all if left out")
]
KnownAt = Annotated[
    str,
    Meta(
        pattern=KNOWN_AT,
        description="Only what had been recorded by this record number or instant with offset (RFC 3339)",
    ),
]


def known_at_of(text: str | None) -> int | str | None:
    """A record number, or the instant as it was asked for. Errors: `BadQuery` for one that does not exist."""
    if text is None or text.isdecimal():
        return None if text is None else int(text)
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise BadQuery(("/known_at", "instant.malformed", {})) from None
    return text
