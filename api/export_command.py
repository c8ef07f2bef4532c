"""`mingzhang export`: a whole book as an audit pack, or its entries as a journal for another program."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import get_args

import click

from api.documents import beancount, hledger
from api.documents.audit_pack import Source, write_pack
from api.documents.bookkeeping import Bookkeeping
from api.imports.worklist import OPERATOR
from api.services import Services
from api.terminal import say, writing
from ledger.fields import Tier

TIERS: tuple[Tier, ...] = get_args(Tier)
FORMATS = {"beancount": beancount.written, "hledger": hledger.written}


def export_command(services: Callable[..., AbstractContextManager[Services]]) -> click.Command:
    """The command, over the services of the installation."""

    @click.command("export", help=say("export"))
    @click.argument("ledger")
    @click.option("--format", "form", type=click.Choice(tuple(FORMATS)), help=say("export.format"))
    @click.option("--tier", type=click.Choice(TIERS), default=TIERS[0], help=say("export.tier"))
    @click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help=say("export.to"))
    def export(ledger: str, form: str | None, tier: Tier, to: Path | None) -> None:
        """Write the audit pack to a file, or a journal to a file or to the terminal."""
        if (form is None) != (to is not None and to.suffix.lower() == ".zip"):
            raise click.ClickException(say("export.which", formats=" | ".join(FORMATS)))
        with services(of_store_there=True) as here:
            if form is None and to is not None:
                _pack(here, ledger, tier, to)
            elif form is not None:
                _journal(here, ledger, form, to)

    return export


def _pack(here: Services, ledger: str, tier: Tier, to: Path) -> None:
    """What is missing is said, and is no failure: the pack shows what there is, and names what is not."""
    if tier != "public":
        here.ledger.erasing.finish_once()
        here.vault.accesses.write(ledger, OPERATOR, "operator", "export", f"tier={tier}", here.store.clock())
    packed = write_pack(
        Source(here.store, here.vault, here.files, here.composer, here.logs.folder), ledger, tier, to
    )
    for one in packed.missing:
        what, record = say(f"export.missing.{one.what}"), "—" if one.record is None else one.record
        click.echo(say("export.missing", what=what, name=one.name, record=record), err=True)
    if packed.missing:
        click.echo(say("export.missing-count", missing=len(packed.missing)), err=True)
    click.echo(
        say(
            "export.packed",
            file=to,
            records=packed.records,
            statements=packed.statements,
            attachments=packed.attachments,
            withheld=packed.withheld,
        )
    )
    click.echo(say("export.manifest", manifest=packed.manifest))


def _journal(here: Services, ledger: str, form: str, to: Path | None) -> None:
    books = Bookkeeping(here.store, ledger)
    if to is None:
        for piece in FORMATS[form](books):
            click.echo(piece, nl=False)
        return
    with writing(to) as file:
        file.writelines(piece.encode() for piece in FORMATS[form](books))
    click.echo(say("export.written", transactions=books.transactions, file=to))
