"""Instants as events carry them. What days and periods mean in law is in `ledger.rules.semantics`."""

from datetime import UTC, datetime


def stamp(instant: datetime) -> str:
    """An instant as events carry it: `2026-11-20T09:46:18.437Z`."""
    if instant.tzinfo is not UTC:
        instant = instant.astimezone(UTC)
    return f"{instant.isoformat(timespec='milliseconds')[:-6]}Z"


def instant(stamped: str) -> datetime:
    """The instant of a `stamp`."""
    return datetime.fromisoformat(stamped)
