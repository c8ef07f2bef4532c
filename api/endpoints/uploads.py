"""Giving a file to a ledger, to be attached to a record: it is known to nobody else until then."""

import hashlib
from typing import Annotated

import msgspec
from flask import Response, request
from msgspec import Meta
from werkzeug.exceptions import RequestEntityTooLarge

from api import services
from api.errors import BadQuery, TooLarge
from api.file_types import FILE_BYTES_MAX, FILE_MIB_MAX, label, taken
from api.private import must_hold
from api.reading import JSON, Blueprint
from api.schemas import schema_of
from ledger.actors import ROLES
from ledger.errors import Refused
from ledger.fields import Line, Tier
from ledger.store.vault import Upload

UPLOADERS = tuple(role for role in ROLES if role != "operator")  # all who may record something

blueprint = Blueprint("Uploads", __name__, description="Files to be attached to records")


class UploadQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`name`: as people know the file, with its ending; `tier`: who may see it."""

    name: Line
    tier: Annotated[Tier, Meta(description="public: anybody; owners: this community; audit: its auditors")]


class UploadAnswer(msgspec.Struct, frozen=True):
    """A file as it is kept: a picture is drawn anew, so its digest is not that of what was sent.

    `name`: as the asker calls it. What others who gave the same file call it is not theirs to know.
    """

    sha256: str
    name: str
    type: str
    size: int
    tier: Tier


def _register() -> None:
    documented = blueprint.response(201, schema_of(UploadAnswer), content_type=JSON)(upload)
    documented = blueprint.alt_response(
        200, schema=schema_of(UploadAnswer), content_type=JSON, success=True, description="Known before"
    )(documented)
    for status in (400, 401, 403, 404, 409, 413, 415, 503):
        documented = blueprint.problem(status)(documented)
    documented = blueprint.arguments(schema_of(UploadQuery), location="query")(documented)
    file = {"schema": {"type": "string", "format": "binary"}}
    documented = blueprint.doc(
        security=[{"token": []}],
        requestBody={"required": True, "content": {"application/octet-stream": file}},
    )(documented)
    blueprint.route("/ledgers/<id:ledger>/uploads", methods=["POST"])(documented)


def upload(asked: UploadQuery, ledger: str) -> Response:
    """Give a file: a picture (JPEG, PNG, WebP), a PDF, an Excel workbook or a CSV, of 10 MB at most.

    The body is the file itself. Its `sha256` in the answer goes into the `attachments` of an action.
    """
    must_hold(ledger, "upload-file", UPLOADERS)
    name, here = label(asked.name), services.current()
    if not name:
        raise BadQuery(("/name", "text.blank", {}))
    content, kind = taken(name, _body())
    given = Upload(hashlib.sha256(content).hexdigest(), name, kind, len(content), asked.tier)
    known = here.vault.upload(ledger, given.sha256)
    _must_be_of_one_tier(known or given, asked.tier)
    here.files.of(ledger, asked.tier).put(content)  # before anybody knows of it: what is known is there
    _must_be_of_one_tier(here.vault.keep_upload(ledger, given), asked.tier)
    answer = UploadAnswer(given.sha256, given.name, given.type, given.size, given.tier)
    return Response(msgspec.json.encode(answer), 200 if known else 201, content_type=JSON)


def _must_be_of_one_tier(known: Upload, tier: Tier) -> None:
    """A file shown to all cannot be hidden, and one that is hidden must not be shown by giving it again."""
    if known.tier != tier:
        raise Refused("upload.of-another-tier", sha256=known.sha256, tier=known.tier)


def _body() -> bytes:
    request.max_content_length = FILE_BYTES_MAX + 1
    try:
        body = request.get_data(cache=False, parse_form_data=False)
    except RequestEntityTooLarge:
        body = b""
        too_large = True
    else:  # Werkzeug cuts a body of unsaid length off at the limit and says nothing
        too_large = len(body) > FILE_BYTES_MAX
    if too_large:
        raise TooLarge("upload.too-large", mib_max=FILE_MIB_MAX)
    return body


_register()
