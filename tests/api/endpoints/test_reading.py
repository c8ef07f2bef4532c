"""What anybody may read: lists in pages, things by id, the stored bytes; unchanged answers cost nothing."""

import hashlib
import json
import threading

import pytest

from tests.api.endpoints.installation import LEDGER, NOW, OPENING, OTHER_LEDGER, pointers, problem_of

BASE = f"/api/v1/ledgers/{LEDGER}"
LISTS = [
    "events", "balances", "entries", "decisions", "disclosures", "projects", "debriefs", "rectifications",
    "tasks", "revenue-contracts", "arrears", "exceptions", "exceptions/programme", "working-budgets",
    "fund-levels", "rules",
    "duties", "duties.ics",
]  # fmt: skip
OF_ALL = [f"/api/v1/{name}" for name in ("ledgers", "events", "actions", "rules")]
READS = [*OF_ALL, BASE, *(f"{BASE}/{name}" for name in LISTS)]
DONE = [
    ("open-fund", {"fund": "working", **OPENING}, "treasurer"),
    ("open-fund", {"fund": "public-revenue", **OPENING, "opening_fen": 0}, "treasurer"),
    (
        "record-committee-decision",
        {
            "decision": "printer-1",
            "title": "买打印机",
            "matter": "办公用",
            "decided_on": "2026-02-01",
            "seats": 5,
            "present": 3,
            "signed": 3,
            "authorises": {"fund": "working", "amount_fen": 8_000_00, "purpose": "打印机"},
        },
        "secretary",
    ),
    (
        "record-fund-interest",
        {"fund": "working", "amount_fen": 3_75, "received_on": "2026-03-21"},
        "treasurer",
    ),
    (
        "request-fund-payment",
        {
            "payment": "p-1",
            "fund": "working",
            "decision": "printer-1",
            "amount_fen": 5_000_00,
            "payee": "甲公司",
            "purpose": "激光打印机",
        },
        "treasurer",
    ),
    ("approve-fund-payment", {"payment": "p-1"}, "chair"),
    ("record-fund-payment", {"payment": "p-1", "paid_on": "2026-04-02", "voucher": "v-7"}, "treasurer"),
    (
        "record-public-revenue",
        {"head": 3, "gross_fen": 12_000_00, "received_on": "2026-05-06", "location": "电梯广告"},
        "treasurer",
    ),
    (
        "hold-debrief",
        {
            "debrief": "2025",
            "firm": "firm-a",
            "period": {"from": "2025-01-01", "to": "2025-12-31"},
            "held_on": "2026-01-20",
        },
        "secretary",
    ),
    (
        "open-rectification",
        {
            "item": "lamp-4",
            "source": "述职",
            "problem": "路灯不亮",
            "responsible": "甲物业",
            "due_on": "2026-12-31",
        },
        "secretary",
    ),
    ("register-firm", {"firm": "firm-a", "name": "甲物业"}, "street"),
    (
        "list-community",
        {"community": "elm", "name": "榆园", "row": 1, "neighbourhood": "n-1", "firm": "firm-a"},
        "street",
    ),
    (
        "assign-task",
        {
            "task": "t-1",
            "community": "elm",
            "column": "fee-adjustment",
            "due_on": "2026-12-31",
            "raw": "12月底前完成",
        },
        "street",
    ),
]


@pytest.fixture(scope="module")
def books(shared):
    """梧桐里 after a year, with every view caught up."""
    for action, body, by in DONE:
        answer = shared.ask(action, body, by=by)
        assert answer.status_code == 201, answer.text
    shared.catch_up()
    return shared


def read(books, path, **headers):
    answer = books.get(path, **headers)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/json"
    return answer.get_json()


# -- ledgers -------------------------------------------------------------------------------------------


def test_the_ledgers_are_listed_in_the_order_they_were_opened(books):
    found = read(books, "/api/v1/ledgers")
    assert [(row["ledger"], row["name"]) for row in found["ledgers"]] == [
        (LEDGER, "梧桐里"),
        (OTHER_LEDGER, "杏花里"),
    ]
    assert found["next_after"] is None


