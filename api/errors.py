"""Every error of every layer becomes problem+json (RFC 9457) for programs, a page for people."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

import msgspec
from flask import Flask, Response, current_app, request
from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    SecurityError,
    UnsupportedMediaType,
)

from api import languages
from api.documents.packing import PackTooLarge
from ledger.errors import (
    Contended,
    KeyReused,
    LedgerError,
    Malformed,
    NotPermitted,
    Refused,
    StoreBusy,
    StoreFull,
    StoreUnavailable,
    UnknownAction,
    UnknownLedger,
)
from ledger.rules.semantics import CalendarMissing

PROBLEM_JSON = "application/problem+json"
ERRORS_BYTES_MAX = (
    5_000  # a list of ten thousand unknown fields helps nobody; the whole answer stays under 8 KB
)
POINTER_CHARACTERS_MAX = 120


class BadRequest(LedgerError):
    """The request itself cannot be read: not clean JSON, a missing key, an unknown query parameter."""

    code = "request.malformed"


class BadQuery(Malformed):
    """Query parameters that are unknown, given twice or not what they should be."""

    code = "query.malformed"


class NotAuthenticated(LedgerError):
    """No token, or one that is not good (any more)."""

    code = "token.missing"


class TooLarge(LedgerError):
    """More than is taken in."""

    code = "request.too-large"


class NotTaken(LedgerError):
    """A file of a kind that is not taken in, or not what its name says it is."""

    code = "request.media-type"


class Unknown(LedgerError):
    """Nothing is kept under this address."""

    code = "path.unknown"


class ViewsBehind(LedgerError):
    """The views have not come to the position asked for; `position` says how far they are."""

    code = "views.behind"


# error → status, in one place
STATUS: dict[type[LedgerError], int] = {
    BadRequest: 400,
    BadQuery: 400,
    NotAuthenticated: 401,
    NotPermitted: 403,
    UnknownLedger: 404,
    UnknownAction: 404,
    Unknown: 404,
    Refused: 409,
    TooLarge: 413,
    PackTooLarge: 413,
    NotTaken: 415,
    Contended: 409,
    Malformed: 422,
    KeyReused: 422,
    StoreBusy: 503,
    StoreFull: 503,
    StoreUnavailable: 503,
    ViewsBehind: 503,
    CalendarMissing: 503,
    LedgerError: 500,
}
A_DAY_IN_SECONDS = 24 * 3600
RETRY_AFTER_SECONDS: dict[type[LedgerError], int] = {
    StoreFull: 30,
    StoreUnavailable: 5,
    CalendarMissing: A_DAY_IN_SECONDS,  # somebody has to enter the year first
}
CODES: dict[type[HTTPException], str] = {
    SecurityError: "host.unknown",
    NotFound: "path.unknown",
    MethodNotAllowed: "method.not-allowed",
    RequestEntityTooLarge: "request.too-large",
    UnsupportedMediaType: "request.media-type",
}


class FieldError(msgspec.Struct, frozen=True):
    """One field at fault: where (JSON Pointer, RFC 6901), what it broke, and that in words."""

    pointer: str
    detail: str
    code: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong, in the language of Accept-Language; `code` is stable, `rules` are ids of the law."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    rules: tuple[str, ...] = ()
    details: dict[str, Any] = {}
    errors: tuple[FieldError, ...] = ()
    instance: str = ""


ErrorPage = Callable[[Problem], Response]
PAGE = "mingzhang-error-page"


def init_app(app: Flask, page: ErrorPage) -> None:
    """Answer every error in our own words; `page` makes the answer for people."""
    app.extensions[PAGE] = page
    app.register_error_handler(LedgerError, answer)
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(Exception, answer_unforeseen)


def status_of(error: LedgerError) -> int:
    """The status of an error, by the nearest of its classes."""
    return next(STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)


def answer(error: LedgerError) -> Response:
    """The answer to an error of any layer below."""
    status = status_of(error)
    if status == 500:
        current_app.logger.error("%s %s: %s", request.method, quote(request.path), error, exc_info=error)
        error = _fault_of_ours()
    response = _answer(status, error)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="mingzhang"'
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS.get(type(error), 1))
    return response


def answer_http(error: HTTPException) -> Response | HTTPException:
    """The answer to an error of the HTTP layer; redirects are left as they are."""
    status = error.code or 500
    if status < 400:
        return error
    code = next((CODES[cls] for cls in type(error).__mro__ if cls in CODES), BadRequest.code)
    response = _answer(status, LedgerError(code) if status < 500 else _fault_of_ours())
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "WWW-Authenticate"):
            response.headers[name] = value
    return response


def answer_unforeseen(error: Exception) -> Response:
    """A fault of ours: logged in full, told without a traceback."""
    current_app.logger.error("%s %s", request.method, quote(request.path), exc_info=error)
    return _answer(500, _fault_of_ours())


def _fault_of_ours() -> LedgerError:
    """What a fault of ours means for who asked: nothing was acknowledged, or nothing could be shown."""
    return LedgerError("server.error" if request.method == "POST" else "server.not-shown")


def is_for_programs(path: str) -> bool:
    """Whether an address answers programs; all others answer people, as does the verifier for a browser."""
    if path in ("/healthz", "/readyz"):
        return True
    return path.startswith(("/api/v1/", "/t/")) and not path.endswith(".html")


def _answer(status: int, error: LedgerError) -> Response:
    lang = languages.language()
    problem = as_problem(status, error, lang)
    if is_for_programs(request.path):
        response = Response(msgspec.json.encode(problem), status, content_type=PROBLEM_JSON)
    else:
        page: ErrorPage = current_app.extensions[PAGE]
        response = page(problem)
    response.headers["Content-Language"] = languages.LOCALES[lang].replace("_", "-")
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept-Language")
    return response


def as_problem(status: int, error: LedgerError, lang: str) -> Problem:
    """An error in words."""
    errors = error.errors if isinstance(error, Malformed) else ()
    code = error.code
    if isinstance(error, Malformed) and len(errors) == 1 and errors[0][0] == "":
        code, error.details = errors[0][1], errors[0][2]  # the whole is at fault, not one of its fields
    return Problem(
        type=f"/problems/{code}",
        title=languages.phrase(lang, f"problem.{status}"),
        status=status,
        detail=languages.phrase(lang, f"refusal.{code}", error.details),
        code=code,
        rules=error.rules if isinstance(error, Refused) else (),
        details=_plain(error.details) if isinstance(error, (Refused, ViewsBehind, CalendarMissing)) else {},
        errors=tuple(_worded(errors, lang)),
        instance=quote(request.path)[:300],
    )


def _worded(errors: Iterable[tuple[str, str, dict[str, Any]]], lang: str) -> Iterable[FieldError]:
    size = 0
    for pointer, code, details in errors:
        detail = languages.phrase(lang, f"refusal.{code}", details)
        size += len(detail.encode()) + len(code) + 40 + len(pointer[:POINTER_CHARACTERS_MAX].encode())
        if size > ERRORS_BYTES_MAX:
            return
        yield FieldError(pointer[:POINTER_CHARACTERS_MAX], detail, code)


def _plain(details: dict[str, Any]) -> dict[str, Any]:
    """Details as JSON; only those of refusals go out, others may name files and hosts."""
    plain: dict[str, Any] = msgspec.to_builtins(details)
    return {name: value[:200] if isinstance(value, str) else value for name, value in plain.items()}
