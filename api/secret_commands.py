"""`mingzhang disclose`, `recount`, `key vault`: for an owner, for the auditor, for the vault."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import click
import msgspec

from api.endpoints.unit_disclosure import disclosed
from api.imports.worklist import OPERATOR
from api.services import Services
from api.terminal import say, writing
from ledger.disclosing import OwnRecord
from ledger.errors import UnknownLedger
from ledger.recount import recount

Open = Callable[..., AbstractContextManager[Services]]
IT_DIFFERS = 1
OF_THE_OWNER_ALONE = 0o600
FORMAT = "mingzhang-disclosure/1"


class DisclosureFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an owner takes away: to be checked with the key that hangs on the noticeboard."""

    format: str
    ledger: str
    unit: str
    records: tuple[OwnRecord, ...]
    decision: str | None = None


def disclose_command(services: Open) -> click.Command:
    """The command, over the services of the installation."""

    @click.command("disclose", help=say("disclose"))
    @click.argument("ledger")
    @click.option("--unit", required=True, help=say("disclose.unit"))
    @click.option("--vote", "decision", help=say("disclose.vote"))
    @click.option(
        "--to", required=True, type=click.Path(dir_okay=False, path_type=Path), help=say("disclose.to")
    )
    def disclose(ledger: str, unit: str, decision: str | None, to: Path) -> None:
        """Write what belongs to a unit into a file for its owner."""
        with services(of_store_there=True) as here:
            _note(here, ledger, "read-unit-disclosure", f"unit={unit} decision={decision or ''}".strip())
            records = disclosed(here, ledger, unit, decision, restricted=False)
        told = DisclosureFile(FORMAT, ledger, unit, records, decision)
        with writing(to, OF_THE_OWNER_ALONE) as file:
            file.write(msgspec.json.format(msgspec.json.encode(told)) + b"\n")
        proven = sum(one.proof is not None for one in records)
        click.echo(say("disclose.done", records=len(records), proven=proven, file=to))

    return disclose


def recount_command(services: Open) -> click.Command:
    """The command, over the services of the installation."""

    @click.command("recount", help=say("recount"))
    @click.argument("ledger")
    @click.option("--decision", required=True, help=say("recount.decision"))
    @click.pass_context
    def recounting(context: click.Context, ledger: str, decision: str) -> None:
        """Count a closed vote again, and end with status 1 if it comes to something else."""
        with services(of_store_there=True) as here:
            _note(here, ledger, "recount", f"decision={decision}")
            found = recount(here.store, here.vault, ledger, decision)
        for name in found.differences:
            recorded, counted = getattr(found.recorded, name), getattr(found.counted, name)
            click.echo(
                say("recount.difference", field=name, recorded=_plain(recorded), counted=_plain(counted))
            )
        key = "recount.differs" if found.differences else "recount.same"
        click.echo(say(key, decision=decision, ballots=found.ballots, number=found.number))
        if found.differences:
            context.exit(IT_DIFFERS)

    return recounting


def vault_key_command(services: Open) -> click.Command:
    """The command, over the services of the installation."""

    @click.command("vault", help=say("key.vault"))
    @click.option("--rotate", is_flag=True, help=say("key.vault.rotate"))
    def vault(rotate: bool) -> None:
        """Make the key of the vault, or put a new one in its place."""
        with services() as here:
            if rotate:
                click.echo(say("key.vault.rotated", persons=here.vault.rotate(), file=here.vault.key_file))
            else:
                here.vault.make_key()
                click.echo(say("key.vault.made", file=here.vault.key_file))

    return vault


def _note(here: Services, ledger: str, reading: str, about: str) -> None:
    """Who works at the machine itself leaves the same trace as who asks through the API."""
    if here.store.length(ledger) == 0:
        raise UnknownLedger(ledger=ledger)
    here.ledger.erasing.finish_once()
    here.vault.accesses.write(ledger, OPERATOR, "operator", reading, about, here.store.clock())


def _plain(value: object) -> str:
    return msgspec.json.encode(value).decode()