def test_ledgers_come_in_pages(books):
    first = books.get("/api/v1/ledgers?limit=1")
    assert first.headers["Link"] == f'</api/v1/ledgers?limit=1&after={LEDGER}>; rel="next"'
    second = books.get(f"/api/v1/ledgers?limit=1&after={LEDGER}")
    assert [row["ledger"] for row in second.get_json()["ledgers"]] == [OTHER_LEDGER]
    assert "Link" not in second.headers


def test_a_ledger_has_a_head_that_is_its_last_event(books):
    found = read(books, BASE)
    assert found["head"]["number"] == found["about"]["events"] - 1
    last = read(books, f"{BASE}/events/{found['head']['number']}")
    assert {name: last[name] for name in ("number", "position", "leaf_hash")} == found["head"]


# -- events --------------------------------------------------------------------------------------------


def test_an_event_is_exactly_the_stored_bytes(books):
    shown = read(books, f"{BASE}/events/0")
    answer = books.get(f"{BASE}/events/0", Accept="application/octet-stream")
    assert answer.mimetype == "application/octet-stream"
    stored = books.services.store.ledger_rows(LEDGER, -1, 1)[0].entry
    assert answer.data == stored
    assert hashlib.sha256(b"\x00" + stored).hexdigest() == shown["leaf_hash"]
    assert stored in books.get(f"{BASE}/events/0").data
    assert shown["entry"] == json.loads(stored)


def test_the_two_forms_of_an_event_are_told_apart(books):
    as_json, as_bytes = (
        books.get(f"{BASE}/events/0", Accept=kind)
        for kind in ("application/json", "application/octet-stream")
    )
    assert as_json.headers["ETag"] != as_bytes.headers["ETag"]
    assert "Accept" in as_json.headers["Vary"]
    assert as_bytes.headers["Content-Disposition"].startswith("attachment")


def test_events_are_paged_by_record_number_without_gap_or_repeat(books):
    numbers, path = [], f"{BASE}/events?limit=7"
    while path:
        answer = books.get(path)
        numbers += [event["number"] for event in answer.get_json()["events"]]
        link = answer.headers.get("Link", "")
        path = link.partition(">")[0].lstrip("<")
    assert numbers == list(range(books.services.store.length(LEDGER)))


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("kind=fund.opened", ["fund.opened"] * 2),
        ("tag=payment:p-1", ["fund-payment.requested", "fund-payment.approved", "fund-payment.recorded"]),
        ("tag=payment:p-1&kind=fund-payment.approved", ["fund-payment.approved"]),
        ("tag=fund:working&limit=1", ["fund.opened"]),
        ("tag=nothing", []),
        ("kind=no.such-kind", []),
        ("tag=fund:working&after=9999", []),
    ],
)
def test_events_can_be_picked_by_kind_and_by_what_they_are_about(books, query, kinds):
    assert [event["kind"] for event in read(books, f"{BASE}/events?{query}")["events"]] == kinds


def test_picked_events_go_on_after_the_last_one_seen(books):
    first = read(books, f"{BASE}/events?tag=payment:p-1&limit=2")
    rest = read(books, f"{BASE}/events?tag=payment:p-1&limit=2&after={first['next_after']}")
    assert [event["kind"] for event in rest["events"]] == ["fund-payment.recorded"]
    assert rest["next_after"] is None


def test_the_feed_gives_every_event_of_every_ledger_in_order(books):
    found = read(books, "/api/v1/events?limit=1000")
    assert [event["position"] for event in found["events"]] == list(range(1, books.head() + 1))
    later = read(books, "/api/v1/events?after=3&limit=2")
    assert [event["position"] for event in later["events"]] == [4, 5]
    assert later["next_after"] == 5


