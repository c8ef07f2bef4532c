"""`mingzhang key` and `mingzhang publish`: the key that signs the logs, and who signs them."""

import signal
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import click

from api.secret_commands import vault_key_command
from api.services import Services
from api.settings import Settings
from api.terminal import in_words, say
from ledger.errors import LedgerError, StoreMisused
from ledger.transparency import keys


class RotationUnfinished(LedgerError):
    """A key cannot go before every log says in its ledger, and shows, that another signs."""

    code = "key.still-needed"


def publish_command(services: Callable[..., AbstractContextManager[Services]]) -> click.Command:
    """The command, over the services of the installation."""

    @click.command("publish", help=say("publish"))
    @click.option("--once", is_flag=True, help=say("publish.once"))
    def publish(once: bool) -> None:
        """Publish until told to stop, or once and say what was signed."""
        with services(of_store_there=True) as here:
            if once:
                _publish_once(here)
                return
            stop = threading.Event()
            for number in (signal.SIGTERM, signal.SIGINT):
                # a handler runs in the very thread that waits, and may hold the lock that set() wants
                signal.signal(number, lambda *_: threading.Thread(target=stop.set).start())
            here.publish(stop)

    return publish


def _publish_once(here: Services) -> None:
    publisher, lock = here.logs.publisher(), here.views.lock("publisher")
    if not lock.acquired():
        raise StoreMisused("publisher.runs-already")
    failed = 0
    try:
        for ledger in here.store.ledgers():
            try:
                published = publisher.publish(ledger)
            except LedgerError as error:
                failed += 1
                click.echo(say("publish.stopped", ledger=ledger, reason=in_words(error)), err=True)
                continue
            key = "publish.waits" if published.waits else "publish.done"
            click.echo(say(key, ledger=ledger, size=published.size, shown=published.shown))
    finally:
        lock.release()
    if failed:
        raise click.ClickException(say("publish.failed", ledgers=failed))


def key_commands(services: Callable[..., AbstractContextManager[Services]]) -> click.Group:
    """The commands, over the services of the installation."""

    @click.group("key", help=say("key"))
    def key() -> None:
        """The key that signs the logs."""

    @key.command(help=say("key.create"))
    def create() -> None:
        """Make the key file the settings name."""
        settings = Settings.from_environment(signs=False)
        with services() as here:
            keys.create(here.logs.key_file, keys.prefix_of(settings.origin))
            click.echo(say("key.created", file=here.logs.key_file))
            _show(here)

    @key.command(help=say("key.show"))
    def show() -> None:
        """Show what those who check the logs must be given."""
        with services() as here:
            _show(here)

    @key.command(help=say("key.rotate"))
    @click.option("--finish", is_flag=True, help=say("key.finish"))
    def rotate(finish: bool) -> None:
        """Begin to sign with a new key as well, or end to sign with the old one."""
        with services(of_store_there=True) as here:
            if finish:
                _finish(here)
                return
            keys.rotate(here.logs.key_file)
            click.echo(say("key.rotated"))
            _show(here)

    key.add_command(vault_key_command(services))
    return key


def _show(here: Services) -> None:
    """Every key in use, by its log; nothing secret."""
    found = here.logs.keys()
    for ledger in here.store.ledgers():
        click.echo(str(found.signers(ledger)[0].vkey))
    if not here.store.ledgers():
        click.echo(say("key.no-ledgers"), err=True)


def _finish(here: Services) -> None:
    for ledger in here.store.ledgers():
        if not here.logs.is_replaced(ledger):
            raise RotationUnfinished(ledger=ledger)
    keys.retire(here.logs.key_file)
    click.echo(say("key.finished"))
