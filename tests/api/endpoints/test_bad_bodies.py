"""What is wrong with a body is refused with the place of every fault, and nothing is recorded."""

import json

import pytest
from msgspec import inspect

import ledger.actions  # noqa: F401  fills the registry
from ledger.commands import ACTIONS
from tests.api.endpoints.bodies import body_of, fields_of, spoiled, unwrapped
from tests.api.endpoints.installation import LEDGER, pointers, problem_of

every_action = pytest.mark.parametrize("action", ACTIONS)
NOT_NUMBERS = ["1", "", "１２", "٣", "1_000", "0x10", 1.0, 1.5, 1e3, True, False, [1], {"$gt": 0}]
NOT_TEXT = [1, 1.5, True, ["甲"], {"a": "b"}]
NOT_DAYS = [
    "2026-02-30",
    "2026-13-01",
    "2026-00-10",
    "0000-01-01",
    "0001-01-01",
    "9999-12-31",
    "1949-09-30",
    "2200-01-01",
    "20260101",
    "2026-W01-1",
    "2026-1-5",
    "2026-01-05T00:00:00",
    "2026-01-05T00:00:00+08:00",
    "２０２６-01-05",
    " 2026-01-05",
    "",
    "今天",
    20260101,
    True,
    {},
]
HIDDEN = [
    "a\u0000b",
    "甲\u0007",
    "a\nb",
    "a\tb",
    "甲公司\u202e司公乙",
    "a\u200bb",
    "\ufeffa",
    "a\u2028b",
    "\u2066a\u2069",
]
BLANK = ["", " ", "\u3000\u3000", "\u00a0"]
NOT_IDS = ["", "A", "甲", "a b", "a_b", "a" * 65, "../a", "a\n", "1' or '1'='1", "a/b"]


def asked(here, action, body):
    return here.ask(action, body, by=first_role(action))


def first_role(action):
    return next(role for role in ACTIONS[action].roles if role != "operator")


def must_all_be_refused(here, action, cases):
    before = here.head()
    for pointer, body in cases:
        problem = problem_of(asked(here, action, body), 422)
        assert any(found.startswith(pointer) for found in pointers(problem)), (pointer, body, problem)
    assert here.head() == before


@every_action
def test_a_missing_field_is_named(shared, action):
    body = body_of(ACTIONS[action])
    cases = [(f"/{name}", {n: v for n, v in body.items() if n != name}) for name in body]
    must_all_be_refused(shared, action, cases)


@every_action
def test_all_faults_are_listed_at_once_in_the_language_asked_for(shared, action):
    needed = [f"/{name}" for name, field in fields_of(ACTIONS[action]).items() if field.required]
    problem = problem_of(
        shared.ask(action, {"bogus": 1}, by=first_role(action), Accept_Language="en"), 422, "fields.malformed"
    )
    assert pointers(problem) == [*needed, "/bogus"]
    assert problem["errors"][-1] == {
        "pointer": "/bogus",
        "code": "field.unknown",
        "detail": "There is no such field. Remove it, or check its name.",
    }


@every_action
def test_an_unknown_field_is_refused(shared, action):
    body = body_of(ACTIONS[action])
    unknown = ["actor_id", "ledger", "recorded_at", "_type_", "__class__", "data", "甲"]
    must_all_be_refused(shared, action, [(f"/{name}", {**body, name: "x"}) for name in unknown])


@every_action
def test_a_number_must_be_a_whole_number_in_range(shared, action):
    too_large = [2**53, 2**63, 10**18, -(2**53)]
    must_all_be_refused(shared, action, spoiled(ACTIONS[action], {inspect.IntType: NOT_NUMBERS + too_large}))


@every_action
def test_an_amount_of_fen_is_never_negative_and_zero_only_where_that_is_said(shared, action):
    cases = []
    for name, field in fields_of(ACTIONS[action]).items():
        kind = unwrapped(field.type)
        if isinstance(kind, inspect.IntType) and name.endswith("_fen"):
            below = [-1, -100] if kind.ge == 0 else [0, -1, -100]
            cases += [(f"/{name}", {**body_of(ACTIONS[action]), name: value}) for value in below]
    must_all_be_refused(shared, action, cases)


@every_action
def test_a_day_must_exist_and_be_written_in_the_one_way(shared, action):
    must_all_be_refused(shared, action, spoiled(ACTIONS[action], {inspect.DateType: NOT_DAYS}))


@every_action
def test_a_text_must_be_text_that_can_be_seen(shared, action):
    must_all_be_refused(
        shared, action, spoiled(ACTIONS[action], {inspect.StrType: NOT_TEXT + HIDDEN + BLANK})
    )


@every_action
def test_a_text_of_a_megabyte_is_refused_whole(shared, action):
    before = shared.head()
    for _, body in spoiled(ACTIONS[action], {inspect.StrType: ["字" * 340_000]}):
        assert asked(shared, action, body).status_code in (413, 422)
    assert shared.head() == before


@every_action
def test_an_id_has_the_form_of_an_id(shared, action):
    cases = []
    for name, field in fields_of(ACTIONS[action]).items():
        kind = unwrapped(field.type)
        if isinstance(kind, inspect.StrType) and kind.pattern == "^[a-z0-9-]{1,64}$":
            cases += [(f"/{name}", {**body_of(ACTIONS[action]), name: value}) for value in NOT_IDS]
    must_all_be_refused(shared, action, cases)


