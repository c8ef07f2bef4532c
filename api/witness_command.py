"""`mingzhang witness`: watches the logs of others, and signs that they only grew."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from api.terminal import say
from ledger.transparency.policy import policy_of
from ledger.transparency.witness import logs_of
from ledger.transparency.witness_memory import create_witness, open_witness

HOST = "127.0.0.1"
KEY = "witness.key"
FOLDER: Any = click.Path(file_okay=False, path_type=Path)
FILE: Any = click.Path(dir_okay=False, path_type=Path)
LOGS: Any = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("witness", help=say("witness"))
@click.option("--folder", type=FOLDER, required=True, help=say("witness.folder"))
@click.option("--logs", type=LOGS, help=say("witness.logs"))
@click.option("--key", type=FILE, help=say("witness.key"))
@click.option("--create-key", "name", metavar="NAME", help=say("witness.create-key"))
@click.option("--host", default=HOST, show_default=True, help=say("host"))
@click.option("--port", type=click.IntRange(1, 65535), default=8001, show_default=True, help=say("port"))
def witness(
    folder: Path, logs: Path | None, key: Path | None, name: str | None, host: str, port: int
) -> None:
    """Serve, or with `--create-key` make the key and the memory that belongs to it."""
    key = key or folder / KEY
    if name is not None:
        click.echo(create_witness(key, name, folder))
        click.echo(say("witness.created", file=key), err=True)
        return
    if logs is None:
        raise click.UsageError(say("witness.which-logs"))
    _serve(key, logs, folder, host, port)


def _serve(key: Path, logs: Path, folder: Path, host: str, port: int) -> None:
    from api.serving import Server, must_be_free  # noqa: PLC0415  gunicorn is for servers only
    from api.witness import create_witness_app  # noqa: PLC0415

    must_be_free(host, port)
    watched = open_witness(key, logs_of(policy_of(logs.read_bytes())), folder)
    click.echo(say("witness.ready", origin=f"http://{host}:{port}", vkey=watched.key.vkey))
    Server(partial(create_witness_app, watched), host, port, workers=1).run()
