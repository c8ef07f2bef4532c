"""`mingzhang backup` and `restore`: the books, the vault and the files, whole, while others go on recording.

Views are not in it: they are built again. Neither are the secrets: the key of the vault and the key and
folder of the log lie elsewhere on purpose, so that who finds a backup can neither read persons nor sign.
"""

import json
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click

from api.services import Services
from api.terminal import say
from ledger.durable import make_folder, sync_folder
from ledger.errors import StoreDamaged, StoreMisused
from ledger.store import open_store
from ledger.store.sqlite_copy import copy_database

DATABASES = ("ledger.db", "vault.db")  # in this order: what a record refers to is kept before it is recorded
FILES, DESCRIPTION = "files", "backup.json"


def backup_commands(services: Callable[..., AbstractContextManager[Services]]) -> list[click.Command]:
    """Both commands, over the services of the installation."""

    @click.command("backup", help=say("backup"))
    @click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
    def backup(folder: Path) -> None:
        """Copy everything into a folder that is not there yet."""
        with services(of_store_there=True) as here:
            head = back_up(_folder_of(here), folder, files=here.files.folder)
        click.echo(say("backup.done", folder=folder, events=head["position"], leaf_hash=head["leaf_hash"]))

    @click.command("restore", help=say("restore"))
    @click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
    def restore(folder: Path) -> None:
        """Put a backup where the environment says, once it is proven to be what was backed up."""
        with services() as here:
            head = put_back(folder, _folder_of(here), files=here.files.folder)
        click.echo(say("restore.done", folder=folder, events=head["position"], leaf_hash=head["leaf_hash"]))
        click.echo(say("restore.log"), err=True)

    return [backup, restore]


def back_up(store: Path, folder: Path, *, files: Path) -> dict[str, Any]:
    """Copy a store into a new folder; position and leaf hash of the last record in it.

    All of it or nothing: until it is whole it has another name. Errors: `StoreMisused` if one is there.
    """
    if folder.exists():
        raise StoreMisused("backup.exists", folder=str(folder))
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    make_folder(unfinished)
    try:
        for name in DATABASES:
            copy_database(store / name, unfinished / name)
        if files.is_dir():
            shutil.copytree(files, unfinished / FILES)
        head = _head(unfinished)
        (unfinished / DESCRIPTION).write_text(json.dumps(head, indent=1) + "\n", encoding="utf-8")
        unfinished.rename(folder)
        sync_folder(folder.parent)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return head


def put_back(folder: Path, store: Path, *, files: Path) -> dict[str, Any]:
    """Put a backup where no store is, once every record was hashed again and the last is the backup's.

    Errors: `StoreMisused` if a store is there or this is no backup; `StoreDamaged` if it is not whole.
    """
    if (store / DATABASES[0]).exists():
        raise StoreMisused("restore.exists", folder=str(store))
    try:
        described = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        expected = {"position": int(described["position"]), "leaf_hash": str(described["leaf_hash"])}
    except (OSError, ValueError, KeyError, TypeError):
        raise StoreMisused("restore.no-backup", folder=str(folder)) from None
    make_folder(store)
    unfinished = store / ".restore.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    make_folder(unfinished)
    try:
        for name in DATABASES:
            copy_database(folder / name, unfinished / name)
        if _head(unfinished) != expected:
            raise StoreDamaged("restore.differs", expected=expected["leaf_hash"])
        if (folder / FILES).is_dir():
            shutil.copytree(folder / FILES, files, dirs_exist_ok=True)
        for name in reversed(DATABASES):  # the books last: a store without its vault is never seen
            (unfinished / name).rename(store / name)
        sync_folder(store)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return expected


def _folder_of(here: Services) -> Path:
    if not here.database_url.startswith("sqlite:///"):
        raise StoreMisused("backup.postgresql")
    return Path(here.database_url.removeprefix("sqlite:///"))


def _head(folder: Path) -> dict[str, Any]:
    """Position and leaf hash of the last record, once every one was hashed again."""
    copied = open_store(f"sqlite:///{folder.resolve()}")
    try:
        position = copied.deep_check()
        last = copied.rows(position - 1, 1) if position else []
        return {"position": position, "leaf_hash": last[0].leaf_hash.hex() if last else ""}
    finally:
        copied.close()