@pytest.mark.parametrize("accept", ["application/jsonl", "application/x-ndjson"])
def test_the_feed_also_comes_one_event_a_line(books, accept):
    answer = books.get("/api/v1/events?limit=4", Accept=accept)
    assert answer.mimetype == "application/jsonl"
    lines = [json.loads(line) for line in answer.data.splitlines()]
    assert lines == read(books, "/api/v1/events?limit=4")["events"]
    assert 'rel="next"' in answer.headers["Link"]


@pytest.mark.parametrize("number", ["99999", "9007199254740992", "99999999999999999999999"])
def test_a_record_number_nobody_has_is_not_found(books, number):
    problem_of(books.get(f"{BASE}/events/{number}"), 404, "record.unknown")


# -- money ---------------------------------------------------------------------------------------------


def test_balances_show_what_is_there_and_the_accounts_cancel(books):
    found = read(books, f"{BASE}/balances")
    funds = {fund["fund"]: fund for fund in found["funds"]}
    assert funds["working"] == {
        "fund": "working",
        "balance_fen": 4_003_75,
        "committed_fen": 0,
        "available_fen": 4_003_75,
    }
    assert funds["public-revenue"]["balance_fen"] == 12_000_00
    assert sum(account["fen"] for account in found["accounts"]) == 0
    assert found["as_of"] == "2026-11-20"
    assert found["known_at"] is None


def test_balances_as_of_a_day_leave_out_what_came_later(books):
    found = read(books, f"{BASE}/balances?as_of=2026-03-20")
    assert {fund["fund"]: fund["balance_fen"] for fund in found["funds"]}["working"] == 9_000_00


@pytest.mark.parametrize("known_at", ["20", "2026-11-20T09:46:18%2B08:00", "2026-11-20T01:46:18.000Z"])
def test_balances_can_be_asked_as_they_were_known(books, known_at):
    found = read(books, f"{BASE}/balances?known_at={known_at}")
    assert sum(account["fen"] for account in found["accounts"]) == 0


@pytest.mark.parametrize(
    "known_at",
    [
        "yesterday",
        "2026-11-20",
        "2026-11-20T09:46:18",
        "2026-13-20T09:46:18Z",
        "-1",
        "1.5",
        "2016-12-31T23:59:60Z",
    ],
)
def test_an_instant_without_offset_or_that_never_was_is_refused(books, known_at):
    for name in ("balances", "entries", "decisions", "decisions/printer-1"):
        answer = books.get(f"{BASE}/{name}?known_at={known_at}")
        assert pointers(problem_of(answer, 400, "query.malformed")) == ["/known_at"]


def test_entries_carry_their_running_balance(books):
    rows = read(books, f"{BASE}/entries?fund=working")["entries"]
    assert [(row["fen"], row["balance_fen"]) for row in rows] == [
        (9_000_00, 9_000_00),
        (3_75, 9_003_75),
        (-5_000_00, 4_003_75),
    ]


@pytest.mark.parametrize(
    ("query", "fens"),
    [
        ("q=打印", [-5_000_00]),
        ("q=%25%25_", []),
        ("q=电梯广告", [12_000_00]),
        ("from=2026-03-01&to=2026-04-02", [3_75, -5_000_00]),
        ("from=2026-04-02&to=2026-04-02", [-5_000_00]),
        ("limit=1&fund=working", [9_000_00]),
    ],
)
def test_entries_can_be_searched_by_text_and_by_day(books, query, fens):
    assert [row["fen"] for row in read(books, f"{BASE}/entries?{query}")["entries"]] == fens


def test_entries_can_be_asked_as_of_a_day_and_as_they_were_known(books):
    everything = read(books, f"{BASE}/entries")["entries"]
    assert len(everything) > 2
    known = everything[1]["number"]
    assert read(books, f"{BASE}/entries?known_at={known}")["entries"] == everything[:2]
    assert read(books, f"{BASE}/entries?known_at=1999-12-31T23:59:59%2B08:00")["entries"] == []
    by_spring = read(books, f"{BASE}/entries?fund=working&as_of=2026-03-21")["entries"]
    assert [row["balance_fen"] for row in by_spring] == [9_000_00, 9_003_75]
    assert by_spring[-1]["recorded_late_days"] == 244  # 21 March to 20 November


