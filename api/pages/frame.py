"""What every page has: the reader's language and text size, the links of the frame, a cheap ETag.

A page is a function of its address, the books, the day and how the reader wants it. That key names it
to browsers (304) and to a small store of finished pages.
"""

import functools
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ParamSpec
from urllib.parse import quote, urlencode

from flask import Flask, Response, current_app, make_response, request

from api import languages, words
from api.demo import INVENTED
from api.pages.asked import is_id
from api.reading import followed
from api.services import current
from projections.generations import Generation

ENGLISH = "en"
LARGE, STANDARD = "large", "standard"
FINISHED = "mingzhang-pages"
A_YEAR_IN_SECONDS = 365 * 24 * 3600
PAGES_KEPT = 128
PAGE_CHARACTERS_MAX = 300_000  # of a page that is kept: all of them together stay below some 100 MB

Address = ParamSpec("Address")
Shown = str | tuple[str, int]  # a page, and its status if that is not 200


def lang() -> str:
    """The reader's language as HTML names it: `zh-CN` or `en`."""
    return ENGLISH if languages.language() == ENGLISH else words.CHINESE


def size() -> str | None:
    """`large` for 大字版, chosen by a link and remembered by a cookie; else none."""
    for wish in (request.args.get("size"), request.cookies.get("size")):
        if wish in (LARGE, STANDARD):
            return LARGE if wish == LARGE else None
    return None


def here(**changed: str | None) -> str:
    """The address of this page with parts of its query changed; None takes a part away."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in changed and value]
    kept += [(name, value) for name, value in changed.items() if value is not None]
    return quote(request.path) + (f"?{urlencode(kept)}" if kept else "")


def frame() -> dict[str, Any]:
    """What `base.html` needs on every page."""
    return {
        "lang": lang(),
        "size": size(),
        "switch_size_url": here(size=STANDARD if size() else LARGE, lang=None),
        "switch_lang_url": here(lang="zh" if lang() == ENGLISH else ENGLISH, size=None),
        "sample": current_app.config.get("MINGZHANG_SAMPLE", False)
        and (request.view_args or {}).get("ledger") == INVENTED,
    }


class Finished:
    """Pages as they were made, by their ETag; the least wanted goes first. Safe for threads."""

    def __init__(self, version: str) -> None:
        self.version = version
        self._pages: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, tag: str) -> str | None:
        """A page made before, if it is still kept."""
        with self._lock:
            if tag in self._pages:
                self._pages.move_to_end(tag)
            return self._pages.get(tag)

    def keep(self, tag: str, html: str) -> None:
        """Keep a page, and let go of one too many."""
        if len(html) > PAGE_CHARACTERS_MAX:
            return
        with self._lock:
            self._pages[tag] = html
            if len(self._pages) > PAGES_KEPT:
                self._pages.popitem(last=False)


def page(view: Callable[Address, Shown]) -> Callable[Address, Response]:
    """Make a view a page: answered with 304 or from the finished pages where nothing changed."""

    @functools.wraps(view)
    def shown(*args: Address.args, **kwargs: Address.kwargs) -> Response:
        finished: Finished = current_app.extensions[FINISHED]
        tag = _tag(finished.version, followed())
        if request.if_none_match.contains_weak(tag):
            return _with_headers(Response(status=304), tag)
        html = finished.get(tag)
        if html is not None:
            return _with_headers(make_response(html), tag)
        made = view(*args, **kwargs)
        if not isinstance(made, str):
            return _with_headers(make_response(*made), None)
        finished.keep(tag, made)
        return _with_headers(make_response(made), tag)

    return shown


def _tag(version: str, states: Sequence[Generation]) -> str:
    """Changes with books, views, log, the day in Shanghai, the reader's choice, address and program."""
    services = current()
    state = (services.store.head(), states, services.today, _signed())
    parts = (version, *map(str, state), lang(), size() or STANDARD, request.full_path)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _signed() -> tuple[object, ...]:
    """How far the log of this page's ledger is signed: that changes without anything being recorded."""
    ledger = (request.view_args or {}).get("ledger", "")
    log = current().logs.of(ledger) if is_id(ledger) else None
    return log.stamp() if log else ()


def _with_headers(response: Response, tag: str | None) -> Response:
    if tag is not None:
        response.set_etag(tag)
    response.vary.update(("Accept-Language", "Cookie"))
    # "no-cache": a browser keeps its copy, but asks before showing it, so what was just recorded is seen
    response.headers["Cache-Control"] = "no-cache"
    return _remembered(response)


def _remembered(response: Response) -> Response:
    """A choice made by a link of this page goes into a cookie: the only ones there are, of no person."""
    for name, known in ((languages.COOKIE, tuple(languages.LOCALES)), ("size", (LARGE, STANDARD))):
        value = request.args.get(name)
        if value in known:
            response.headers["Cache-Control"] = "private, no-cache"
            response.set_cookie(
                name,
                value,
                max_age=A_YEAR_IN_SECONDS,
                secure=request.is_secure,
                httponly=True,
                samesite="Lax",
            )
    return response


def init_app(app: Flask) -> None:
    """Give every template the frame's words and links, and the app its store of finished pages."""
    app.context_processor(frame)
    app.jinja_env.filters.update(words.FILTERS)
    app.extensions[FINISHED] = Finished(_version(app))


def _version(app: Flask) -> str:
    """A digest of all a page is made of: what an older program made is not served by a newer one."""
    digest, root = hashlib.sha256(), Path(app.root_path)
    for pattern in ("templates/*.html", "static/*.css", "static/*.js", "translations/**/*.mo"):
        for file in sorted(root.glob(pattern)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
