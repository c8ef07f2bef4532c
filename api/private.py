"""Reading what is not public: with a token, by the roles that may see it; kept by no cache at all.

Whoever reads is written into the access log before anything is answered, through this one door.
"""

import csv
import functools
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from flask import Response, g, request

from api import security, services
from api.formulas import guarded
from api.reading import JSON, Answer, Blueprint, Query, as_json, followed, links
from api.schemas import schema_of
from ledger.actors import Role
from ledger.errors import NotPermitted, UnknownLedger

Endpoint = Callable[..., Answer | Response]


class Reader(NamedTuple):
    """Who reads what is not public: the first of the roles that let them, and all they hold on the ledger."""

    account: str
    role: Role
    roles: frozenset[Role]

    @property
    def audits(self) -> bool:
        """Whether they see what is hidden from everybody else (PIPL 47(2))."""
        return "auditor" in self.roles


def must_hold(ledger: str, reading: str, roles: tuple[Role, ...]) -> str:
    """The account of this request, if it holds one of the roles on the ledger today.

    Errors: `NotAuthenticated`, `UnknownLedger`, `NotPermitted`.
    """
    return _reader(ledger, reading, roles).account


def _reader(ledger: str, reading: str, roles: tuple[Role, ...]) -> Reader:
    account, here = security.account(), services.current()
    if here.store.length(ledger) == 0:
        raise UnknownLedger(ledger=ledger)
    held = here.ledger.roles_of(ledger, account, here.today)
    for role in roles:
        if role in held:
            return Reader(account, role, frozenset(held))
    raise NotPermitted(action=reading, roles=roles)


def reading_as(ledger: str, reading: str, roles: tuple[Role, ...]) -> Reader:
    """Who reads, now that the access log says so; what was erased is gone before anybody looks.

    Errors: as `must_hold`; `StoreError` if it cannot be written down: nothing is shown then.
    """
    reader, here = _reader(ledger, reading, roles), services.current()
    here.ledger.erasing.finish_once()
    about = request.full_path.rstrip("?")
    here.vault.accesses.write(ledger, reader.account, reader.role, reading, about, here.store.clock())
    g.reader = reader
    return reader


def values_of(commitments: Iterable[str]) -> Mapping[str, str]:
    """The values behind commitments for the reader of this request; erased and hidden ones are left out."""
    reader: Reader = g.reader
    return services.current().vault.values(commitments, restricted=reader.audits)


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Rows as CSV (RFC 4180, UTF-8, with the mark that tells spreadsheets so); text stays text."""
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(header)
    lines.writerows([guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return Response("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")


def read_privately(
    blueprint: Blueprint,
    rule: str,
    *,
    query: type[Query],
    gives: type[msgspec.Struct] | str | None,
    reading: str,
    roles: tuple[Role, ...],
) -> Callable[[Endpoint], Callable[..., Response]]:
    """Register a GET for these roles on the path's `ledger`.

    `gives`: the struct of its JSON, the media type of anything else, none for CSV.
    `reading`: what is read, as an action is named, for the words of a refusal.
    """

    def decorator(endpoint: Endpoint) -> Callable[..., Response]:
        @functools.wraps(endpoint)
        def answering(asked: Query, ledger: str, **path: str) -> Response:
            reading_as(ledger, reading, roles)
            followed(asked.min_position)
            answer = endpoint(asked, ledger, **path)
            response = answer if isinstance(answer, Response) else as_json(answer)
            response.vary.add("Authorization")
            response.headers["Cache-Control"] = "private, no-store"
            return response

        media = JSON if isinstance(gives, type) else gives or "text/csv"
        schema: Any = schema_of(gives) if isinstance(gives, type) else {"type": "string"}
        documented = blueprint.response(200, schema, headers=links(gives), content_type=media)(answering)
        for status in (400, 401, 403, 404, 503):
            documented = blueprint.problem(status)(documented)
        documented = blueprint.arguments(schema_of(query), location="query", required=False)(documented)
        documented = blueprint.doc(security=[{"token": []}])(documented)
        blueprint.route(rule)(documented)
        return documented  # type: ignore[no-any-return]

    return decorator
