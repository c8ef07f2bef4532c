"""`mingzhang anchor`: an authority stamps a checkpoint with the time; a person carries the files."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import click

from api import terminal, words
from api.services import Services
from api.terminal import not_written, say
from ledger.errors import StoreMisused, UnknownLedger
from ledger.transparency import anchors
from ledger.transparency.log_folder import LogFolder

NEW_FILE = click.Path(dir_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def anchor_commands(services: Callable[..., AbstractContextManager[Services]]) -> click.Group:
    """The commands, over the services of the installation."""

    @click.group("anchor", help=say("anchor"))
    def anchor() -> None:
        """Time stamps of the log."""

    @anchor.command(help=say("anchor.request"))
    @click.argument("ledger")
    @click.option("--to", type=NEW_FILE, required=True, help=say("anchor.to"))
    def request(ledger: str, to: Path) -> None:
        """Write what the authority is asked."""
        with services(of_store_there=True) as here:
            made = anchors.request(_log(here, ledger))
        try:
            with to.open("xb") as file:
                file.write(made)
        except FileExistsError as error:
            raise StoreMisused("pack.exists", file=str(to)) from error
        except OSError as error:
            raise not_written(to, error) from error
        click.echo(say("anchor.requested", file=to))

    @anchor.command(help=say("anchor.keep"))
    @click.argument("ledger")
    @click.argument("answer", type=FILE)
    @click.option("--roots", type=FILE, required=True, help=say("anchor.roots"))
    def keep(ledger: str, answer: Path, roots: Path) -> None:
        """Check what the authority answered, and keep it beside the log."""
        with services(of_store_there=True) as here:
            kept = anchors.keep(_log(here, ledger), answer.read_bytes(), roots.read_bytes())
        at = words.chinese_instant(kept.at, "en" if terminal.LANG == "en" else words.CHINESE)
        click.echo(say("anchor.kept", size=kept.size, at=at))

    return anchor


def _log(here: Services, ledger: str) -> LogFolder:
    if here.store.length(ledger) == 0:
        raise UnknownLedger(ledger=ledger)
    log = here.logs.of(ledger)
    if log is None:
        raise StoreMisused("log.no-folder")
    return log
