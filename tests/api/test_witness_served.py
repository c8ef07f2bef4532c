"""Witnesses as they are run: `mingzhang witness`, and the neighbour's installation; a publisher asks them."""

import hashlib
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api import create_app
from api.services import EXTENSION
from api.settings import Settings, SettingsError
from ledger.transparency.checkpoint import checkpoint_of
from ledger.transparency.keys import KeyUnusable
from ledger.transparency.log_folder import PublishingStopped
from ledger.transparency.note import VerifierKey, parsed
from ledger.transparency.policy import PolicyInvalid, policy_of
from ledger.transparency.witness import REQUEST_BYTES_MAX
from ledger.transparency.witness_client import clients_of
from ledger.transparency.witness_memory import MemoryUnusable, create_witness
from tests.api.endpoints.installation import SECRET
from tests.api.test_cli import Terminal
from tests.api.witness_processes import WitnessProcess
from tests.ledger.story import WUTONGLI
from tests.ledger.transparency.publishing import Office
from tests.ledger.transparency.watched import LOG_KEY, ORIGIN, Log

HISTORY = Log(60)
HASH = hashlib.sha256(ORIGIN.encode()).hexdigest()
NAMES = ("street", "audit", "neighbour")


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    office = Office(sqlite_url, tmp_path)
    yield office
    office.close()


@pytest.fixture
def witnesses(office: Office, tmp_path: Path) -> Iterator[list[WitnessProcess]]:
    """Three, of which two must have seen what readers see."""
    running = [WitnessProcess(tmp_path / name, f"{name}.example.cn", office.key) for name in NAMES]
    lines = [f"witness {one.folder.name} {one.key} {one.url}" for one in running]
    policy = "\n".join([*lines, f"group most 2 {' '.join(NAMES)}", "quorum most\n"]).encode()
    office.signing = office.signing._replace(policy=policy, clients=clients_of(policy_of(policy)))
    try:
        yield [one.ready() for one in running]
    finally:
        for one in running:
            one.signal()
        for one in running:
            one.stop()


def test_a_publisher_and_three_witnesses_over_http(office: Office, witnesses: list[WitnessProcess]):
    first = office.publish().size
    office.record(300)
    publisher = office.publisher()
    published = publisher.publish(WUTONGLI)
    assert published.shown == first + 300
    policy = policy_of(office.log.policy())
    note = parsed(office.log.checkpoint())
    seen = note.signed_by(policy.witness_keys)
    assert len(seen) == 3
    assert all(abs(when - time.time()) < 60 for when in seen.values())
    for one in witnesses:
        latest = one.client.latest(office.key.name)
        assert latest.text == note.text

    witnesses[0].stop(signal.SIGKILL)  # two of three are enough
    office.record(1)
    assert publisher.publish(WUTONGLI).shown == first + 301

    witnesses[1].stop()
    office.record(1)
    waiting = publisher.publish(WUTONGLI)
    assert (waiting.size, waiting.shown) == (first + 302, first + 301)
    assert office.seen().size == first + 301

    witnesses[0].start()
    witnesses[0].ready()  # it remembers what it saw before it was killed, and takes the rest at once
    assert office.publisher().publish(WUTONGLI).shown == first + 302
    witnesses[1].start()
    witnesses[1].ready()

    # a backup is brought back, and the folder of the log with it: the witnesses remember
    office.lose_after(first + 300)
    office.forget_log()
    with pytest.raises(PublishingStopped) as stopped:
        office.publish()
    assert stopped.value.code == "publisher.records-gone"
    assert office.log.checkpoint() is None
    office.record(5)
    with pytest.raises(PublishingStopped) as stopped:
        office.publish()
    assert stopped.value.code == "publisher.witness-differs"


# -- the server --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WitnessProcess]:
    one = WitnessProcess(tmp_path_factory.mktemp("served") / "w", "w1.example.cn", LOG_KEY.vkey)
    try:
        yield one.ready()
    finally:
        one.stop()


def test_what_is_no_request_gets_its_status_and_no_more(served: WitnessProcess):
    end = b"Host: w\r\nConnection: close\r\n"
    for raw, status in [
        (b"GET /add-checkpoint HTTP/1.1\r\n" + end + b"\r\n", 405),
        (b"POST /elsewhere HTTP/1.1\r\n" + end + b"Content-Length: 0\r\n\r\n", 404),
        (b"GET /abc/checkpoint HTTP/1.1\r\n" + end + b"\r\n", 404),
        (b"POST /add-checkpoint HTTP/1.1\r\n" + end + b"Content-Length: 0\r\n\r\n", 400),
        (b"POST /add-checkpoint HTTP/1.1\r\n" + end + b"Content-Length: 7\r\n\r\nold 0\n\n", 400),
    ]:
        assert served.send(raw).startswith(b"HTTP/1.1 %d " % status), raw


def test_a_body_beyond_the_limit_is_refused_whether_or_not_it_says_its_size(served: WitnessProcess):
    door = b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nConnection: close\r\n"
    assert served.send(door + b"Content-Length: %d\r\n\r\n" % (REQUEST_BYTES_MAX + 1)).startswith(
        b"HTTP/1.1 413 "
    )
    chunk = b"%x\r\n" % REQUEST_BYTES_MAX + b"a" * REQUEST_BYTES_MAX + b"\r\n"
    chunked = served.send(door + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 2 + b"0\r\n\r\n")
    assert chunked.startswith(b"HTTP/1.1 413 ")


