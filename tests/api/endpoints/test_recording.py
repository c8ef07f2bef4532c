"""One door for every action: keys, dry runs, tokens, roles, and the status each case answers with."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from ledger.commands import ACTIONS
from tests.api.endpoints.bodies import body_of
from tests.api.endpoints.installation import (
    GRANTABLE,
    LEDGER,
    NOW,
    OPENING,
    OTHER_LEDGER,
    TODAY,
    problem_of,
)

WORKING = {"fund": "working", **OPENING}
PRINTER = {
    "decision": "printer-1",
    "title": "买打印机",
    "matter": "办公用",
    "decided_on": "2026-02-01",
    "seats": 5,
    "present": 3,
    "signed": 3,
    "authorises": {"fund": "working", "amount_fen": 800_000, "purpose": "打印机"},
}


def payment(name, fen=100_00, decision="printer-1"):
    return {
        "payment": name,
        "fund": "working",
        "decision": decision,
        "amount_fen": fen,
        "payee": "甲公司",
        "purpose": "打印机",
    }


@pytest.fixture
def with_money(here):
    """The working fund is open, and a decision sets 8,000 yuan of it free."""
    assert here.ask("open-fund", WORKING).status_code == 201
    assert here.ask("record-committee-decision", PRINTER, by="secretary").status_code == 201
    return here


# -- what is recorded ----------------------------------------------------------------------------------


def test_a_recorded_action_answers_its_receipt(here):
    answer = here.ask("open-fund", WORKING)
    assert answer.status_code == 201
    receipt = answer.get_json()
    (event,) = receipt["events"]
    assert receipt == {"events": [event], "position": here.head(), "replayed": False}
    assert event["kind"] == "fund.opened"
    assert event["ledger"] == LEDGER
    assert event["position"] == here.head()
    assert event["recorded_at"] == "2026-11-20T01:46:18.000Z"
    assert re.fullmatch("[0-9a-f]{64}", event["leaf_hash"])
    assert answer.headers["Location"] == f"/api/v1/ledgers/{LEDGER}/events/{event['number']}"
    assert here.get(answer.headers["Location"]).get_json()["leaf_hash"] == event["leaf_hash"]


def test_the_same_key_and_body_answer_the_first_receipt_again(here):
    first = here.ask("open-fund", WORKING, key="one").get_json()
    head = here.head()
    again = here.ask("open-fund", WORKING, key="one")
    assert again.status_code == 200
    assert again.get_json() == first | {"replayed": True}
    assert "Location" not in again.headers
    assert here.head() == head


def test_the_same_body_written_in_another_order_is_the_same_body(here):
    here.ask("open-fund", WORKING, key="one")
    assert here.ask("open-fund", dict(reversed(WORKING.items())), key="one").status_code == 200


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("open-fund", WORKING | {"bank": "工商银行"}),
        ("record-fund-interest", {"fund": "working", "amount_fen": 1, "received_on": "2026-03-01"}),
    ],
)
def test_a_key_used_with_another_body_or_action_is_refused(here, action, body):
    here.ask("open-fund", WORKING, key="one")
    head = here.head()
    problem_of(here.ask(action, body, key="one"), 422, "idempotency-key.reused")
    assert here.head() == head


def test_a_key_somebody_else_used_is_said_to_be_somebody_elses(here):
    here.ask("open-fund", WORKING, key="one")
    head = here.head()
    answer = here.ask("open-fund", WORKING, by="bookkeeper", key="one", Accept_Language="en")
    problem = problem_of(answer, 422, "idempotency-key.of-another")
    assert problem["detail"].startswith("Somebody else has used this Idempotency-Key on this ledger")
    assert here.head() == head


def test_who_may_not_do_it_hears_nothing_of_what_a_key_recorded(here):
    here.ask("open-fund", WORKING, key="one")
    problem_of(here.ask("open-fund", WORKING, by="auditor", key="one"), 403, "role.missing")


def test_the_same_key_on_another_ledger_is_another_key(here):
    here.grant("treasurer", "treasurer", ledger=OTHER_LEDGER)
    assert here.ask("open-fund", WORKING, key="one").status_code == 201
    assert here.ask("open-fund", WORKING, key="one", ledger=OTHER_LEDGER).status_code == 201


def test_thirty_two_requests_under_one_key_book_once(with_money):
    head = with_money.head()
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda _: with_money.ask("request-fund-payment", payment("p-1"), key="one"), range(32))
        )
    assert sorted(answer.status_code for answer in answers) == [200] * 31 + [201]
    assert with_money.head() == head + 1


def test_forty_requests_at_once_never_reserve_more_than_was_authorised(with_money):
    for number in range(40):
        assert with_money.ask("request-fund-payment", payment(f"p-{number}", 1_000_00)).status_code == 201
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda number: with_money.ask("approve-fund-payment", {"payment": f"p-{number}"}, by="chair"),
                range(40),
            )
        )
    assert sorted(answer.status_code for answer in answers) == [201] * 8 + [409] * 32
    codes = {answer.get_json()["code"] for answer in answers if answer.status_code == 409}
    assert codes <= {"fund-payment.exceeds-authorisation", "ledger.contended"}


# -- dry runs ------------------------------------------------------------------------------------------


def test_a_dry_run_decides_and_writes_nothing(here):
    head = here.head()
    answer = here.ask("open-fund", WORKING, query="?dry_run=true")
    assert answer.status_code == 200
    assert answer.get_json() == {"events": [], "position": head, "replayed": False, "dry_run": True}
    assert here.head() == head
    assert here.ask("open-fund", WORKING, query="?dry_run=false").status_code == 201
    problem_of(here.ask("open-fund", WORKING, query="?dry_run=true"), 409, "fund.already-open")


def test_a_dry_run_leaves_its_key_free(here):
    here.ask("open-fund", WORKING, query="?dry_run=true", key="one")
    assert here.ask("open-fund", WORKING, key="one").status_code == 201


@pytest.mark.parametrize(
    "query",
    [
        "?dry_run=yes",
        "?dry_run=",
        "?dry_run=true&dry_run=false",
        "?dryrun=true",
        "?dry_run=true&x=1",
        "?" + "a=1&" * 10_000,
    ],
)
def test_a_query_that_is_not_understood_is_refused_rather_than_passed_over(here, query):
    head = here.head()
    problem_of(here.ask("open-fund", WORKING, query=query), 400, "query.malformed")
    assert here.head() == head


# -- keys ----------------------------------------------------------------------------------------------


def test_an_action_without_a_key_is_refused(here):
    head = here.head()
    answer = here.client.post(
        f"/api/v1/ledgers/{LEDGER}/actions/open-fund",
        json=WORKING,
        headers={"Authorization": f"Bearer {here.tokens['treasurer']}"},
    )
    problem_of(answer, 400, "idempotency-key.missing")
    assert here.head() == head


@pytest.mark.parametrize("key", ["", " ", "a b", "键".encode().decode("latin-1"), "a\x07", "a" * 201])
def test_a_key_has_one_to_two_hundred_visible_ascii_characters(here, key):
    head = here.head()
    answer = here.ask("open-fund", WORKING, Idempotency_Key=key)
    assert answer.status_code == 400
    assert here.head() == head


def test_a_key_of_two_hundred_characters_is_long_enough_for_anybody(here):
    assert here.ask("open-fund", WORKING, key="!" + "~" * 199).status_code == 201


# -- who may -------------------------------------------------------------------------------------------


def test_nobody_writes_without_a_token(here):
    answer = here.ask("open-fund", WORKING, by=None)
    problem_of(answer, 401, "token.missing")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("Basic dHJlYXN1cmVyOng=", "token.missing"),
        ("Bearer", "token.missing"),
        ("Bearer ", "token.missing"),
        ("Bearer mz_00000000_AAAA", "token.unknown"),
        ("Bearer nonsense", "token.unknown"),
        ("Bearer mz__", "token.unknown"),
        ("Bearer " + "a" * 100_000, "token.unknown"),
        ("Bearer mz_\u00e9_a", "token.unknown"),
    ],
)
def test_a_token_that_was_never_given_out_opens_nothing(here, authorization, code):
    problem_of(here.ask("open-fund", WORKING, by=None, Authorization=authorization), 401, code)


def test_a_token_whose_secret_was_changed_opens_nothing(here):
    changed = here.tokens["treasurer"][:-1] + ("A" if here.tokens["treasurer"][-1] != "A" else "B")
    problem_of(
        here.ask("open-fund", WORKING, by=None, Authorization=f"Bearer {changed}"), 401, "token.unknown"
    )


def test_a_token_is_good_to_the_end_of_its_last_day_in_shanghai(here):
    here.tokens["treasurer"] = here.services.vault.new_token("treasurer", TODAY)
    assert here.ask("open-fund", WORKING, query="?dry_run=true").status_code == 200
    here.services.store.clock = lambda: NOW.replace(hour=15, minute=59, second=59)
    assert here.ask("open-fund", WORKING, query="?dry_run=true").status_code == 200
    here.services.store.clock = lambda: NOW.replace(hour=16, minute=0, second=0)
    problem_of(here.ask("open-fund", WORKING, query="?dry_run=true"), 401, "token.expired")


def test_a_cookie_never_stands_for_a_token(here):
    here.client.set_cookie("token", here.tokens["treasurer"])
    here.client.set_cookie("session", here.tokens["treasurer"])
    problem_of(here.ask("open-fund", WORKING, by=None), 401, "token.missing")


def test_a_role_counts_on_its_days_only(here):
    here.grant("last-years-treasurer", "treasurer", to=TODAY - timedelta(days=1))
    here.grant("treasurer-until-today", "treasurer", to=TODAY)
    problem_of(here.ask("open-fund", WORKING, by="last-years-treasurer"), 403, "role.missing")
    assert here.ask("open-fund", WORKING, by="treasurer-until-today").status_code == 201


def test_a_role_that_was_revoked_ends_though_the_token_goes_on(here):
    revoked = {"account": "treasurer", "role": "treasurer", "to": "2026-11-19"}
    assert here.ask("revoke-role", revoked, by="chair").status_code == 201
    problem_of(here.ask("open-fund", WORKING), 403, "role.missing")


def test_a_role_on_one_ledger_is_none_on_another(here):
    problem_of(here.ask("open-fund", WORKING, ledger=OTHER_LEDGER), 403, "role.missing")


def test_the_words_of_a_missing_role_say_which_roles_would_do(here):
    english = problem_of(here.ask("open-fund", WORKING, by="chair", Accept_Language="en"), 403)
    assert "treasurer, bookkeeping agency, secretary" in english["detail"]
    chinese = problem_of(here.ask("open-fund", WORKING, by="chair", Accept_Language="zh-CN"), 403)
    assert "财务委员、代理记账机构、秘书" in chinese["detail"]


@pytest.mark.parametrize("role", [*GRANTABLE, "operator"])
@pytest.mark.parametrize("action", ACTIONS)
def test_every_cell_of_roles_and_actions_answers_as_the_action_says(shared, role, action):
    head, ledger, body = shared.head(), LEDGER, body_of(ACTIONS[action])
    if action == "open-ledger":
        ledger, body["parent"] = "new-ledger", LEDGER  # the role is needed on the ledger above
    answer = shared.ask(action, body, by=role, ledger=ledger, query="?dry_run=true")
    if role in ACTIONS[action].roles and role != "operator":
        assert answer.status_code in (200, 409), answer.text
    else:
        problem_of(answer, 403, "role.missing")
    assert shared.head() == head


# -- what is refused -----------------------------------------------------------------------------------


def test_a_refusal_names_its_rule_its_figures_and_what_to_do(with_money):
    answer = with_money.ask(
        "request-fund-payment", payment("p-1", 8_000_01), Accept_Language="en-GB,en;q=0.9"
    )
    assert problem_of(answer, 409) == {
        "type": "/problems/fund-payment.exceeds-authorisation",
        "title": "A rule does not allow it",
        "status": 409,
        "detail": "This is more than was authorised: 8,000.00 yuan of the decision remain. "
        "Lower the amount, or take a new decision.",
        "code": "fund-payment.exceeds-authorisation",
        "rules": ["FUND-09"],
        "details": {"remaining_fen": 8_000_00},
        "instance": f"/api/v1/ledgers/{LEDGER}/actions/request-fund-payment",
    }
    assert answer.headers["Content-Language"] == "en"


def test_a_refusal_speaks_chinese_to_whoever_does_not_ask_for_english(with_money):
    for header in ("zh-CN,zh;q=0.9,en;q=0.8", "", "fr", "en;q=0.1, zh;q=0.2"):
        answer = with_money.ask("request-fund-payment", payment("p-1", 8_000_01), Accept_Language=header)
        assert "8,000.00 元可用" in problem_of(answer, 409)["detail"]
        assert answer.headers["Content-Language"] == "zh-Hans-CN"
        assert "Accept-Language" in answer.headers["Vary"]


def test_a_thing_of_another_ledger_is_unknown_here(with_money):
    with_money.grant("treasurer", "treasurer", ledger=OTHER_LEDGER)
    with_money.grant("chair", "chair", ledger=OTHER_LEDGER)
    with_money.ask("open-fund", WORKING, ledger=OTHER_LEDGER)
    with_money.ask("request-fund-payment", payment("p-1"))
    refused = with_money.ask("request-fund-payment", payment("p-9"), ledger=OTHER_LEDGER)
    problem_of(refused, 409, "decision.unknown")
    refused = with_money.ask("approve-fund-payment", {"payment": "p-1"}, by="chair", ledger=OTHER_LEDGER)
    problem_of(refused, 409, "fund-payment.unknown")


OF_SOMETHING = {
    "record-vote-result": "vote.unknown",
    "close-vote": "vote.unknown",
    "request-fund-payment": "fund.not-open",
    "record-fund-deposit": "fund.not-open",
    "approve-fund-payment": "fund-payment.unknown",
    "record-fund-payment": "fund-payment.unknown",
    "record-appraisal": "debrief.unknown",
    "report-rectification": "rectification.unknown",
    "accept-rectification": "rectification.unknown",
    "reject-rectification": "rectification.unknown",
    "list-community": "firm.unknown",
    "submit-task-evidence": "task.unknown",
    "close-task": "task.unknown",
    "reject-task": "task.unknown",
    "move-task-deadline": "task.unknown",
    "register-units": "building.unknown",
    "revoke-role": "role.not-held",
}


@pytest.mark.parametrize(("action", "code"), OF_SOMETHING.items())
def test_what_is_not_there_is_called_by_its_name(shared, action, code):
    head = shared.head()
    body = body_of(ACTIONS[action])
    if action == "register-units":
        body["units"][0]["building"] = "nowhere"
    by = next(role for role in ACTIONS[action].roles if role not in ("operator", "chair"))
    problem_of(shared.ask(action, body, by=by), 409, code)
    assert shared.head() == head


def test_what_has_not_happened_yet_cannot_be_recorded(here):
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    problem = problem_of(here.ask("open-fund", WORKING | {"opened_on": tomorrow}), 422)
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [
        ("/opened_on", "date.in-the-future")
    ]
    assert here.ask("open-fund", WORKING | {"opened_on": TODAY.isoformat()}).status_code == 201


def test_the_day_is_that_of_shanghai(here):
    here.services.store.clock = lambda: NOW.replace(hour=16, minute=5)  # 00:05 on the 21st in Shanghai
    assert here.ask("open-fund", WORKING | {"opened_on": "2026-11-21"}).status_code == 201


def test_an_entry_that_would_be_too_long_is_refused(here):
    basis = [{"kind": "document", "ref": "甲" * 120} for _ in range(400)]
    problem_of(here.ask("open-fund", WORKING | {"basis": basis}), 422, "entry.too-long")


@pytest.mark.parametrize("ledger", ["nowhere", "a" * 64])
def test_a_ledger_that_is_not_open_is_not_found(here, ledger):
    problem_of(here.ask("open-fund", WORKING, ledger=ledger), 404, "ledger.unknown")


@pytest.mark.parametrize(
    "ledger",
    [
        "WUTONGLI",
        "a" * 65,
        "1'%20or%20'1'='1",
        "..%2f..%2fetc",
        "%00",
        "%ff",
        "梧桐里",
        "a%0a",
        "wutongli%20",
    ],
)
def test_an_address_that_is_no_id_is_not_found(here, ledger):
    answer = here.client.post(
        f"/api/v1/ledgers/{ledger}/actions/open-fund",
        json=WORKING,
        headers={"Authorization": f"Bearer {here.tokens['treasurer']}", "Idempotency-Key": "one"},
    )
    problem_of(answer, 404)


@pytest.mark.parametrize(
    "action", ["", "nope", "open_fund", "Open-Fund", "record", "__class__", "open-fund%00"]
)
def test_an_action_that_does_not_exist_is_not_found(here, action):
    problem_of(here.ask(action, WORKING), 404)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_an_action_is_posted_and_nothing_else(here, method):
    answer = here.client.open(
        f"/api/v1/ledgers/{LEDGER}/actions/open-fund",
        method=method,
        headers={"X-HTTP-Method-Override": "POST"},
    )
    problem_of(answer, 405, "method.not-allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


def test_a_method_override_is_not_listened_to(here):
    assert here.ask("open-fund", WORKING, X_HTTP_Method_Override="DELETE").status_code == 201


def test_other_sites_are_not_invited_to_write(here):
    answer = here.client.options(
        f"/api/v1/ledgers/{LEDGER}/actions/open-fund",
        headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"},
    )
    assert answer.status_code == 200
    assert not [name for name, _ in answer.headers if name.lower().startswith("access-control")]


def test_an_operator_opens_a_ledger_from_the_command_line_only(here):
    body = {"kind": "community", "name": "桂花里"}
    problem_of(here.ask("open-ledger", body, by="operator", ledger="guihuali"), 403, "role.missing")


def test_a_street_opens_ledgers_below_its_own(here):
    body = {"kind": "community", "name": "桂花里", "parent": LEDGER}
    assert here.ask("open-ledger", body, by="street", ledger="guihuali").status_code == 201
    assert here.get("/api/v1/ledgers/guihuali").get_json()["head"]["number"] == 0
    assert date.fromisoformat("2026-11-20") == TODAY


# -- words ---------------------------------------------------------------------------------------------


def test_a_wrong_type_is_said_without_a_word_of_another_language(here):
    answer = here.ask("open-fund", WORKING | {"opening_fen": "900"}, Accept_Language="zh")
    (error,) = problem_of(answer, 422)["errors"]
    assert error["detail"] == "这一项的类型不对，应为整数（不带小数点和引号）。请改正。"


def test_an_instant_that_cannot_be_read_is_explained_in_words_and_not_by_a_pattern(here):
    answer = here.get(f"/api/v1/ledgers/{LEDGER}/balances?known_at=yesterday", Accept_Language="en")
    (error,) = problem_of(answer, 400)["errors"]
    assert error["code"] == "instant.malformed"
    assert "written like 2026-09-30T08:00:00+08:00; a record number will do as well" in error["detail"]


@pytest.mark.parametrize("fund", ["working", "public-revenue", "maintenance"])
def test_a_fund_that_is_not_open_is_named_in_good_english(here, fund):
    body = {"fund": fund, "amount_fen": 1, "received_on": "2026-03-01"}
    detail = problem_of(here.ask("record-fund-interest", body, Accept_Language="en"), 409)["detail"]
    assert detail.startswith("These books have no account for the ")
