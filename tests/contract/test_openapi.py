"""The description of the interface agrees with what is there: every route, action and error."""

import re

import jsonschema_rs
import pytest

import ledger.actions  # noqa: F401  fills the registry
from api import create_app
from api.errors import PROBLEM_JSON
from api.languages import phrase
from api.settings import Settings
from ledger.commands import ACTIONS

DOOR = "/api/v1/ledgers/{ledger}/actions/"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    built = create_app(
        Settings(
            database_url=f"sqlite:///{tmp_path_factory.mktemp('books')}",
            secret_key="a secret of the tests, long enough",
        )
    )
    yield built
    built.extensions["mingzhang"].close()


@pytest.fixture(scope="module")
def description(app):
    return app.test_client().get("/api/v1/openapi.json").get_json()


@pytest.fixture(scope="module")
def actions(app):
    return {row["name"]: row for row in app.test_client().get("/api/v1/actions").get_json()["actions"]}


def operations(description):
    for path, members in description["paths"].items():
        for method, operation in members.items():
            if method in ("get", "post", "put", "patch", "delete"):
                yield f"{method} {path}", operation


def test_the_description_is_openapi_3_1(description):
    assert description["openapi"] == "3.1.0"
    assert description["info"]["title"] == "明账 Mingzhang"


def test_every_route_for_programs_is_described_and_nothing_else(app, description):
    routes = set()
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/") or rule.rule in ("/healthz", "/readyz"):
            routes.add(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
    routes -= {"/api/v1/openapi.json"}
    routes = routes - {DOOR + "{name}"} | {DOOR + name for name in ACTIONS}
    assert set(description["paths"]) == routes


def test_what_each_table_is_called_stands_with_the_field_that_chooses_one(description, actions):
    for schema in (
        description["components"]["schemas"]["DraftDisclosure"],
        actions["draft-disclosure"]["schema"],
    ):
        table = schema["properties"]["table"]
        assert len(table["enum"]) > 5
        for code in table["enum"]:
            chinese, english = (phrase(lang, f"statement.{code}") for lang in ("zh", "en"))
            assert f"{code} {chinese} {english}" in table["description"]
        assert "T1 公共收益收支公示表 Public revenue of the quarter; T2 " in table["description"]


def test_every_error_is_a_problem_but_the_health_of_the_machine(description):
    for name, operation in operations(description):
        for status, answer in operation["responses"].items():
            if status.startswith(("4", "5")) and name != "get /readyz":
                assert set(answer["content"]) == {PROBLEM_JSON}, (name, status)
                assert answer["content"][PROBLEM_JSON]["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_no_answer_hides_behind_default(description):
    for name, operation in operations(description):
        assert "default" not in operation["responses"], name


def test_every_public_read_is_tagged_and_every_list_has_a_link_and_a_bounded_limit(description):
    for name, operation in operations(description):
        if not name.startswith("get /api/v1/"):
            continue
        is_private = "security" in operation  # and then kept by nobody
        assert ("304" in operation["responses"]) is not is_private, name
        assert ("ETag" in operation["responses"]["200"].get("headers", {})) is not is_private, name
        parameters = {parameter["name"]: parameter["schema"] for parameter in operation["parameters"]}
        assert "min_position" in parameters, name
        if "limit" in parameters:
            assert parameters["limit"]["maximum"] <= 1000, name
            assert "Link" in operation["responses"]["200"]["headers"], name


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_is_described_with_its_body_its_key_and_every_status_of_the_interface(description, action):
    operation = description["paths"][DOOR + action]["post"]
    assert set(operation["responses"]) == {
        "200",
        "201",
        "400",
        "401",
        "403",
        "404",
        "409",
        "413",
        "415",
        "422",
        "503",
    }
    assert operation["security"] == [{"token": []}]
    assert operation["requestBody"]["required"] is True
    assert list(operation["requestBody"]["content"]) == ["application/json"]
    parameters = {parameter["name"]: parameter for parameter in operation["parameters"]}
    assert parameters["Idempotency-Key"]["required"] is True
    assert set(parameters) == {"Idempotency-Key", "dry_run"}


@pytest.mark.parametrize("action", ACTIONS)
def test_the_list_of_actions_says_who_may_ask_and_gives_a_schema_that_stands_alone(actions, action):
    row = actions[action]
    assert row["roles"] == list(ACTIONS[action].roles)
    assert row["title"] != f"action.{action}"
    assert "$ref" not in str(row["schema"])
    assert row["schema"]["additionalProperties"] is False
    jsonschema_rs.validator_for({"$schema": "https://json-schema.org/draft/2020-12/schema", **row["schema"]})


def test_a_field_is_described_by_its_own_bounds(actions):
    schema = actions["request-fund-payment"]["schema"]
    fen = schema["properties"]["amount_fen"]
    assert (fen["type"], fen["minimum"], fen["maximum"]) == ("integer", 1, 10**13)
    assert schema["properties"]["fund"]["enum"] == ["maintenance", "public-revenue", "working"]
    assert schema["properties"]["payee"]["maxLength"] == 120
    assert schema["properties"]["documents"]["maxItems"] == 20
    assert set(schema["required"]) == {"payment", "fund", "decision", "amount_fen", "payee", "purpose"}
    day = actions["open-fund"]["schema"]["properties"]["opened_on"]
    assert (day["type"], day["format"]) == ("string", "date")


def test_the_page_of_the_description_asks_nobody_else_for_anything(app):
    answer = app.test_client().get("/api/docs")
    assert answer.status_code == 200
    links = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    assert links
    for link in links:
        assert link.startswith(("/", "data:")), link
        if link.startswith("/static/"):
            found = app.test_client().get(link)
            assert found.status_code == 200, link
            found.close()
