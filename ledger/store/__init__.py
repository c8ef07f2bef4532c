"""Where events are kept. `open_store(url)` gives the store for a database URL."""

from ledger.errors import StoreMisused
from ledger.store.port import Store


def open_store(url: str) -> Store:
    """The store behind `sqlite:///folder` or `postgresql://…`; nothing is opened before the first use."""
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        from ledger.store.sqlite import SQLiteStore  # noqa: PLC0415  each driver is loaded only when it is used

        return SQLiteStore(rest[1:])
    if scheme in ("postgresql", "postgres"):
        from ledger.store.postgres import PostgresStore  # noqa: PLC0415

        return PostgresStore(url)
    raise StoreMisused("store.url", url=scheme)
