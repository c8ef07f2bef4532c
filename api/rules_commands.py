"""`mingzhang rules`: check rule packs before they are shipped, and list what is in force on a day."""

from datetime import UTC, date, datetime
from pathlib import Path

import click

from api import terminal
from api.terminal import DAY, say
from ledger.errors import UnknownLedger
from ledger.rules.pack import packs, read_all
from ledger.rules.semantics import legal_day
from projections import rules as view
from projections.rules import RuleRow


@click.group(help=say("rules"))
def rules() -> None:
    """The group of commands about rules."""


@rules.command(help=say("rules.check"))
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Read packs strictly, the given files or those shipped; a fault ends with status 1."""
    found = read_all(files) if files else list(packs().values())
    for pack in found:
        click.echo(say("rules.check.pack", edition=pack.edition, rules=len(pack.rule)))
    click.echo(say("rules.check.sound", packs=len(found)))


@rules.command("list", help=say("rules.list"))
@click.option("--on", "day", type=DAY, help=say("rules.list.on"))
@click.option("--ledger", help=say("rules.list.ledger"))
def list_rules(day: date | None, ledger: str | None) -> None:
    """One line a rule: its id, how strict it is, its pack, what it demands and where that is written."""
    day = day or legal_day(datetime.now(UTC))
    rows = view.shipped(day)[1] if ledger is None else _of_ledger(ledger, day)
    for row in rows:
        title = row.title_zh if terminal.LANG == "zh" else row.title_en
        click.echo(
            f"{row.rule:8} {row.severity:9} {row.pack:9} {title} [{row.doc_no or row.source} {row.clause}]"
        )
    click.echo(say("rules.list.count", rules=len(rows), day=day))


def _of_ledger(ledger: str, day: date) -> list[RuleRow]:
    from api.cli import services  # noqa: PLC0415  the command line knows its groups, so this is read late

    with services(of_store_there=True) as here:
        if here.store.length(ledger) == 0:
            raise UnknownLedger(ledger=ledger)
        here.follower.catch_up()
        return view.of_adoption(day, view.adopted(here.views, ledger, day))[1]
