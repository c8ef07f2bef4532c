"""The key of a vault in the tests: beside the store as ever, on PostgreSQL beside its server's socket."""

from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from ledger.store.vault_key import KeyFile


def key_file_of(url: str) -> Path | None:
    """What to say of a vault at this address, in whichever process; made on first use."""
    if url.startswith("sqlite:"):
        return None
    file = KeyFile(Path(str(conninfo_to_dict(url)["host"])) / "vault.key")
    file.make()
    return file.path
