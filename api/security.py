"""Who asks, and what a browser may do with the answer: bearer tokens, response headers, hosts, body limit."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, request
from flask.sessions import SessionInterface

from api import services
from api.errors import NotAuthenticated
from api.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BODY_BYTES_MAX = 1024 * 1024
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HTTPS_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}


def init_app(app: Flask, settings: Settings) -> None:
    """Set the limits and headers of every answer."""
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_MAX
    app.config["TRUSTED_HOSTS"] = settings.trusted_hosts
    app.config["SECRET_KEY"] = settings.secret_key
    app.config["SESSION_COOKIE_SECURE"] = settings.secure
    headers = list((HEADERS | (HTTPS_HEADERS if settings.secure else {})).items())
    app.wsgi_app = WithHeaders(app.wsgi_app, headers)  # type: ignore[method-assign]
    app.session_interface = NoSessions()


class NoSessions(SessionInterface):
    """Nobody signs in with a browser yet; Flask would set up a signer for every request."""

    def open_session(self, app: Flask, request: Request) -> None:
        """No session."""


class WithHeaders:
    """Adds headers to every answer, whatever made it: an endpoint, a file, an error."""

    def __init__(self, inner: "WSGIApplication", headers: list[tuple[str, str]]) -> None:
        self.inner = inner
        self.headers = headers

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        # a missing Host (RFC 9112 3.2) becomes one nobody trusts: the server's own name would pass for it
        environ.setdefault("HTTP_HOST", "")

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, headers + self.headers, *error)

        return self.inner(environ, start)


def account() -> str:
    """The account of this request's bearer token. Cookies never count, so no other site can use them.

    Errors: `NotAuthenticated`.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthenticated
    here = services.current()
    holder = here.vault.holder(token.strip()) if len(token) <= 200 and token.isascii() else None
    if holder is None:
        raise NotAuthenticated("token.unknown")
    if holder.expires_on < here.today:
        raise NotAuthenticated("token.expired", expires_on=holder.expires_on)
    return holder.account
