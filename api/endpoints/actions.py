"""Writing: one door for every kind of action, and the list of what may be asked through it."""

import re
from typing import Any

import msgspec
from flask import Flask, Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.routing import Rule

from api import languages, security, services
from api.errors import PROBLEM_JSON, BadQuery, BadRequest, Problem
from api.reading import BY_LANGUAGE, JSON, Answer, Blueprint, Query
from api.schemas import Fault, command_of, faults_of, schema_of
from api.security import BODY_BYTES_MAX
from ledger.actors import Role
from ledger.asked import Asked
from ledger.commands import ACTIONS, Command
from ledger.envelope import parse
from ledger.errors import Malformed, UnknownAction
from ledger.events import Source
from ledger.store.port import Receipt

_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_VIA_API = Source(via="api")
_encode = msgspec.json.Encoder().encode
_PROBLEMS = (400, 401, 403, 404, 409, 413, 415, 422, 503)

SCHEMAS = "mingzhang-action-schemas"

blueprint = Blueprint("Actions", __name__, description="Record governance actions")


class RecordedEvent(msgspec.Struct, frozen=True):
    """Where one event of an action went; `leaf_hash` is what the transparency log holds for it."""

    id: str
    kind: str
    ledger: str
    number: int
    position: int
    leaf_hash: str
    recorded_at: str


class ReceiptAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was recorded. `replayed`: by an earlier request with this key; `dry_run`: nothing, on request."""

    events: tuple[RecordedEvent, ...] = msgspec.field(default_factory=lambda: ())
    position: int = 0
    replayed: bool = False
    dry_run: bool = False


class ActionRow(msgspec.Struct, frozen=True):
    """One kind of action: what it is, who may ask for it, and the JSON Schema of its body."""

    name: str
    title: str
    description: str
    roles: tuple[Role, ...]
    schema: dict[str, Any]


class ActionList(Answer, kw_only=True):
    """Every kind of action."""

    actions: tuple[ActionRow, ...]


# -- recording -----------------------------------------------------------------------------------------


def record(ledger: str, name: str) -> Response:
    """Decide an action and record it. The hot path: no schema is walked unless something is wrong."""
    account = security.account()
    action = ACTIONS.get(name)
    if action is None:
        raise UnknownAction(action=name)
    dry_run = _wants_dry_run()
    if request.mimetype != JSON:
        raise UnsupportedMediaType
    key = _idempotency_key()
    body = _body()
    here = services.current()
    try:
        asked = Asked(ledger, command_of(action, body), account, here.today, _VIA_API)
        receipt = here.ledger.record(asked, key, dry_run=dry_run)
    except Malformed as malformed:
        if faults := faults_of(action, body):  # the ledger names the first fault, people want all of them
            raise Malformed(*faults) from malformed
        raise
    return _answer(receipt, dry_run=dry_run and not receipt.replayed)


def _wants_dry_run() -> bool:
    if not request.query_string:
        return False
    given = request.args
    unknown: tuple[Fault, ...] = tuple(
        (f"/{name}", "field.unknown", {}) for name in given if name != "dry_run"
    )
    values = given.getlist("dry_run")
    if len(values) > 1:
        unknown += (("/dry_run", "query.twice", {}),)
    elif values and values[0] not in ("true", "false"):
        unknown += (("/dry_run", "choice.unknown", {"choices": ["true", "false"]}),)
    if unknown:
        raise BadQuery(*unknown)
    return values == ["true"]


def _idempotency_key() -> str:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        raise BadRequest("idempotency-key.missing")
    if not _KEY.fullmatch(key):
        raise BadRequest("idempotency-key.malformed")
    return key


def _body() -> Any:
    body = request.get_data(cache=False)
    if len(body) >= BODY_BYTES_MAX and request.content_length is None:
        raise RequestEntityTooLarge  # Werkzeug cuts a body of unsaid length off at the limit and says nothing
    try:
        return parse(body)
    except Malformed as malformed:
        _, code, details = malformed.errors[0]
        raise BadRequest(code, **details) from malformed


def _answer(receipt: Receipt, *, dry_run: bool) -> Response:
    body: Any = {**msgspec.structs.asdict(receipt), "dry_run": True} if dry_run else receipt
    created = not receipt.replayed and not dry_run
    response = Response(_encode(body), 201 if created else 200, content_type=JSON)
    if created:
        first = receipt.events[0]
        response.headers["Location"] = f"/api/v1/ledgers/{first.ledger}/events/{first.number}"
    return response


# -- what may be asked ---------------------------------------------------------------------------------


@blueprint.read("/actions", gives=ActionList, varies=BY_LANGUAGE)
def actions(_: Query) -> ActionList:
    """Every kind of action: its title in the language asked for, its roles, the schema of its body."""
    lang = languages.language()
    rows = tuple(
        ActionRow(
            name=name,
            title=languages.phrase(lang, f"action.{name}"),
            description=_summary(ACTIONS[name]),
            roles=ACTIONS[name].roles,
            schema=schema,
        )
        for name, schema in current_app.extensions[SCHEMAS].items()
    )
    return ActionList(position=services.current().views.position(), actions=rows)


def register(app: Flask, api: Any, prefix: str) -> None:
    """Register the door, and describe it once per kind of action."""
    # as Flask has it: the door is described by its actions below, not by one path for all of them
    door = f"{prefix}/ledgers/<id:ledger>/actions/"
    app.add_url_rule(f"{door}<name>", "Actions.record", record, methods=["POST"])
    api.register_blueprint(blueprint, url_prefix=prefix)
    for name, action in ACTIONS.items():
        path = Rule(f"{door}{name}", defaults={})
        path.bind(app.url_map)
        api.spec.path(rule=path, operations={"post": _operation(name, action)})
    components = api.spec.to_dict()["components"]["schemas"]
    app.extensions[SCHEMAS] = {
        name: _resolved(components[action.__name__], components) for name, action in ACTIONS.items()
    }


def _operation(name: str, action: type[Command]) -> dict[str, Any]:
    receipt = {JSON: {"schema": schema_of(ReceiptAnswer)}}
    problem = {PROBLEM_JSON: {"schema": schema_of(Problem)}}
    return {
        "operationId": name,
        "tags": ["actions"],
        "summary": languages.phrase("zh", f"action.{name}"),
        "description": f"{_summary(action)}\n\nRoles: {', '.join(action.roles)}.",
        "security": [{"token": []}],
        "parameters": [
            {
                "in": "header",
                "name": "Idempotency-Key",
                "required": True,
                "description": "The same key with the same body answers the first receipt again",
                "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
            },
            {
                "in": "query",
                "name": "dry_run",
                "description": "Decide and write nothing",
                "schema": {"type": "string", "enum": ["true", "false"]},
            },
        ],
        "requestBody": {"required": True, "content": {JSON: {"schema": schema_of(action)}}},
        "responses": {
            "201": {"description": "Recorded", "content": receipt, "headers": {"Location": LOCATION}},
            "200": {"description": "Recorded before under this key, or a dry run", "content": receipt},
            **{str(status): {"description": MEANINGS[status], "content": problem} for status in _PROBLEMS},
        },
    }


LOCATION = {"description": "The first event recorded", "schema": {"type": "string"}}
MEANINGS = {
    400: "Not clean JSON, or the key is missing or malformed",
    401: "No token, or not a good one",
    403: "The role is missing on this ledger on this day",
    404: "No such ledger or action",
    409: "A rule refuses it, or what it stood on kept changing",
    413: "Over 1 MiB",
    415: "Not application/json",
    422: "Malformed fields, or the key was used with another body or by somebody else",
    503: "The store is busy, full or away: ask again with the same key",
}


def _summary(action: type[Command]) -> str:
    return " ".join((action.__doc__ or "").split())


def _resolved(schema: Any, components: dict[str, Any]) -> Any:
    """A schema that stands alone: references replaced by what they refer to."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _resolved(components[schema["$ref"].rpartition("/")[2]], components)
        return {name: _resolved(member, components) for name, member in schema.items()}
    if isinstance(schema, list):
        return [_resolved(item, components) for item in schema]
    return schema
