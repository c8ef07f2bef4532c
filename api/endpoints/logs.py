"""The log of a ledger as files, for anybody and any tool: what is here never changes, but for the newest.

Layout and media types are those of C2SP tlog-tiles, tlog-policy and tlog-proof (verification.md).
"""

import json
import re
from collections.abc import Callable

from flask import Blueprint, Response, request, send_file

from api import languages, services, verifiers
from api.documents.checkpoint_sheet import Board, checkpoint_sheet
from api.documents.public_pack import public_pack
from api.endpoints.files import IMMUTABLE
from api.errors import BadQuery, Unknown
from ledger.errors import UnknownLedger
from ledger.fields import SAFE_INTEGER
from ledger.transparency import looking
from ledger.transparency.checkpoint import checkpoint_of
from ledger.transparency.log_folder import LogFolder
from ledger.transparency.note import encoded, parsed
from ledger.transparency.proving import prove, prove_growth
from ledger.transparency.tiles import TileInvalid, tile_of
from projections import ledgers

TEXT, BYTES = "text/plain; charset=utf-8", "application/octet-stream"
SECONDS_FRESH = 5  # of what may be other when the next checkpoint comes
_NUMBER = re.compile("0|[1-9][0-9]{0,15}")

blueprint = Blueprint("logs", __name__, url_prefix="/t/<id:ledger>")


@blueprint.after_request
def _for_everybody(response: Response) -> Response:
    """Pages of others may read it: what checks a log should not come from who keeps it."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.get("/checkpoint")
def checkpoint(ledger: str) -> Response:
    """The newest checkpoint."""
    return _fresh(_log(ledger, LogFolder.checkpoint))


@blueprint.get("/policy")
def policy(ledger: str) -> Response:
    """Which keys sign, and which witnesses are enough."""
    return _fresh(_log(ledger, LogFolder.policy))


@blueprint.get("/tile/<path:path>")
def tile(ledger: str, path: str) -> Response:
    """A tile or a bundle of entries, under the one name it can have."""
    files = services.current().logs.of(ledger)
    try:
        content = files.read(tile_of(f"tile/{path}")) if files else None
    except TileInvalid:
        content = None
    if content is None:
        raise Unknown
    response = Response(content, content_type=BYTES)
    response.headers["Cache-Control"] = IMMUTABLE
    return response


@blueprint.get("/proof/<number>")
def proof(ledger: str, number: str) -> Response:
    """A record's `.tlog-proof`: to be kept, and checked offline by anybody."""
    here = services.current()
    files = here.logs.of(ledger)
    if not _is_number(number) or int(number) >= here.store.length(ledger):
        raise Unknown("record.unknown")
    found = prove(files, int(number)) if files else None
    if found is None:
        raise Unknown("log.record-not-signed-yet", number=int(number), size=_size(files))
    response = _fresh(str(found).encode())
    response.headers["Content-Disposition"] = f'attachment; filename="{ledger}-{number}.tlog-proof"'
    return response


@blueprint.get("/entry/<number>")
def entry(ledger: str, number: str) -> Response:
    """The stored bytes of a record: what its proof is a proof of."""
    found = services.current().store.ledger_rows(ledger, int(number) - 1, 1) if _is_number(number) else []
    if not found or found[0].number != int(number):
        raise Unknown("record.unknown")
    response = _fresh(found[0].entry, BYTES)
    response.headers["Content-Disposition"] = f'attachment; filename="{ledger}-{number}.json"'
    return response


@blueprint.get("/consistency")
def consistency(ledger: str) -> Response:
    """For browsers that kept a checkpoint: the one of today, and the proof that it extends an `old` size."""
    here = services.current()
    old = request.args.get("old", "")
    if not _is_number(old):
        raise BadQuery(("/old", "number.out-of-range", {"least": "0", "most": str(SAFE_INTEGER)}))
    if here.store.length(ledger) == 0:
        raise UnknownLedger(ledger=ledger)
    files = here.logs.of(ledger)
    found = prove_growth(files, int(old)) if files else None
    answer = {
        "checkpoint": found and found.checkpoint,
        "hashes": [encoded(one) for one in found.hashes] if found else [],
    }
    return _fresh(json.dumps(answer, ensure_ascii=False).encode(), "application/json")


@blueprint.get("/checkpoint.pdf")
def sheet(ledger: str) -> Response:
    """The newest checkpoint for the notice board, in the language the reader asked for."""
    here = services.current()
    files, row = here.logs.of(ledger), ledgers.one(here.views, ledger)
    if row is None:
        raise UnknownLedger(ledger=ledger)
    seen = looking.shown(files) if files else None
    if files is None or seen is None:
        raise Unknown("log.not-signed-yet")
    board = Board(
        community=row.name,
        url=f"{here.logs.origin}/c/{ledger}/verify",
        vkey=(files.vkey() or b"").decode().strip(),
        witnesses=tuple(one.name for one in looking.witnesses(files, seen) if one.at is not None),
    )
    response = _fresh(checkpoint_sheet(seen, board, languages.language()), "application/pdf")
    name = f"{ledger}-{seen.checkpoint.size}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.vary.update(("Accept-Language", "Cookie"))
    return response


@blueprint.get("/export.zip")
def export(ledger: str) -> Response:
    """The audit pack with the files anybody may see: everything needed to check the book offline."""
    here = services.current()
    if here.store.length(ledger) == 0:
        raise UnknownLedger(ledger=ledger)
    path = public_pack(here, ledger).absolute()  # Flask looks for what is not beside its own files
    response = send_file(path, "application/zip", as_attachment=True, download_name=f"{ledger}.zip")
    response.headers["Cache-Control"] = f"public, max-age={SECONDS_FRESH}"
    return response


@blueprint.get("/verify.html")
def verifier(ledger: str) -> Response:  # noqa: ARG001  the same for every log
    """The verifier as a page that asks nobody anything; better taken from who is not checked by it."""
    return _fresh(verifiers.content("verify.html"), "text/html; charset=utf-8")


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None and int(text) <= SAFE_INTEGER


def _log(ledger: str, read: Callable[[LogFolder], bytes | None]) -> bytes:
    here = services.current()
    files = here.logs.of(ledger)
    content = read(files) if files else None
    if content is not None:
        return content
    if here.store.length(ledger) == 0:
        raise UnknownLedger(ledger=ledger)
    raise Unknown("log.not-signed-yet")


def _size(files: LogFolder | None) -> int:
    raw = files.checkpoint() if files else None
    return checkpoint_of(parsed(raw).text).size if raw else 0


def _fresh(content: bytes, content_type: str = TEXT) -> Response:
    response = Response(content, content_type=content_type)
    response.headers["Cache-Control"] = f"public, max-age={SECONDS_FRESH}"
    response.add_etag()
    response.make_conditional(request)
    return response
