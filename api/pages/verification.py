"""`/c/{ledger}/verify`, 查证: what was checked just now, against what, and how to check it without us."""

from datetime import datetime

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from msgspec import Struct

from api import languages, verifiers
from api.pages.asked import ledger_or_404, path
from api.pages.frame import Shown, page
from api.pages.place import place
from api.services import Services, current
from ledger.transparency import looking
from ledger.transparency.checkpoint import Checkpoint
from ledger.transparency.kept import Compared, compared, kept_of
from ledger.transparency.log_folder import LogFolder
from ledger.transparency.looking import Finding, Witnessed
from ledger.transparency.note import NoteInvalid, VerifierKey, encoded

pages = Blueprint("verification", __name__)

OK, MALFORMED_STATUS = 200, 400
SOON_SECONDS = 60  # what is not signed after so long is not signed as it should be


class SignedState(Struct, frozen=True):
    """How far a log is signed: so many records (none: no checkpoint), and in words why not more."""

    size: int | None
    stopped: str | None

    def covers(self, number: int) -> bool:
        """Whether a record is in the checkpoint readers see."""
        return self.size is not None and number < self.size


class Look(Struct, frozen=True):
    """The checkpoint readers see, and what was found about it."""

    checkpoint: Checkpoint
    root: str
    note: str
    since: datetime
    key: VerifierKey | None
    signature: Finding
    records: Finding
    witnesses: list[Witnessed]
    has_quorum: bool


@pages.app_template_global("signed_state_of")
def signed_state(ledger: str) -> SignedState:
    """What the page of a record says about its proof."""
    files = current().logs.of(ledger)
    if files is None:
        return SignedState(None, None)
    try:
        seen = looking.shown(files)
    except NoteInvalid:
        seen = None
    return SignedState(seen.checkpoint.size if seen else None, _why_stopped(files))


@pages.get("/c/<ledger>/verify")
@page
def verify(ledger: str) -> Shown:
    """Looked at anew for everybody who asks: a page kept from before would say what was true then."""
    row, here = ledger_or_404(ledger), current()
    files, typed = here.logs.of(ledger), request.args.get("checkpoint", "").strip()
    keys = here.logs.keys_named(ledger)
    answer, fault = _answered(files, typed, keys) if typed else (None, None)
    look = _look(here, ledger, files, keys)
    now = here.store.clock()
    html = render_template(
        "verify.html",
        **place(row, "verify", (_("查证"), None)),
        state=signed_state(ledger),
        look=look,
        now=now,
        unsigned=here.store.length(ledger) - (look.checkpoint.size if look else 0),
        is_late=look is None or (now - look.since).total_seconds() > SOON_SECONDS,
        records_max=looking.RECORDS_MAX,
        typed=typed,
        answer=answer,
        fault=fault,
        log=f"/t/{ledger}",
        pack_name=f"{ledger}.zip",
        own=path(ledger, "verify"),
        verifiers=verifiers.digests(),
    )
    return html, MALFORMED_STATUS if fault else OK


def _look(here: Services, ledger: str, files: LogFolder | None, keys: tuple[VerifierKey, ...]) -> Look | None:
    try:
        seen = looking.shown(files) if files else None
    except NoteInvalid:
        seen = None
    if files is None or seen is None:
        return None
    policy = looking.policy_shown(files)
    return Look(
        checkpoint=seen.checkpoint,
        root=encoded(seen.checkpoint.root),
        note=str(seen.note),
        since=seen.since,
        key=keys[-1] if keys else None,
        signature=looking.signature(seen, keys),
        records=looking.records(here.store, ledger, files, seen.checkpoint),
        witnesses=looking.witnesses(files, seen),
        has_quorum=policy is not None and policy.quorum is not None,
    )


def _answered(
    files: LogFolder | None, typed: str, keys: tuple[VerifierKey, ...]
) -> tuple[Compared | None, str | None]:
    """What became of a checkpoint somebody typed, or why it could not be read."""
    try:
        kept = kept_of(typed)
    except NoteInvalid as invalid:
        return None, _fault(str(invalid.details["reason"]))
    try:
        found = compared(files, kept, keys) if files else None
    except NoteInvalid:
        found = None
    return found, None if found else _("这本账还没有签过名的检查点，没有东西可以比。")


def _fault(reason: str) -> str:
    known: dict[str, str] = {
        "checkpoint": _("要抄三行：账本的网址、条数、指纹。现在少了，或者网址那一行是空的。"),
        "checkpoint-size": _("第二行应当是条数，只有数字，如 1268。"),
        "checkpoint-root": _(
            "第三行是指纹，一共 44 个字母、数字和符号，最后一个是 =。请再对一遍，大小写也要一样。"
        ),
        "too-long": _("太长了。只要抄检查点的三行，或者粘贴整份检查点。"),
    }
    return known.get(reason) or str(_("前三行后面的签名没有抄对。只抄前三行也可以。"))


def _why_stopped(files: LogFolder) -> str | None:
    stop = files.stopped()
    return languages.phrase(languages.language(), f"refusal.{stop.code}", stop.details) if stop else None
