"""Reading what is not public: with a token, by the roles that may see it; kept by no shared cache."""

import csv
import functools
import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from flask import Response, request

from api import security, services
from api.reading import ETAG, JSON, Answer, Blueprint, Query, as_json, followed, state_tag
from api.schemas import schema_of
from ledger.actors import Role
from ledger.errors import NotPermitted, UnknownLedger

Endpoint = Callable[..., Answer | Response]


def must_hold(ledger: str, reading: str, roles: tuple[Role, ...]) -> str:
    """The account of this request, if it holds one of the roles on the ledger today.

    Errors: `NotAuthenticated`, `UnknownLedger`, `NotPermitted`.
    """
    account, here = security.account(), services.current()
    if here.store.length(ledger) == 0:
        raise UnknownLedger(ledger=ledger)
    if here.ledger.roles_of(ledger, account, here.today).isdisjoint(roles):
        raise NotPermitted(action=reading, roles=roles)
    return account


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Rows as CSV (RFC 4180, UTF-8, with the mark that tells spreadsheets so)."""
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(header)
    lines.writerows(rows)
    return Response("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")


def read_privately(
    blueprint: Blueprint,
    rule: str,
    *,
    query: type[Query],
    gives: type[msgspec.Struct] | None,
    reading: str,
    roles: tuple[Role, ...],
) -> Callable[[Endpoint], Callable[..., Response]]:
    """Register a GET for these roles on the path's `ledger`; `gives`: its JSON, or none for CSV.

    `reading`: what is read, as an action is named, for the words of a refusal.
    """

    def decorator(endpoint: Endpoint) -> Callable[..., Response]:
        @functools.wraps(endpoint)
        def answering(asked: Query, ledger: str) -> Response:
            account = must_hold(ledger, reading, roles)
            tag = hashlib.sha256(f"{account}|{state_tag(followed(asked.min_position))}".encode()).hexdigest()[
                :20
            ]
            if tag in request.if_none_match.as_set(include_weak=True):
                response = Response(status=304)
            else:
                answer = endpoint(asked, ledger)
                response = answer if isinstance(answer, Response) else as_json(answer)
            response.set_etag(tag)
            response.vary.add("Authorization")
            response.headers["Cache-Control"] = "private, no-cache"
            return response

        kind = {"content_type": JSON} if gives else {"content_type": "text/csv"}
        schema: Any = schema_of(gives) if gives else {"type": "string"}
        documented = blueprint.response(200, schema, headers={"ETag": ETAG}, **kind)(answering)
        documented = blueprint.alt_response(304, description="Unchanged since the given ETag", success=True)(
            documented
        )
        for status in (400, 401, 403, 404, 503):
            documented = blueprint.problem(status)(documented)
        documented = blueprint.arguments(schema_of(query), location="query", required=False)(documented)
        documented = blueprint.doc(security=[{"token": []}])(documented)
        blueprint.route(rule)(documented)
        return documented  # type: ignore[no-any-return]

    return decorator
