"""The catalogue of bad input (../shared/data/bad_inputs.json), as far as there is a door for it."""

import base64
import json
import re
from pathlib import Path

import pytest

from tests.api.endpoints.installation import LEDGER, OPENING, OTHER_LEDGER

CATALOGUE = Path(__file__).parents[4] / "shared" / "data" / "bad_inputs.json"
CASES = (
    {case["id"]: case for case in json.loads(CATALOGUE.read_text(encoding="utf-8"))["cases"]}
    if CATALOGUE.exists()
    else {}
)
NEEDED = {
    "request-fund-payment": {
        "payment": "p-1",
        "fund": "working",
        "decision": "printer-1",
        "amount_fen": 100_00,
        "payee": "甲维修公司",
        "purpose": "电梯维修",
    },
    "record-public-revenue": {"head": 3, "gross_fen": 100_00, "received_on": "2026-03-01"},
    "record-committee-decision": {
        "decision": "new-1",
        "title": "会议",
        "matter": "会议",
        "decided_on": "2026-02-01",
        "seats": 5,
        "present": 3,
        "signed": 3,
    },
    "hold-debrief": {
        "debrief": "2025",
        "firm": "firm-a",
        "period": {"from": "2025-01-01", "to": "2025-12-31"},
        "held_on": "2026-01-20",
    },
}
# the catalogue's words for things, and ours
ACTIONS = {
    "fund-spends": "request-fund-payment",
    "revenue-entries": "record-public-revenue",
    "decisions": "record-committee-decision",
    "debriefs": "hold-debrief",
}
FIELDS = {
    "decision_id": "decision",
    "source": "location",
    "decided_at": "decided_on",
    "text": "summary",
    "body": "matter",
}
PLACEHOLDERS = {"{decision}": "printer-1", "{firm}": "firm-a", "{chair}": "chair", "{community}": LEDGER}

# Cases without a door here: files, imports, sign-in, exports and operations come with later issues or are
# tested beside the store; approvals by hash, sums of lines and private data do not exist in this interface.
POSTED = """
    B002 B004 B006 B008 B010 B012 B014 B016 B018 B020 B022 B024 B026 B028 B034 B040 B042 B051 B057 B061
    B090 B092 B103 B105 B107 B109 B111 B113 B115 B117 B119 B121 B123 B125 B127 B129 B131 B133 B135 B137
"""


@pytest.fixture
def books(here):
    """The working fund is open, and a decision sets 8,000 yuan of it free."""
    assert here.ask("open-fund", {"fund": "working", **OPENING}).status_code == 201
    assert here.ask("open-fund", {"fund": "public-revenue", **OPENING}).status_code == 201
    decided = NEEDED["record-committee-decision"] | {
        "decision": "printer-1",
        "authorises": {"fund": "working", "amount_fen": 8_000_00, "purpose": "打印机"},
    }
    assert here.ask("record-committee-decision", decided, by="secretary").status_code == 201
    return here


def made(value):
    """A value of the catalogue with its generators run and its placeholders filled."""
    if isinstance(value, dict) and "repeat" in value:
        return value["repeat"] * value["times"]
    if isinstance(value, dict) and "concat" in value:
        return "".join(made(part) for part in value["concat"])
    if isinstance(value, dict) and "object_with_keys" in value:
        return json.dumps({f"k{number}": 1 for number in range(value["object_with_keys"])})
    if isinstance(value, dict) and "template" in value:
        text = value["template"]
        for name, generator in value.items():
            text = text.replace(f"<{name}>", made(generator)) if name != "template" else text
        return text
    if isinstance(value, dict):
        return {name: made(member) for name, member in value.items()}
    return PLACEHOLDERS.get(value, value) if isinstance(value, str) else value


def raw_body(payload, action):
    """The bytes a case sends to our action: the needed fields beside the one that is bad."""
    if "raw_b64" in payload:
        return base64.b64decode(payload["raw_b64"])
    if "raw_body" in payload:
        return (
            payload["raw_body"]
            .replace("amount_fen", "gross_fen" if action == "record-public-revenue" else "amount_fen")
            .encode()
        )
    if "body_generator" in payload:
        return made(payload["body_generator"]).encode()
    sent = {FIELDS.get(name, name): made(value) for name, value in payload["json"].items()}
    if action == "record-public-revenue" and "amount_fen" in sent:
        sent["gross_fen"] = sent.pop("amount_fen")
    return json.dumps(NEEDED[action] | sent).encode()


