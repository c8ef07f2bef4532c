"""`mingzhang`: the command line of those who run an installation, in the language of LANG."""

import re
import secrets
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import click
from msgspec import structs

from api import create_app
from api import demo as demonstration
from api.anchor_command import anchor_commands
from api.backup_commands import backup_commands
from api.export_command import export_command
from api.imports.worklist import OPERATOR, STREET_OFFICE, WorkListImport
from api.imports.worklist_file import WorkListRefused
from api.log_commands import key_commands, publish_command
from api.replay_command import replay_command
from api.rules_commands import rules
from api.schemas import command_of
from api.secret_commands import disclose_command, recount_command
from api.services import Services
from api.settings import DEMO_DATABASE_URL, Settings
from api.terminal import DAY, in_words, remark_in_words, say, speak
from api.verify_command import verify_command
from api.verify_notice_command import verify_notice_command
from api.witness import witness_of
from api.witness_command import witness
from ledger.actors import ROLES
from ledger.asked import Asked
from ledger.commands import ACTIONS
from ledger.errors import LedgerError, StoreMisused
from ledger.events import Source
from ledger.store.port import Receipt
from ledger.store.vault import TOKEN_DAYS_MAX
from ledger.transparency import keys

HOST = "127.0.0.1"
TOKEN_DAYS = 90
TOKEN = re.compile("(mz_)?(?P<id>[0-9a-f]{8})(?(1)_.*)")
DEMO_FOLDER = Path(DEMO_DATABASE_URL.removeprefix("sqlite:///"))
DEMO_KEY = DEMO_FOLDER / "log.key"


@contextmanager
def services(*, of_store_there: bool = False) -> Iterator[Services]:
    """The services of the installation the environment names; `of_store_there`: a typo makes no new store."""
    settings = Settings.from_environment(signs=False)
    url = settings.database_url
    if url == DEMO_DATABASE_URL and settings.log_key_file is None and DEMO_KEY.exists():
        settings = structs.replace(settings, log_key_file=DEMO_KEY)
    folder = Path(url.removeprefix("sqlite:///"))
    if of_store_there and url.startswith("sqlite:") and not (folder / "ledger.db").exists():
        raise StoreMisused("store.none-here", folder=str(folder))
    opened = Services.of(settings)
    try:
        yield opened
    finally:
        opened.close()


@click.group(help=say("mingzhang"), context_settings={"help_option_names": ["-h", "--help"]})
def mingzhang() -> None:
    """The group of all commands; its words are in the translations."""


mingzhang.add_command(anchor_commands(services))
mingzhang.add_command(rules)
mingzhang.add_command(witness)
mingzhang.add_command(export_command(services))
mingzhang.add_command(key_commands(services))
mingzhang.add_command(publish_command(services))
mingzhang.add_command(replay_command(services))
for _command in backup_commands(services):
    mingzhang.add_command(_command)
mingzhang.add_command(disclose_command(services))
mingzhang.add_command(recount_command(services))
mingzhang.add_command(verify_notice_command(services))


# -- running -------------------------------------------------------------------------------------------


@mingzhang.command(help=say("demo"))
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help=say("port"))
def demo(port: int) -> None:
    """Build the demonstration if it is not there, then serve it."""
    from api.serving import must_be_free  # noqa: PLC0415  gunicorn is for servers only

    must_be_free(HOST, port)
    complete = DEMO_FOLDER / "complete"
    if not complete.exists():
        shutil.rmtree(DEMO_FOLDER, ignore_errors=True)  # a build that was cut short
        click.echo(say("demo.building"))
    settings = _demo_settings(port)
    here = Services.of(settings)
    try:
        if not complete.exists():
            demonstration.build(here.ledger, here.today)
            here.follower.catch_up()
            complete.touch()
        if not here.logs.key_file.exists():
            keys.create(here.logs.key_file, keys.prefix_of(settings.origin))
            here.logs.publisher().round()  # its pages are signed before anybody sees them
            here.follower.catch_up()
        expires_on = here.today + timedelta(days=TOKEN_DAYS)
        accounts = [*demonstration.accounts(demonstration.INVENTED).values(), STREET_OFFICE]
        tokens = [(account, here.vault.new_token(account, expires_on)) for account in accounts]
    finally:
        here.close()
    click.echo(say("demo.tokens", expires_on=expires_on))
    for account, token in tokens:
        click.echo(f"  {account:24} {token}")
    click.echo(say("demo.ready", origin=settings.origin))
    _serve(settings, HOST, port)