@every_action
def test_a_choice_and_a_yes_or_no_and_a_list_are_what_they_are(shared, action):
    spoilers = {
        inspect.LiteralType: ["", "MAINTENANCE", "maintenance ", 1, [], {}],
        inspect.BoolType: [0, 1, "true", "", []],
        inspect.VarTupleType: [{}, "a", 1, "abc", {"0": "a"}],
        inspect.StructType: [[], "a", 1, [{}]],
    }
    must_all_be_refused(shared, action, spoiled(ACTIONS[action], spoilers))


@every_action
def test_null_stands_only_where_a_field_may_be_left_out(shared, action):
    body = body_of(ACTIONS[action])
    cases = [(f"/{name}", {**body, name: None}) for name in body]
    must_all_be_refused(shared, action, cases)


UNCLEAN = {
    "json.not-utf-8": [b"\xff\xfe{\x00}\x00", '{"title":"会议"}'.encode("gbk"), b'{"a":"\xc0\xaf"}'],
    "json.byte-order-mark": [b"\xef\xbb\xbf{}"],
    "json.not-a-number": [b'{"amount_fen":NaN}', b'{"amount_fen":Infinity}', b'{"amount_fen":-Infinity}'],
    "json.number-too-large": [b'{"amount_fen":1e400}', b'{"amount_fen":' + b"9" * 5000 + b"}"],
    "json.duplicate-member": [
        b'{"amount_fen":1,"amount_fen":99999999}',
        b'{"basis":[{"kind":"a","kind":"b"}]}',
    ],
    "json.lone-surrogate": [b'{"title":"\\ud800"}', b'{"title":"\\udc00\\ud800"}', b'{"\\ud800":1}'],
    "json.too-deep": [
        b"[" * 33 + b"]" * 33,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 40 + b"1" + b"}" * 40,
    ],
    "json.malformed": [
        b"",
        b"{",
        b"{}garbage",
        b'{"a":1,}',
        b"{'a':1}",
        b"{}{}",
        b'{"a":01}',
        b"\x00",
        b'{"a":"\x01"}',
    ],
}


@every_action
@pytest.mark.parametrize("code", UNCLEAN)
def test_json_that_is_not_clean_is_a_bad_request(shared, action, code):
    before = shared.head()
    for raw in UNCLEAN[code]:
        problem_of(shared.ask(action, None, raw=raw, by=first_role(action)), 400, code)
    assert shared.head() == before


@pytest.mark.parametrize("raw", [b"null", b"[]", b'"a"', b"1", b"true", b"[{}]"])
def test_a_body_that_is_no_object_is_malformed(shared, raw):
    before = shared.head()
    problem_of(shared.ask("open-fund", None, raw=raw), 422, "json.not-an-object")
    assert shared.head() == before


def test_ten_thousand_unknown_fields_get_a_short_answer(shared):
    answer = shared.ask("open-fund", {f"k{number}": 1 for number in range(10_000)})
    problem = problem_of(answer, 422, "fields.malformed")
    assert len(answer.data) < 8192
    assert 10 < len(problem["errors"]) < 100


def test_names_of_fields_are_cut_and_escaped_in_pointers(shared):
    problem = problem_of(shared.ask("open-fund", {"a/b~c": 1, "x" * 5000: 1}), 422)
    assert "/a~1b~0c" in pointers(problem)
    assert max(map(len, pointers(problem))) <= 120


@pytest.mark.parametrize("size", [1024 * 1024 + 1, 20_000_000])
def test_a_body_over_the_limit_is_refused_before_it_is_read(shared, size):
    before = shared.head()
    problem_of(shared.ask("open-fund", None, raw=b'["' + b"a" * size + b'"]'), 413, "request.too-large")
    assert shared.head() == before


@pytest.mark.parametrize(
    "content_type",
    [None, "", "text/plain", "application/xml", "application/x-www-form-urlencoded", "application/json+x"],
)
def test_only_json_is_read(shared, content_type):
    before = shared.head()
    answer = shared.ask("open-fund", {}, content_type=content_type)
    problem_of(answer, 415, "request.media-type")
    assert shared.head() == before


def test_a_name_typed_in_two_normal_forms_is_recorded_as_the_same_bytes(here):
    composed, decomposed = "caf\u00e9", "cafe\u0301"
    first = here.ask("register-building", {"building": "b-1", "name": decomposed}, by="secretary", key="one")
    again = here.ask("register-building", {"building": "b-1", "name": composed}, by="secretary", key="one")
    assert (first.status_code, again.status_code) == (201, 200)
    number = first.get_json()["events"][0]["number"]
    entry = here.get(f"/api/v1/ledgers/{LEDGER}/events/{number}").get_json()["entry"]
    assert entry["data"]["name"] == composed


@pytest.mark.parametrize(
    "text", ["𠮷野家〇𰻝🏠", "<script>alert(1)</script>", "{{7*7}}${7*7}<%= 7*7 %>", "甲 乙", "a\u200db"]
)
def test_rare_characters_and_markup_come_back_as_they_were_sent(here, text):
    answer = here.ask("register-building", {"building": "b-1", "name": text}, by="secretary")
    assert answer.status_code == 201
    number = answer.get_json()["events"][0]["number"]
    raw = here.get(f"/api/v1/ledgers/{LEDGER}/events/{number}", Accept="application/octet-stream").data
    assert json.loads(raw)["data"]["name"] == text