def test_a_period_that_ends_before_it_starts_is_refused(books):
    answer = books.get(f"{BASE}/entries?from=2026-04-02&to=2026-04-01")
    assert pointers(problem_of(answer, 400, "query.malformed")) == ["/to"]


# -- things by their id --------------------------------------------------------------------------------


def test_a_decision_can_be_asked_as_it_stood(books):
    def paid(query):
        return read(books, f"{BASE}/decisions/printer-1?{query}")["decision"]["paid_fen"]

    assert (paid("as_of=2026-04-01"), paid("as_of=2026-04-02"), paid("")) == (0, 5_000_00, 5_000_00)
    number = read(books, f"{BASE}/decisions/printer-1")["decision"]["number"]
    assert paid(f"known_at={number}") == 0
    problem_of(books.get(f"{BASE}/decisions/printer-1?known_at={number - 1}"), 404, "record.unknown")
    listed = read(books, f"{BASE}/decisions?as_of=2026-01-31")["decisions"]
    assert "printer-1" not in [row["decision"] for row in listed]


def test_a_decision_shows_what_became_of_its_money(books):
    found = read(books, f"{BASE}/decisions/printer-1")["decision"]
    money = {name: found[name] for name in ("authorised_fen", "reserved_fen", "paid_fen", "remaining_fen")}
    assert money == {
        "authorised_fen": 8_000_00,
        "reserved_fen": 0,
        "paid_fen": 5_000_00,
        "remaining_fen": 3_000_00,
    }


@pytest.mark.parametrize(
    ("of", "identity", "member"),
    [
        ("decisions", "printer-1", "decision"),
        ("debriefs", "2025", "debrief"),
        ("rectifications", "lamp-4", "rectification"),
        ("tasks", "t-1", "task"),
    ],
)
def test_a_thing_of_a_list_is_the_same_by_its_id(books, of, identity, member):
    (listed,) = read(books, f"{BASE}/{of}")[of]
    assert read(books, f"{BASE}/{of}/{identity}")[member] == listed


@pytest.mark.parametrize("of", ["decisions", "debriefs", "rectifications", "tasks"])
def test_an_id_nobody_has_is_not_found(books, of):
    problem_of(books.get(f"{BASE}/{of}/nothing"), 404, "record.unknown")


def test_a_task_stands_as_of_a_day(books):
    before, after = (
        read(books, f"{BASE}/tasks/t-1?as_of={day}")["task"]["state"] for day in ("2026-11-21", "2027-01-01")
    )
    assert (before != "overdue", after) == (True, "overdue")


@pytest.mark.parametrize(
    "path", [f"/api/v1/ledgers/nowhere/{name}" for name in LISTS] + ["/api/v1/ledgers/nowhere"]
)
def test_a_ledger_that_is_not_open_is_not_found_by_any_read(books, path):
    problem_of(books.get(path), 404, "ledger.unknown")


# -- the query -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize(
    "query",
    [
        "x=1",
        "min_position=1&min_position=2",
        "min_position=-1",
        "min_position=1.0",
        "min_position=1e3",
        "min_position=null",
        "min_position=１",
        "min_position=",
        "min_position=9007199254740992",
        "a=1&" * 10_000,
    ],
)
def test_a_query_that_is_not_understood_is_refused(books, path, query):
    problem = problem_of(books.get(f"{path}?{query}"), 400, "query.malformed")
    assert problem["errors"]


