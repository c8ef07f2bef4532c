"""The JSON endpoints, one file per subject, and the OpenAPI description made from them."""

import hashlib
import json

import flask_smorest
from flask import Flask, Response, render_template, request
from werkzeug.routing import BaseConverter

from api.endpoints import (
    access_log,
    actions,
    audit_programme,
    balances,
    debriefs,
    decisions,
    disclosures,
    duties,
    entries,
    events,
    exceptions,
    files,
    fund_levels,
    health,
    ledgers,
    logs,
    project_shares,
    projects,
    rectifications,
    revenue_contracts,
    revenue_shares,
    rules,
    tasks,
    trails,
    unit_accounts,
    unit_disclosure,
    unit_statement,
    uploads,
    working_budgets,
)
from api.errors import PROBLEM_JSON, Problem
from api.pages.frame import frame
from api.reading import JSON, with_tag
from api.schemas import schema_of
from ledger.fields import ID_PATTERN

PREFIX = "/api/v1"
DESCRIPTION = """The public ledger of residential communities.

Reading needs no account. Writing needs a bearer token and an `Idempotency-Key`: asking again with the same
key and body answers the first receipt and books nothing twice. Amounts are whole fen, areas text in m²,
days `YYYY-MM-DD` in Shanghai. Errors are problem+json in Chinese or English."""


class IdConverter(BaseConverter):
    """An id in a path. What is no id names nothing, so it is a 404 before anything is asked."""

    regex = ID_PATTERN.strip("^$")


class Api(flask_smorest.Api):  # type: ignore[misc]  # flask-smorest has no types
    """flask-smorest, with every error documented as the problem+json it is."""

    ERROR_SCHEMA = schema_of(Problem)
    _described: bytes | None = None
    DEFAULT_ERROR_RESPONSE_NAME = (
        None  # every status an endpoint gives is listed, so nothing hides behind "default"
    )

    def _register_responses(self) -> None:
        # private: pyproject pins flask-smorest, and a contract test holds every error to problem+json
        self.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM_JSON  # read in there for error answers only
        try:
            super()._register_responses()
        finally:
            del self.DEFAULT_RESPONSE_CONTENT_TYPE

    def _openapi_json(self) -> Response:
        if self._described is None:
            self._described = json.dumps(self.spec.to_dict(), ensure_ascii=False).encode()
        response = Response(self._described, content_type=JSON)
        with_tag(response, hashlib.sha256(self._described).hexdigest()[:16])
        response.make_conditional(request)
        return response

    def _register_error_handlers(self) -> None:
        """Errors are answered in api/errors.py; flask-smorest would turn those of pages into JSON as well."""


def init_app(app: Flask) -> None:
    """Register every endpoint, its description, and the page that shows it."""
    app.url_map.converters["id"] = IdConverter
    app.config |= {
        "API_TITLE": "明账 Mingzhang",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": PREFIX,
    }
    bearer = {"type": "http", "scheme": "bearer", "description": "mz_…, from `mingzhang token ACCOUNT`"}
    api = Api(app, spec_kwargs={"info": {"description": DESCRIPTION}})
    api.spec.components.security_scheme("token", bearer)
    api.register_converter(IdConverter, lambda _: {"type": "string", "pattern": ID_PATTERN})
    for endpoints in (
        ledgers,
        events,
        trails,
        balances,
        entries,
        fund_levels,
        unit_accounts,
        unit_disclosure,
        unit_statement,
        access_log,
        decisions,
        projects,
        project_shares,
        debriefs,
        disclosures,
        duties,
        rectifications,
        revenue_contracts,
        revenue_shares,
        exceptions,
        audit_programme,
        files,
        rules,
        tasks,
        uploads,
        working_budgets,
    ):
        api.register_blueprint(endpoints.blueprint, url_prefix=PREFIX)
    api.register_blueprint(health.blueprint)
    actions.register(app, api, PREFIX)
    app.register_blueprint(files.pages)
    app.register_blueprint(logs.blueprint)
    app.add_url_rule("/api/docs", view_func=docs)


def docs() -> Response:
    """Swagger UI, from our own files."""
    return Response(render_template("api_docs.html", **frame()))
