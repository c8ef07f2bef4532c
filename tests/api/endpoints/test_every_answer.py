"""What every answer has, whoever made it: headers, no traceback, words; and how the machine is."""

import pytest

from api.errors import STATUS
from api.security import CONTENT_SECURITY_POLICY
from ledger.errors import StoreBusy, StoreDamaged, StoreFull, StoreUnavailable
from tests.api.endpoints.installation import LEDGER, OPENING, Installation, problem_of

ANSWERS = [
    "/",
    "/api/docs",
    "/api/v1/ledgers",
    "/api/v1/nope",
    "/nope",
    "/healthz",
    "/readyz",
    f"/c/{LEDGER}",
    "/api/v1/openapi.json",
]


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_tells_browsers_to_run_nothing_but_ours(shared, path):
    answer = shared.get(path)
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_files_of_ours_have_the_same_headers_and_are_kept_for_ever(shared):
    with shared.app.app_context():
        url = shared.app.jinja_env.globals["static_url"]("mingzhang.css")
    answer = shared.get(url)
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "immutable" in answer.headers["Cache-Control"]
    assert shared.get("/static/000000000000/mingzhang.css").status_code == 404
    answer.close()


def test_reading_leaves_no_cookie(shared):
    for path in ANSWERS:
        assert "Set-Cookie" not in shared.get(path).headers


@pytest.mark.parametrize("host", ["evil.example", "wutongli.evil.example", "127.0.0.1.evil.example"])
def test_a_request_for_another_host_is_refused(shared, host):
    problem_of(shared.get("/api/v1/ledgers", Host=host), 400, "host.unknown")


def test_a_request_without_a_host_is_refused(shared):
    environ = {
        "PATH_INFO": "/api/v1/ledgers",
        "REQUEST_METHOD": "GET",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
    }
    statuses = []
    shared.app.wsgi_app(environ, lambda status, headers, *_: statuses.append(status))
    assert statuses == ["400 BAD REQUEST"]


@pytest.mark.parametrize(
    "path", ["/api/v1/%00", "/api/v1/%ff", "/api/v1/ledgers/%00%ff/events", "/api/v1/" + "a" * 8000]
)
def test_an_address_nobody_has_is_a_problem_in_json(shared, path):
    problem_of(shared.get(path), 404)


@pytest.mark.parametrize("path", ["/nope", "/%00", "/c/%ff", "/c/nowhere"])
def test_an_address_for_people_that_nobody_has_is_a_page(shared, path):
    answer = shared.get(path)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("error", "status", "code", "retry_after"),
    [
        (StoreBusy(), 503, "store.busy", "1"),
        (StoreFull(), 503, "store.full", "30"),
        (StoreUnavailable(reason="/var/secret/path"), 503, "store.unavailable", "5"),
        (StoreDamaged(), 500, "server.error", None),
        (ZeroDivisionError("/var/secret/path"), 500, "server.error", None),
    ],
)
def test_what_the_store_cannot_do_is_said_without_its_secrets(
    here, monkeypatch, error, status, code, retry_after
):
    def fail(*_args, **_kwargs):
        raise error

    monkeypatch.setattr(here.services.ledger, "record", fail)
    answer = here.ask("open-fund", {"fund": "working", **OPENING})
    problem_of(answer, status, code)
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers.get("Retry-After") == retry_after


FAULTS = [(StoreUnavailable(reason="/var/secret/path"), 503), (ZeroDivisionError("/var/secret/path"), 500)]


def broken(here, monkeypatch, path, error):
    def fail(*_args, **_kwargs):
        raise error

    served, _ = here.app.url_map.bind("localhost").match(path)
    monkeypatch.setitem(here.app.view_functions, served, fail)
    return here.get(path)


@pytest.mark.parametrize(("error", "status"), FAULTS, ids=["store", "program"])
@pytest.mark.parametrize("path", ["/", f"/t/{LEDGER}/verify.html"])
def test_who_opens_a_page_that_fails_reads_a_page_and_nothing_about_recording(
    here, monkeypatch, path, error, status
):
    answer = broken(here, monkeypatch, path, error)
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert "已经记下的账没有丢。请过几分钟再打开这一页。" in answer.text
    for word in ("Idempotency-Key", "没有确认记账", "secret", "Traceback"):
        assert word not in answer.text


def test_what_a_program_could_not_read_is_not_called_unrecorded(here, monkeypatch):
    answer = broken(here, monkeypatch, "/api/v1/ledgers", ZeroDivisionError())
    problem_of(answer, 500, "server.not-shown")
    assert "Idempotency-Key" not in answer.text


def test_every_kind_of_error_has_its_status_in_one_place():
    assert sorted({*STATUS.values()}) == [400, 401, 403, 404, 409, 413, 415, 422, 500, 503]


# -- how the machine is --------------------------------------------------------------------------------


def test_a_living_process_says_so(shared):
    answer = shared.get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_ready_installation_shows_every_view_where_the_store_is(here):
    position = here.catch_up()
    readiness = here.get("/readyz").get_json()
    assert readiness["ready"] is True
    assert readiness["position"] == position == here.head()
    assert {view["view"] for view in readiness["views"]} == set(here.services.views.views)
    assert {(view["lag"], view["failed"]) for view in readiness["views"]} == {(0, False)}
    assert 0 < readiness["free_disk_percent"] <= 100


def test_an_installation_whose_view_has_stopped_is_not_ready(here, monkeypatch):
    states = [
        state._replace(failed_reason="broken") if state.view == "entries" else state
        for state in here.services.views.states()
    ]
    monkeypatch.setattr(here.services.views, "states", lambda: states)
    answer = here.get("/readyz")
    assert (answer.status_code, answer.get_json()["problems"]) == (503, ["views.failed/entries"])


def test_an_installation_that_cannot_reach_its_books_is_alive_but_not_ready(tmp_path):
    (tmp_path / "a-file").touch()
    here = Installation(f"sqlite:///{tmp_path / 'a-file'}")
    assert here.get("/healthz").status_code == 200
    answer = here.get("/readyz")
    assert (answer.status_code, answer.get_json()["ready"]) == (503, False)
    problem_of(here.get("/api/v1/events"), 503)
    here.close()