def test_who_stops_in_the_middle_of_a_body_is_not_waited_for(served: WitnessProcess):
    door = b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 900\r\n\r\nold 0\n"
    began = time.monotonic()
    answer = served.send(door, seconds=20)
    assert time.monotonic() - began < 15
    assert answer.startswith(b"HTTP/1.1 400 ")


# -- the command -------------------------------------------------------------------------------------


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(tmp_path, monkeypatch, capsys)


def test_a_key_is_made_once_and_served_only_with_its_memory(terminal: Terminal):
    folder, logs = terminal.folder / "w", terminal.folder / "logs"
    status, printed, said = terminal.run("witness", "--folder", folder, "--create-key", "w1.example.cn")
    assert (status, VerifierKey.of(printed.strip()).name) == (0, "w1.example.cn")
    assert "Never bring the key or witness.db back from a backup" in said
    said = terminal.refused("witness", "--folder", folder, "--create-key", "w1.example.cn")
    assert said.startswith("The witness.db in")
    assert "\n" not in said
    logs.write_text("log nothing\n")
    said = terminal.refused("witness", "--folder", folder, "--logs", logs)
    assert said == "Line 1 is no line of a witness policy (vkey): mend it and try again."
    logs.write_text(f"log {LOG_KEY.vkey}\nquorum none\n")
    (folder / "witness.db").unlink()
    said = terminal.refused("witness", "--folder", folder, "--logs", logs)
    assert said.startswith("There is no witness.db in")
    assert "Say which logs to watch" in terminal.refused("witness", "--folder", folder, status=2)


# -- a neighbour -------------------------------------------------------------------------------------


def settings_of(folder: Path, **given: Path | None) -> Settings:
    return Settings(database_url=f"sqlite:///{folder / 'books'}", secret_key=SECRET, **given)


@contextmanager
def client_of(settings: Settings) -> Iterator[FlaskClient]:
    app = create_app(settings)
    try:
        yield app.test_client()
    finally:
        app.extensions[EXTENSION].close()


@pytest.fixture
def neighbour(tmp_path: Path) -> Settings:
    """An installation that was told to watch our log."""
    key, logs = tmp_path / "w" / "witness.key", tmp_path / "logs"
    create_witness(key, "xinghuali.example.cn/w")
    logs.write_text(f"log {LOG_KEY.vkey}\nquorum none\n")
    return settings_of(tmp_path, witness_key_file=key, witness_logs=logs)


def test_an_installation_watches_the_log_of_a_neighbour(neighbour: Settings):
    with client_of(neighbour) as client:
        assert client.get(f"/w/{HASH}/checkpoint").status_code == 404
        answer = client.post("/w/add-checkpoint", data=HISTORY.request(0, 42))
        assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
        assert answer.text.startswith("— xinghuali.example.cn/w ")
        shown = client.get(f"/w/{HASH}/checkpoint")
        assert checkpoint_of(parsed(shown.data).text) == HISTORY.checkpoint(42)
        assert shown.headers["Access-Control-Allow-Origin"] == "*"
        again = client.post("/w/add-checkpoint", data=HISTORY.branch(40, 60).request(42, 60))
        assert (again.status_code, again.text) == (422, "proof: root\n")
        elsewhere = client.post("/w/add-checkpoint", data=HISTORY.request(0, 60))
        assert (elsewhere.status_code, elsewhere.content_type, elsewhere.text) == (
            409,
            "text/x.tlog.size",
            "42\n",
        )
        assert client.post("/w/add-checkpoint", data=b"a" * (REQUEST_BYTES_MAX + 1)).status_code == 413


def test_one_that_was_not_told_to_is_no_witness(tmp_path: Path):
    with client_of(settings_of(tmp_path)) as client:
        assert client.post("/w/add-checkpoint", data=HISTORY.request(0, 42)).status_code == 404
        assert client.get(f"/w/{HASH}/checkpoint").status_code == 404


def test_an_installation_whose_witness_cannot_sign_does_not_start(neighbour: Settings):
    key, logs = neighbour.witness_key_file, neighbour.witness_logs
    (key.parent / "witness.db").rename(key.parent / "lost")
    with pytest.raises(MemoryUnusable):
        create_app(neighbour)
    (key.parent / "lost").rename(key.parent / "witness.db")
    logs.write_text("quorum\n")
    with pytest.raises(PolicyInvalid):
        create_app(neighbour)
    logs.write_text("quorum none\n")
    key.chmod(0o644)
    with pytest.raises(KeyUnusable):
        create_app(neighbour)


@pytest.mark.parametrize("missing", ["KEY_FILE", "LOGS"])
@pytest.mark.parametrize("instead", [None, "/nowhere/at/all"])
def test_both_settings_are_needed_and_must_be_there(tmp_path: Path, missing: str, instead: str | None):
    (tmp_path / "file").touch()
    given = {f"MINGZHANG_WITNESS_{name}": str(tmp_path / "file") for name in ("KEY_FILE", "LOGS")}
    assert Settings.from_environment({**given, "MINGZHANG_SECRET_KEY": SECRET}).witness_logs
    given.pop(f"MINGZHANG_WITNESS_{missing}")
    if instead is not None:
        given[f"MINGZHANG_WITNESS_{missing}"] = instead
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({**given, "MINGZHANG_SECRET_KEY": SECRET})
    assert refused.value.details == {"name": f"MINGZHANG_WITNESS_{missing}"}
