"""Files for who may see them: public ones at an address of their own, with nothing in them that could run.

Whether a private file is here, nobody learns by asking for it: to who may not see it there is none.
"""

from typing import Annotated
from urllib.parse import quote

import msgspec
from flask import Blueprint as Pages
from flask import Response, request
from msgspec import Meta

from api import security, services
from api.errors import Unknown
from api.file_types import PICTURES
from api.private import read_privately, reading_as, values_of
from api.reading import Answer, Blueprint, Query
from ledger.actors import ROLES, Role
from ledger.events import Attachment
from ledger.fields import Commitment, RecordNumber, Tier
from ledger.store.files import subject_of

OF_A_COMMUNITY = tuple(role for role in ROLES if role != "operator")
READERS: dict[Tier, frozenset[Role]] = {
    "owners": frozenset(OF_A_COMMUNITY),  # owners themselves have no accounts yet
    "audit": frozenset({"auditor", "chair", "street"}),
}
IMMUTABLE = "public, max-age=31536000, immutable"
PRIVATE = "private, no-store"
INERT = "default-src 'none'; sandbox"

pages = Pages("files", __name__)
blueprint = Blueprint("Attachments", __name__, description="The files that belong to a record")


@pages.get("/files/<id:ledger>/<string(length=64):sha256>")
def file(ledger: str, sha256: str) -> Response:
    """A file of a ledger: a picture to look at, anything else to save."""
    here = services.current()
    upload = here.vault.upload(ledger, sha256)
    if upload is None or not _may_see(ledger, upload.tier):
        raise Unknown
    is_public = upload.tier == "public"
    if not is_public:
        may = tuple(role for role in ROLES if role in READERS[upload.tier])
        reader = reading_as(ledger, "read-attachments", may)
        if not reader.audits and here.vault.is_restricted(f"{ledger}/{subject_of(sha256)}"):
            raise Unknown
    response = Response(here.files.of(ledger, upload.tier).get(sha256), content_type=upload.type)
    shown = "inline" if upload.type in PICTURES.values() else "attachment"
    response.headers["Content-Disposition"] = f"{shown}; filename*=UTF-8''{quote(upload.name, safe='')}"
    response.headers["Content-Security-Policy"] = INERT
    response.headers["Cache-Control"] = IMMUTABLE if is_public else PRIVATE
    response.vary.add("Authorization")
    if is_public:
        response.set_etag(sha256)
        response.make_conditional(request)
    return response


def _may_see(ledger: str, tier: Tier) -> bool:
    """Errors: `NotAuthenticated` for a token that is not good."""
    if tier == "public":
        return True
    if "Authorization" not in request.headers:
        return False
    return not READERS[tier].isdisjoint(_roles(ledger))


def _roles(ledger: str) -> set[Role]:
    here = services.current()
    return here.ledger.roles_of(ledger, security.account(), here.today)


# -- which files belong to a record ----------------------------------------------------------------------


class AttachmentsQuery(Query, kw_only=True):
    """Of which record."""

    number: Annotated[RecordNumber, Meta(description="Number of the record")]


class AttachmentRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """One file; who may not see it, or comes after it was erased, learns that it exists and no more."""

    size: int
    tier: Tier
    type: str
    name: str | None = None
    sha256: str | None = None
    url: str | None = None


class AttachmentsAnswer(Answer, kw_only=True):
    """The files of one record, in their order."""

    attachments: tuple[AttachmentRow, ...]


@read_privately(
    blueprint,
    "/ledgers/<id:ledger>/attachments",
    query=AttachmentsQuery,
    gives=AttachmentsAnswer,
    reading="read-attachments",
    roles=OF_A_COMMUNITY,
)
def attachments(asked: AttachmentsQuery, ledger: str) -> AttachmentsAnswer:
    """The files of a record, with the names and digests the reader's roles may see."""
    here = services.current()
    recorded = here.store.numbered(ledger, asked.number)
    if recorded is None:
        raise Unknown("record.unknown")
    roles = _roles(ledger)
    rows = tuple(_row(ledger, one, roles) for one in recorded.envelope.attachments)
    return AttachmentsAnswer(position=here.views.position(), attachments=rows)


def _row(ledger: str, one: Attachment, roles: set[Role]) -> AttachmentRow:
    bare = AttachmentRow(one.size, one.tier, one.type)
    if one.tier != "public" and READERS[one.tier].isdisjoint(roles):
        return bare
    name, sha256 = _opened(one.name), _opened(one.sha256)
    if name is None or sha256 is None:
        return bare
    return AttachmentRow(one.size, one.tier, one.type, name, sha256, f"/files/{ledger}/{sha256}")


def _opened(member: str | Commitment) -> str | None:
    """A value that is withheld, as the vault keeps it; none once erased."""
    if isinstance(member, str):
        return member
    return values_of([member.digest]).get(member.digest)
