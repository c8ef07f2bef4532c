"""Where events are kept. `open_store`, `open_vault` and `open_files` give what is behind a URL."""

from pathlib import Path

from ledger.errors import StoreMisused
from ledger.store.files import Files
from ledger.store.port import Store
from ledger.store.vault import SQLiteVault, Vault


def open_store(url: str) -> Store:
    """The store behind `sqlite:///folder` or `postgresql://…`; nothing is opened before the first use."""
    if (folder := _folder(url)) is not None:
        from ledger.store.sqlite import SQLiteStore  # noqa: PLC0415  each driver is loaded only when it is used

        return SQLiteStore(folder)
    _require_psycopg()
    from ledger.store.postgres import PostgresStore  # noqa: PLC0415

    return PostgresStore(url)


def open_vault(url: str, key_file: Path | None = None) -> Vault:
    """The vault beside the store of the same URL; nothing is opened before the first use.

    `key_file`: the key it is sealed with; by default beside an SQLite store, where it makes itself.
    """
    if (folder := _folder(url)) is not None:
        return SQLiteVault(folder, key_file)
    _require_psycopg()
    from ledger.store.postgres_vault import PostgresVault  # noqa: PLC0415

    return PostgresVault(url, key_file)


def open_files(url: str, folder: Path | None = None) -> Files:
    """The files that belong to the store: in `folder`, or beside an SQLite store; made on first use."""
    beside = _folder(url)
    return Files(folder or (beside / "files" if beside else None))


def _folder(url: str) -> Path | None:
    """The folder of an SQLite URL, none for PostgreSQL. Errors: `StoreMisused` for any other URL."""
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        return Path(rest[1:])
    if scheme in ("postgresql", "postgres"):
        return None
    raise StoreMisused("store.url", scheme=scheme)  # the rest of a URL may hold a password


def _require_psycopg() -> None:
    try:
        import psycopg  # noqa: F401, PLC0415
    except ImportError as error:
        raise StoreMisused("store.driver-missing", install="pip install 'mingzhang[postgres]'") from error
