"""Whatever a witness answers, a log gets a cosignature that is one, or learns clearly that it gets none."""

import hashlib
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from ledger.transparency import witness_client
from ledger.transparency.cosigning import WitnessElsewhere, WitnessRefused, WitnessUnreachable
from ledger.transparency.note import COSIGNATURE, Note, SigningKey, signed
from ledger.transparency.policy import PolicyInvalid, policy_of
from ledger.transparency.witness_client import HttpWitness, clients_of
from tests.ledger.transparency.watched import A_FRIDAY, LOG_KEY, ORIGIN, Log

HISTORY = Log(42)
NOTE = HISTORY.note(42)
KEY = SigningKey("w1.example.cn", bytes(32), COSIGNATURE)
OTHER = SigningKey("w2.example.cn", b"." * 32, COSIGNATURE)
GOOD = KEY.sign(NOTE.text, A_FRIDAY)
Answering = Callable[[socket.socket], None]


def answer(status: int, body: str | bytes = "", type: str = "text/plain") -> bytes:  # noqa: A002
    raw = body.encode() if isinstance(body, str) else body
    return b"HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s" % (
        status,
        type.encode(),
        len(raw),
        raw,
    )


class Wire:
    """A server that gives each who asks what it was told to, byte by byte."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/w"
        self.asked = b""
        self._answering: Answering = lambda opened: None
        threading.Thread(target=self._serve, daemon=True).start()

    def gives(self, content: bytes | Answering) -> HttpWitness:
        self._answering = content if callable(content) else lambda opened: opened.sendall(content)
        return HttpWitness(KEY.vkey, self.url)

    def _serve(self) -> None:
        while True:
            try:
                opened, _ = self._listening.accept()
            except OSError:
                return
            with opened:
                self.asked = _request(opened)
                try:
                    self._answering(opened)
                    opened.shutdown(socket.SHUT_WR)
                except OSError:
                    continue

    def close(self) -> None:
        with suppress(OSError):  # a spec may have closed it already
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


def _request(opened: socket.socket) -> bytes:
    """All of what is asked: who closes before would break the connection under the answer."""
    raw = b""
    while (piece := opened.recv(65536)) != b"":
        raw += piece
        head, _, sent = raw.partition(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", head)
        if len(sent) >= (int(length[1]) if length else 0) and raw != head:
            break
    return raw


@pytest.fixture
def wire() -> Iterator[Wire]:
    wire = Wire()
    yield wire
    wire.close()


def test_a_cosignature_is_taken_and_what_else_is_said_is_not(wire):
    found = wire.gives(answer(200, OTHER.sign(NOTE.text, 1).line + GOOD.line)).add_checkpoint(0, [], NOTE)
    assert found == GOOD
    assert wire.asked.startswith(b"POST /w/add-checkpoint HTTP/1.1\r\n")
    assert wire.asked.endswith(b"\r\n\r\nold 0\n\n" + str(NOTE).encode())


def test_a_proof_is_sent_a_hash_a_line(wire):
    wire.gives(answer(200, GOOD.line)).add_checkpoint(7, [bytes(32), b"\xff" * 32], NOTE)
    lines = "A" * 43 + "=\n" + "/" * 42 + "8=\n"
    assert f"\r\n\r\nold 7\n{lines}\n{NOTE}".encode() in wire.asked


NO_COSIGNATURE = {
    "nothing": "",
    "a page": "<html>witness</html>\n",
    "of another witness": OTHER.sign(NOTE.text, A_FRIDAY).line,
    "of another checkpoint": KEY.sign(HISTORY.note(41).text, A_FRIDAY).line,
    "without a time": KEY.sign(NOTE.text, 0).line,
    "the key under another name": SigningKey("w3.example.cn", bytes(32), COSIGNATURE).sign(NOTE.text, 1).line,
    "no line end": GOOD.line[:-1],
    "a bad one before the good one": KEY.sign("other\n", 1).line + GOOD.line,
    "another note": str(signed("another\n1\nx\n", [KEY], A_FRIDAY)),
    "a text before it": f"another\n\n{GOOD.line}",
    "a longer text it did sign": "more\n\n" + KEY.sign(NOTE.text + "\nmore\n", A_FRIDAY).line,
}


@pytest.mark.parametrize("said", NO_COSIGNATURE.values(), ids=NO_COSIGNATURE)
def test_what_is_no_cosignature_of_this_witness_is_none(wire, said):
    with pytest.raises(WitnessUnreachable):
        wire.gives(answer(200, said)).add_checkpoint(0, [], NOTE)


def test_the_size_it_saw_last_is_told(wire):
    witness = wire.gives(answer(409, "42\n", "text/x.tlog.size"))
    with pytest.raises(WitnessElsewhere) as elsewhere:
        witness.add_checkpoint(7, [], NOTE)
    assert elsewhere.value.size == 42


@pytest.mark.parametrize(
    ("said", "type"),
    [
        ("42\n", "text/plain"),
        *((said, "text/x.tlog.size") for said in ("", "42", "042\n", "-1\n", "9" * 17 + "\n")),
    ],
)
def test_a_size_that_is_none_is_no_answer(wire, said, type):  # noqa: A002
    with pytest.raises(WitnessUnreachable):
        wire.gives(answer(409, said, type)).add_checkpoint(7, [], NOTE)


def test_a_conflict_at_the_very_size_is_a_refusal_and_nothing_to_try_again(wire):
    with pytest.raises(WitnessRefused):
        wire.gives(answer(409, "42\n", "text/x.tlog.size")).add_checkpoint(42, [], NOTE)


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_refusal_is_one(wire, status):
    with pytest.raises(WitnessRefused, match=str(status)):
        wire.gives(answer(status, "no\n")).add_checkpoint(0, [], NOTE)


def _moved(opened: socket.socket) -> None:
    here = opened.getsockname()[1]
    opened.sendall(b"HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:%d/\r\nContent-Length: 0\r\n\r\n" % here)


def _drops(first: bytes) -> Answering:
    def drip(opened: socket.socket) -> None:
        opened.sendall(first)
        for _ in range(100):
            time.sleep(0.05)
            opened.sendall(b"A")

    return drip


NO_ANSWER: dict[str, bytes | Answering] = {
    "nothing": b"",
    "a fault": answer(500),
    "held up": answer(503, "try again\n"),
    "moved": _moved,
    "no HTTP": b"SSH-2.0-OpenSSH\r\n",
    "half a head": b"HTTP/1.1 200 X\r\nContent-",
    "half a body": b"HTTP/1.1 200 X\r\nContent-Length: 900\r\n\r\n" + GOOD.line.encode(),
    "half a chunk": b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n" + GOOD.line.encode(),
    "more than anybody needs": answer(200, GOOD.line * 1000),
    "without end": b"HTTP/1.1 200 X\r\n\r\n" + b"A" * 1_000_000,
    "a chunk that is none": b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\nzz",
    "silence": lambda opened: time.sleep(2),
    "a head that never ends": _drops(b"HTTP/1.1 200 X\r\nX-Slow: "),
    "a body that never ends": _drops(b"HTTP/1.1 200 X\r\nContent-Length: 60000\r\n\r\n"),
    "a body without a length that never ends": _drops(b"HTTP/1.1 200 X\r\nConnection: close\r\n\r\n"),
}


@pytest.mark.parametrize("content", NO_ANSWER.values(), ids=NO_ANSWER)
def test_what_is_no_answer_is_given_up_in_time(wire, content, monkeypatch):
    monkeypatch.setattr(witness_client, "ANSWER_SECONDS_MAX", 0.4)
    began = time.monotonic()
    with pytest.raises(WitnessUnreachable):
        wire.gives(content).add_checkpoint(0, [], NOTE)
    assert time.monotonic() - began < 1.5


def test_nobody_there_is_said(wire):
    witness = wire.gives(b"")
    wire.close()
    with pytest.raises(WitnessUnreachable, match="refused"):
        witness.latest(ORIGIN)


SEEN = signed(NOTE.text, [LOG_KEY, KEY], A_FRIDAY)


def test_what_it_saw_last_is_told(wire):
    assert wire.gives(answer(200, str(SEEN))).latest(ORIGIN) == SEEN
    name = hashlib.sha256(ORIGIN.encode()).hexdigest()
    assert wire.asked.startswith(f"GET /w/{name}/checkpoint HTTP/1.1\r\n".encode())


def test_what_it_never_saw_is_none(wire):
    assert wire.gives(answer(404, "no checkpoint\n")).latest(ORIGIN) is None


@pytest.mark.parametrize(
    "content",
    [
        answer(200, str(NOTE)),
        answer(200, str(Note(SEEN.text, (OTHER.sign(SEEN.text, 1),)))),
        answer(200, str(signed(SEEN.text.replace(ORIGIN, "other.example/t"), [KEY], A_FRIDAY))),
        answer(200, str(signed("no checkpoint\n", [KEY], A_FRIDAY))),
        answer(200, "<html>\n"),
        answer(200, b"\xff"),
        answer(500),
    ],
    ids=["not its own", "of another", "of another log", "no checkpoint", "a page", "no text", "a fault"],
)
def test_what_it_did_not_see_of_this_log_is_no_answer(wire, content):
    with pytest.raises(WitnessUnreachable):
        wire.gives(content).latest(ORIGIN)


@pytest.mark.parametrize(
    "url",
    ["ftp://w.example", "w.example", "https://", "http://w.example:port", "http://w.example/?a", "http://[w"],
)
def test_an_address_nobody_can_ask_at_is_refused_with_the_policy(url):
    policy = policy_of(f"witness street {KEY.vkey} {url}\nquorum street\n".encode())
    with pytest.raises(PolicyInvalid, match=r"w1\.example\.cn"):
        clients_of(policy)


def test_the_witnesses_of_a_policy_are_asked_where_it_says(wire):
    lines = f"witness street {KEY.vkey} {wire.url}\nwitness audit {OTHER.vkey}\nquorum street\n"
    clients = clients_of(policy_of(lines.encode()))
    assert set(clients) == {"street"}
    wire.gives(answer(200, GOOD.line))
    assert clients["street"].add_checkpoint(0, [], NOTE) == GOOD