def _demo_settings(port: int) -> Settings:
    return Settings(
        database_url=DEMO_DATABASE_URL,
        log_key_file=DEMO_KEY,
        secret_key=secrets.token_hex(32),
        origin=f"http://{HOST}:{port}",
        demo=True,
    )


@mingzhang.command(help=say("serve"))
@click.option("--host", default=HOST, show_default=True, help=say("host"))
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help=say("port"))
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help=say("workers"))
def serve(host: str, port: int, workers: int) -> None:
    """Serve the installation of the environment."""
    settings = Settings.from_environment()
    witness_of(settings)  # what is wrong with it is said once, not by every worker
    if settings.log_key_file is not None:
        keys.read_keys(settings.log_key_file)
    _serve(settings, host, port, workers=workers)


def _serve(settings: Settings, host: str, port: int, **options: Any) -> None:
    from api.serving import Server, must_be_free  # noqa: PLC0415  gunicorn is for servers only

    must_be_free(host, port)
    sys.stdout.flush()
    Server(partial(create_app, settings), host, port, **options).run()


@mingzhang.command(help=say("follow"))
def follow() -> None:
    """Follow until told to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        # a handler runs in the very thread that waits, and may hold the lock that set() wants
        signal.signal(number, lambda *_: threading.Thread(target=stop.set).start())
    with services(of_store_there=True) as here:
        here.follower.run(stop)


@mingzhang.command(help=say("rebuild"))
@click.argument("names", nargs=-1, metavar="[VIEW]...")
def rebuild(names: tuple[str, ...]) -> None:
    """Rebuild the named views, or all."""
    with services(of_store_there=True) as here:
        _must_be_views(here, names)
        position = here.follower.rebuild(names)
        click.echo(say("rebuild.done", position=position, views=names or tuple(here.views.views)))


@mingzhang.command(help=say("check"))
@click.argument("names", nargs=-1, metavar="[VIEW]...")
def check(names: tuple[str, ...]) -> None:
    """Compare the named views, or all, with a fresh rebuild."""
    with services(of_store_there=True) as here:
        _must_be_views(here, names)
        position = here.follower.catch_up()
        found = here.follower.check(names)
    for difference in found:
        row = ", ".join(map(str, difference.row))
        click.echo(f"{difference.view}.{difference.table} {difference.found_in}: {row}")
    if found:
        raise click.ClickException(say("check.different", rows=len(found)))
    click.echo(say("check.same", position=position))


def _must_be_views(here: Services, names: tuple[str, ...]) -> None:
    for name in names:
        if name not in here.views.views:
            raise click.ClickException(say("rebuild.unknown", view=name, views=tuple(here.views.views)))


mingzhang.add_command(verify_command(services))


# -- what an operator may record -----------------------------------------------------------------------


@mingzhang.command("open", help=say("open"))
@click.argument("ledger")
@click.option(
    "--kind",
    type=click.Choice(["community", "neighbourhood", "street", "district"]),
    required=True,
    help=say("open.kind"),
)
@click.option("--name", required=True, help=say("open.name"))
@click.option("--parent", help=say("open.parent"))
@click.option("--total-floor-area", help=say("open.total-floor-area"))
def open_ledger(ledger: str, **fields: str | None) -> None:
    """Open a ledger."""
    _record(ledger, "open-ledger", **fields)


@mingzhang.command(help=say("grant"))
@click.argument("account")
@click.argument("role", type=click.Choice(ROLES))
@click.option("--ledger", required=True, help=say("grant.ledger"))
@click.option("--from", "first", type=DAY, help=say("grant.from"))
@click.option("--to", "last", type=DAY, help=say("grant.to"))
def grant(account: str, role: str, ledger: str, first: date | None, last: date | None) -> None:
    """Grant a role, from today if nothing else is said."""
    with services() as here:
        first = first or here.today
    _record(ledger, "grant-role", **{"account": account, "role": role, "from": first, "to": last})


@mingzhang.command(help=say("revoke"))
@click.argument("account")
@click.argument("role", type=click.Choice(ROLES))
@click.option("--ledger", required=True, help=say("grant.ledger"))
@click.option("--to", "last", type=DAY, help=say("revoke.to"))
def revoke(account: str, role: str, ledger: str, last: date | None) -> None:
    """Revoke a role at once, or after a last day."""
    with services() as here:
        last = last or here.today - timedelta(days=1)
    _record(ledger, "revoke-role", account=account, role=role, to=last)


def _record(ledger: str, action: str, **fields: Any) -> Receipt:
    """Record one of the few things an operator may, and say where it went."""
    body = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in fields.items()
        if value is not None
    }
    with services() as here:
        here.vault.key(OPERATOR, create=True)
        command = command_of(ACTIONS[action], body)
        receipt = here.ledger.record(Asked(ledger, command, OPERATOR, here.today, Source(via="command-line")))
    for line in receipt.events:
        click.echo(say("recorded", kind=line.kind, ledger=line.ledger, number=line.number))
    return receipt


@mingzhang.command(help=say("token"))
@click.argument("account")
@click.option("--expires", type=DAY, help=say("token.expires"))
def token(account: str, expires: date | None) -> None:
    """Print a new token, once."""
    with services() as here:
        expires_on = expires or here.today + timedelta(days=TOKEN_DAYS)
        if not here.today <= expires_on <= here.today + timedelta(days=TOKEN_DAYS_MAX):
            raise click.ClickException(say("token.too-long", days=TOKEN_DAYS_MAX))
        command_of(ACTIONS["grant-role"], {"account": account, "role": "member", "from": "2000-01-01"})
        made = here.vault.new_token(account, expires_on)
        click.echo(made)
        token_id = made.split("_")[1]
        click.echo(say("token.once", account=account, expires_on=expires_on, token_id=token_id), err=True)
        if not here.roles_of(account):
            click.echo(say("token.no-role", account=account), err=True)


@mingzhang.command("revoke-token", help=say("revoke-token"))
@click.argument("token_id", metavar="TOKEN-ID")
def revoke_token(token_id: str) -> None:
    """Take a token back, by the id in its middle or as a whole."""
    given = TOKEN.fullmatch(token_id)
    if given is None:
        raise click.ClickException(say("revoke-token.no-id", token_id=token_id))
    with services(of_store_there=True) as here:
        if not here.vault.revoke_token(given["id"]):
            raise click.ClickException(say("revoke-token.unknown", token_id=given["id"]))
    click.echo(say("revoke-token.done", token_id=given["id"]))


# -- imports -------------------------------------------------------------------------------------------


@mingzhang.group("import", help=say("import"))
def imports() -> None:
    """The group of imports."""


@imports.command(help=say("import.worklist"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--ledger", required=True, help=say("import.ledger"))
@click.option("--name", help=say("import.name"))
@click.option("--dry-run", is_flag=True, help=say("import.dry-run"))
def worklist(file: Path, ledger: str, name: str | None, dry_run: bool) -> None:
    """Record a street's work list."""
    with services() as here:
        if here.store.length(ledger) == 0:
            click.echo(say("import.opens", ledger=ledger, name=name or ledger), err=True)
            if name is None:
                click.echo(say("import.unnamed"), err=True)
        report = WorkListImport(here.ledger, ledger, here.today, name).record(
            file.read_bytes(), dry_run=dry_run
        )
    for warning in report.warnings:
        click.echo(remark_in_words(warning))
    click.echo(say("import.counts", **report.counts))
    click.echo(say("import.warnings", warnings=len(report.warnings), file=report.file))
    if report.already_imported and report.numbers:
        first, last = report.numbers
        click.echo(say("import.known", first=first, last=last))
    else:
        click.echo(say("import.dry" if dry_run else "import.recorded", events=report.recorded))


# -- errors --------------------------------------------------------------------------------------------


def main() -> None:
    """Run, and turn every error we know into one clear line and a status other than 0."""
    speak()
    try:
        mingzhang.main(prog_name="mingzhang", standalone_mode=True)
    except WorkListRefused as refused:
        for problem in refused.problems:
            click.echo(remark_in_words(problem), err=True)
        click.echo(say("import.refused", problems=refused.total), err=True)
        sys.exit(1)
    except LedgerError as error:
        click.echo(in_words(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
