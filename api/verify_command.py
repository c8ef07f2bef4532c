"""`mingzhang verify`: a pack, by the very file that lies in it; or the live store, entry by entry."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager

import click

from api import terminal
from api.services import Services
from api.terminal import say
from ledger.vault_check import check_vault
from ledger.verifier import verify as verifier


def verify_command(services: Callable[..., AbstractContextManager[Services]]) -> click.Command:
    """The command, over the services of the installation; a pack needs none."""

    @click.command("verify", help=say("verify"), context_settings={"ignore_unknown_options": True})
    @click.option("--store", is_flag=True, help=say("verify.store"))
    @click.argument("pack", nargs=-1, type=click.UNPROCESSED, metavar="[FILE.zip] [--checkpoint FILE] ...")
    def verify(store: bool, pack: tuple[str, ...]) -> None:
        """Check a pack with the words and the status of `verify.py`, or the store."""
        if store == bool(pack):
            raise click.UsageError(say("verify.which"))
        if pack:
            sys.exit(verifier.main([*pack, "--lang", terminal.LANG]))
        with services(of_store_there=True) as here:
            click.echo(say("verify.sound", events=here.store.deep_check()))
            click.echo(say("verify.vault-sound", values=check_vault(here.store, here.vault)))

    return verify