@pytest.mark.parametrize("limit", ["0", "-1", "100000", "ten", "1_0", " 1", "true"])
def test_a_limit_is_bounded(books, limit):
    for path in ("/api/v1/ledgers", "/api/v1/events", f"{BASE}/entries"):
        assert pointers(problem_of(books.get(f"{path}?limit={limit}"), 400)) == ["/limit"]


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("entries?fund=pension", "/fund"),
        ("entries?from=2026-02-30", "/from"),
        ("entries?q=%00", "/q"),
        ("entries?q=a%E2%80%AEb", "/q"),
        ("balances?as_of=20260101", "/as_of"),
        ("tasks?as_of=0001-01-01", "/as_of"),
        ("events?after=-1", "/after"),
        ("events?kind=A", "/kind"),
        ("entries?q=" + "a" * 121, "/q"),
    ],
)
def test_a_parameter_that_is_not_what_it_should_be_is_named(books, path, pointer):
    assert pointers(problem_of(books.get(f"{BASE}/{path}"), 400, "query.malformed")) == [pointer]


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_is_read_cannot_be_written(books, path, method):
    answer = books.client.open(path, method=method)
    problem_of(answer, 405, "method.not-allowed")
    assert "GET" in answer.headers["Allow"]


# -- unchanged -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", [*READS, f"{BASE}/events/0", f"{BASE}/decisions/printer-1", "/api/v1/openapi.json"]
)
def test_what_has_not_changed_is_not_sent_again(books, path):
    first = books.get(path)
    assert first.headers["Cache-Control"] == "public, no-cache"
    again = books.get(path, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert books.get(path, If_None_Match='"something-else"').status_code == 200
    assert books.client.head(path).headers["ETag"] == first.headers["ETag"]


def test_a_new_event_and_a_new_day_change_the_tag(here):
    tags = [here.get("/api/v1/ledgers").headers["ETag"]]
    here.ask("open-fund", {"fund": "working", **OPENING})
    here.catch_up()
    tags.append(here.get("/api/v1/ledgers").headers["ETag"])
    here.services.store.clock = lambda: NOW.replace(day=21)
    tags.append(here.get("/api/v1/ledgers").headers["ETag"])
    assert len(set(tags)) == 3


def test_the_actions_are_tagged_by_language(books):
    chinese, english = (books.get("/api/v1/actions", Accept_Language=lang) for lang in ("zh", "en"))
    assert chinese.headers["ETag"] != english.headers["ETag"]
    assert "Accept-Language" in chinese.headers["Vary"]
    titles = {row["name"]: row["title"] for row in english.get_json()["actions"]}
    assert titles["request-fund-payment"] == "Request a payment"


# -- reading what was just written ---------------------------------------------------------------------


def test_a_read_with_the_position_of_a_write_shows_it(here):
    for number in range(20):
        body = {"building": f"b-{number}", "name": "一幢"}
        position = here.ask("register-building", body, by="secretary").get_json()["position"]
        row = here.get(f"/api/v1/ledgers/{LEDGER}?min_position={position}").get_json()["about"]
        assert row["position"] == position


def test_a_position_no_event_has_is_answered_at_once_with_how_far_the_views_are(books, waits):
    answer = books.get(f"{BASE}/balances?min_position=9007199254740991")
    assert waits == []
    problem = problem_of(answer, 503, "views.behind")
    assert problem["details"]["position"] == books.head()
    assert answer.headers["Retry-After"] == "1"


def test_views_that_do_not_follow_are_waited_for_one_second_at_most(here, waits):
    here.get("/healthz")
    here.catch_up()
    here.services._stop.set()
    for thread in here.services._threads:
        thread.join()
    position = here.ask("open-fund", {"fund": "working", **OPENING}).get_json()["position"]
    problem = problem_of(here.get(f"/api/v1/ledgers/{LEDGER}?min_position={position}"), 503, "views.behind")
    assert waits == [1.0]
    assert problem["details"] == {"position": position - 1, "asked": position, "head": position}
    later = threading.Timer(0.2, here.catch_up)
    later.start()
    assert here.get(f"/api/v1/ledgers/{LEDGER}?min_position={position}").status_code == 200
    later.join()