def send(books, payload):
    action = ACTIONS[payload["path"].split("/")[3]]
    headers = dict(payload["headers"])
    content_type = headers.pop("Content-Type")
    who = {"anonymous": None, "property_firm": "firm", "bookkeeping_agency": "bookkeeper"}.get(
        payload["as"], payload["as"]
    )
    if who == "treasurer" and action == "record-committee-decision":
        who = "secretary"
    sent = {
        "Idempotency-Key": "case",
        **{name: value.encode().decode("latin-1") for name, value in headers.items()},
    }
    if who is not None:
        sent["Authorization"] = f"Bearer {books.tokens[who]}"
    return books.client.post(
        f"/api/v1/ledgers/{LEDGER}/actions/{action}",
        data=raw_body(payload, action),
        content_type=content_type,
        headers=sent,
    )


def must_be_as_expected(books, case, answer, before):
    assert answer.status_code in case["expect"]["status"], (case["input"], answer.status_code, answer.text)
    assert books.head() == before + (answer.status_code == 201)
    assert "Traceback" not in answer.text
    if answer.status_code >= 400:
        assert answer.mimetype == "application/problem+json"
        assert len(answer.data) < 8192
    assert books.services.store.deep_check() == books.head()
    assert books.get("/healthz").status_code == 200


@pytest.mark.skipif(not CASES, reason="../shared/data/bad_inputs.json is not in this checkout")
@pytest.mark.parametrize("case", re.findall("B[0-9]{3}", POSTED))
def test_a_bad_body_of_the_catalogue_is_answered_as_it_expects(books, case):
    case = CASES[case]
    payload = dict(case["payload"])
    if case["id"] == "B040":
        payload["headers"] = {"Content-Type": "application/json"}
        answer = books.client.post(
            f"/api/v1/ledgers/{LEDGER}/actions/request-fund-payment",
            json=NEEDED["request-fund-payment"],
            headers={"Authorization": f"Bearer {books.tokens['treasurer']}"},
        )
        must_be_as_expected(books, case, answer, books.head())
        return
    before = books.head()
    must_be_as_expected(books, case, send(books, payload), before)


READ = {
    "B141": "decisions/1'%20or%20'1'%3D'1",
    "B143": "entries?q=%25%25_",
    "B145": "decisions?cursor=AAAA",
    "B147": "entries?" + "a=1&" * 10_000,
    "B149": "entries?fund=working&fund=maintenance",
    "B100": "%00%ff",
}


@pytest.mark.skipif(not CASES, reason="../shared/data/bad_inputs.json is not in this checkout")
@pytest.mark.parametrize("case", READ)
def test_a_bad_read_of_the_catalogue_is_answered_as_it_expects(books, case):
    before = books.head()
    must_be_as_expected(books, CASES[case], books.get(f"/api/v1/ledgers/{LEDGER}/{READ[case]}"), before)


@pytest.mark.skipif(not CASES, reason="../shared/data/bad_inputs.json is not in this checkout")
def test_who_may_not_is_refused_as_the_catalogue_expects(books):
    before, body = books.head(), NEEDED["request-fund-payment"]
    must_be_as_expected(
        books, CASES["B049"], books.ask("request-fund-payment", body, ledger=OTHER_LEDGER), before
    )
    for case, method in (("B063", "POST"), ("B065", "PUT")):
        answer = books.client.open(
            f"/api/v1/ledgers/{LEDGER}/entries", method=method, headers={"X-HTTP-Method-Override": "DELETE"}
        )
        must_be_as_expected(books, CASES[case], answer, before)
    assert books.ask("request-fund-payment", body).status_code == 201
    must_be_as_expected(
        books,
        CASES["B055"],
        books.ask("approve-fund-payment", {"payment": "p-1"}, by="bookkeeper"),
        before + 1,
    )


@pytest.mark.skipif(not CASES, reason="../shared/data/bad_inputs.json is not in this checkout")
def test_who_is_both_treasurer_and_chair_does_not_approve_their_own_request(books):
    books.grant("treasurer", "chair")
    assert books.ask("request-fund-payment", NEEDED["request-fund-payment"]).status_code == 201
    before = books.head()
    answer = books.ask("approve-fund-payment", {"payment": "p-1"})
    assert (answer.status_code, answer.get_json()["code"]) == (
        409,
        "fund-payment.own-request",
    )  # a rule, so 409 here
    assert books.head() == before
