"""`mingzhang verify-notice`: is this paper ours, and is it the newest? Status 0 yes, 1 no, 2 unreadable."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import click

from api import terminal
from api.documents.verify_notice import of_file, of_text, said
from api.services import Services
from api.terminal import in_words, say
from ledger.errors import Refused

UNREADABLE = 2


def verify_notice_command(services: Callable[..., AbstractContextManager[Services]]) -> click.Command:
    """The command, over the services of the installation."""

    @click.command("verify-notice", help=say("verify-notice"))
    @click.argument("paper", nargs=-1, required=True, metavar="FILE.pdf|DIGEST|CODE")
    def verify_notice(paper: tuple[str, ...]) -> None:
        """Say what a paper is; a fingerprint may be typed in fours, as it is printed."""
        given = " ".join(paper)
        is_file = given.lower().endswith(".pdf") or _is_there(given)
        with services(of_store_there=True) as here:
            here.follower.catch_up()
            try:
                if is_file:
                    verdict = of_file(here.views, here.published, Path(given))
                else:
                    verdict = of_text(here.views, here.published, given)
            except Refused as refused:
                click.echo(in_words(refused), err=True)
                sys.exit(UNREADABLE)
        words = said(verdict, terminal.LANG)
        click.echo("\n".join(filter(None, (words.agrees, words.what, words.since, words.next))))
        sys.exit(0 if verdict.state == "newest" else 1)

    return verify_notice


def _is_there(name: str) -> bool:
    """Whether a file has this name; what is too long for one has none."""
    try:
        return bool(name) and Path(name).exists()
    except OSError:
        return False
