"""`mingzhang export`: the books of a ledger as a file for another program."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import click

from api.documents import beancount, hledger
from api.documents.bookkeeping import Bookkeeping
from api.services import Services
from api.terminal import say

FORMATS = {"beancount": beancount.written, "hledger": hledger.written}


def export_command(services: Callable[..., AbstractContextManager[Services]]) -> click.Command:
    """The command, over the services of the installation."""

    @click.command("export", help=say("export"))
    @click.argument("ledger")
    @click.option("--format", "form", type=click.Choice(tuple(FORMATS)), help=say("export.format"))
    @click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help=say("export.to"))
    def export(ledger: str, form: str | None, to: Path | None) -> None:
        """Write the books as a journal, to a file or to the terminal."""
        if form is None or (to is not None and to.suffix.lower() == ".zip"):
            raise click.ClickException(say("export.no-pack", formats=" | ".join(FORMATS)))
        with services(of_store_there=True) as here:
            books = Bookkeeping(here.store, ledger)
            if to is None:
                for piece in FORMATS[form](books):
                    click.echo(piece, nl=False)
                return
            _write(to, form, books)
        click.echo(say("export.written", transactions=books.transactions, file=to))

    return export


def _write(to: Path, form: str, books: Bookkeeping) -> None:
    """All of the file or nothing: what stands there under its name is whole."""
    unfinished = to.with_name(f".{to.name}.unfinished")
    try:
        with unfinished.open("w", encoding="utf-8") as file:
            file.writelines(FORMATS[form](books))
        unfinished.replace(to)
    except OSError as error:
        raise click.FileError(str(to), error.strerror) from error
    finally:
        unfinished.unlink(missing_ok=True)
