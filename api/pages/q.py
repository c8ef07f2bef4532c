"""`/q/{code}`: whoever scans the code on a paper learns whether it is real, and whether it is the newest."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from api import languages
from api.documents.verify_notice import Verdict, of_text, plain, said, statement_named
from api.pages.asked import path
from api.pages.frame import Shown, page
from api.services import current
from ledger.errors import Refused
from projections.disclosures import Published

pages = Blueprint("q", __name__)

UNKNOWN_STATUS = 404
MALFORMED_STATUS = 400
TYPED_MAX = 100


@pages.get("/q")
def look_up() -> ResponseReturnValue:
    """A code typed in by hand leads to its page; without one, the place to type it."""
    typed = plain(request.args.get("code", ""))[:TYPED_MAX]
    return redirect(f"/q/{path(typed).removeprefix('/c/')}", 303) if typed else _blank()


@page
def _blank() -> Shown:
    return render_template("q.html", verdict=None, typed="", fault=None)


@pages.get("/q/<code>")
@page
def paper(code: str) -> Shown:
    """What the ledger says about the paper with this code, or this fingerprint."""
    try:
        verdict = of_text(current().views, current().published, code)
    except Refused as refused:
        fault = languages.phrase(languages.language(), f"refusal.{refused.code}", refused.details)
        return render_template("q.html", verdict=None, typed=code[:TYPED_MAX], fault=fault), MALFORMED_STATUS
    html = _shown(verdict, code)
    return html if verdict.published else (html, UNKNOWN_STATUS)


def _shown(verdict: Verdict, typed: str) -> str:
    language, published = languages.language(), verdict.published
    return render_template(
        "q.html",
        verdict=verdict,
        typed=typed[:TYPED_MAX],
        fault=None,
        title=_title(verdict),
        said=said(verdict, language),
        named=statement_named(published, language) if published else None,
        own_url=_address(published),
        newest_url=_address(verdict.newest),
    )


def _title(verdict: Verdict) -> str:
    """The answer in one line. A code proves nothing by itself: anybody can print it under other figures."""
    titles: dict[tuple[str, str], str] = {
        ("code", "newest"): _("这个编码是真的，请把下面的指纹和纸上的对一对"),
        ("code", "older"): _("这个编码是真的，但已经有新的一版了"),
        ("whole", "newest"): _("这张纸和账本一致"),
        ("whole", "older"): _("这张纸和账本一致，但已经有新的一版了"),
    }
    found = verdict.known_by, verdict.state
    return titles[found] if found in titles else str(_("账本里没有这张公示"))


def _address(published: Published | None) -> str | None:
    if published is None:
        return None
    return f"{path(published.ledger, 'disclosures', published.disclosure)}?version={published.version}"
