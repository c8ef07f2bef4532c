"""A real server on a real socket: what no well-behaved client sends is refused, and the server lives on."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SECONDS_TO_START = 30


class Server:
    """`mingzhang serve` in its own process."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        environment = {
            "MINGZHANG_DATABASE_URL": f"sqlite:///{folder}",
            "MINGZHANG_SECRET_KEY": "of the tests only, and long enough",
            "MINGZHANG_ORIGIN": f"http://127.0.0.1:{self.port}",
            "PYTHONPATH": str(ROOT),
            "PATH": os.environ["PATH"],
        }
        self.log = (folder / "server.log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "serve", "--port", str(self.port)],
            env=environment,
            cwd=folder,
            stdout=self.log,
            stderr=self.log,
        )
        until = time.monotonic() + SECONDS_TO_START
        while self.status(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") != 200:
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.1)

    def send(self, raw: bytes) -> bytes:
        """The start of the answer to raw bytes; empty if the connection is closed without one."""
        answer = b""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65536):
                answer += chunk
        return answer

    def status(self, raw: bytes) -> int | None:
        """The status of the first answer; none if there is none."""
        answer = self.send(raw)
        return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else None

    def stop(self) -> None:
        """Stop this server, and only this one."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.log.close()


@pytest.fixture(scope="module")
def server(begun_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served") / "books"
    shutil.copytree(begun_folder, folder)
    running = Server(folder)
    running.tokens = dict(line.split(" ") for line in (folder / "tokens").read_text().splitlines())
    yield running
    running.stop()


GET = b"GET /api/v1/ledgers HTTP/1.1\r\n"
HOST = b"Host: 127.0.0.1\r\n"
POST = b"POST /api/v1/ledgers/wutongli/actions/open-fund HTTP/1.1\r\n" + HOST
ODD = {
    "no host": GET + b"\r\n",
    "two hosts": GET + b"Host: a\r\nHost: b\r\n\r\n",
    "another host": GET + b"Host: evil.example\r\n\r\n",
    "a host with a path": GET + b"Host: 127.0.0.1/evil\r\n\r\n",
    "content length and transfer encoding": POST
    + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two content lengths": POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\n{}{}{}",
    "a content length with a sign": POST + b"Content-Length: +2\r\n\r\n{}",
    "a content length below zero": POST + b"Content-Length: -1\r\n\r\n{}",
    "a transfer encoding nobody knows": POST + b"Transfer-Encoding: gzip-chunked\r\n\r\n{}",
    "a chunk size that is none": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "a header name with a space": GET + HOST + b"X Y: 1\r\n\r\n",
    "a header with a NUL": GET + HOST + b"X-Y: a\x00b\r\n\r\n",
    "a folded header": GET + HOST + b"X-Y: a\r\n b\r\n\r\n",
    "a NUL in the path": b"GET /api/v1/%00 HTTP/1.1\r\n" + HOST + b"\r\n",
    "bad UTF-8 in the path": b"GET /api/v1/ledgers/%ff%fe HTTP/1.1\r\n" + HOST + b"\r\n",
    "raw bytes in the path": b"GET /api/v1/\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n",
    "a path of a hundred thousand": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "ten thousand parameters": b"GET /api/v1/ledgers?" + b"a=1&" * 10_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "a thousand headers": GET + HOST + b"".join(b"X-%d: 1\r\n" % number for number in range(1000)) + b"\r\n",
    "a method nobody knows": b"FROB /api/v1/ledgers HTTP/1.1\r\n" + HOST + b"\r\n",
    "a version nobody knows": b"GET /api/v1/ledgers HTTP/9.9\r\n" + HOST + b"\r\n",
    "no request line": b"\r\n\r\n",
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}


@pytest.mark.parametrize("oddity", ODD)
def test_what_is_ambiguous_or_broken_never_succeeds_and_never_breaks_the_server(server, oddity):
    status = server.status(ODD[oddity])
    assert status is None or 400 <= status < 500 or status == 501, status  # 501: RFC 9112 6.1
    assert server.status(GET + HOST + b"Connection: close\r\n\r\n") == 200


def test_an_oversized_body_is_refused_whether_or_not_it_says_its_size(server):
    token = server.tokens["treasurer"].encode()
    door = (
        POST
        + b"Authorization: Bearer "
        + token
        + b"\r\nIdempotency-Key: one\r\nContent-Type: application/json\r\n"
    )
    assert server.status(door + b"Content-Length: 20000000\r\n\r\n" + b"a" * 1000) in (None, 413)
    chunk = b"100000\r\n" + b"a" * 0x100000 + b"\r\n"
    assert server.status(door + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 2 + b"0\r\n\r\n") in (
        None,
        413,
    )


def test_an_action_is_recorded_once_though_its_client_hangs_up_before_the_answer(server):
    token = server.tokens["treasurer"].encode()
    body = json.dumps(
        {
            "fund": "working",
            "opened_on": "2026-01-01",
            "opening_fen": 0,
            "bank": "上海银行",
            "account_tail": "1234",
        }
    ).encode()
    request = (
        POST
        + b"Authorization: Bearer "
        + token
        + b"\r\nIdempotency-Key: hang-up\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(request)
    statuses = {server.status(request) for _ in range(3)}
    assert statuses <= {200, 201}
    feed = server.send(
        b"GET /api/v1/ledgers/wutongli/events?kind=fund.opened HTTP/1.1\r\n"
        + HOST
        + b"Connection: close\r\n\r\n"
    )
    assert feed.count(b'"kind":"fund.opened","leaf_hash"') <= 1
    assert server.status(request) == 200


def test_the_log_holds_no_token_and_no_traceback(server):
    log = Path(server.log.name).read_bytes()
    assert b"mz_" not in log
    assert b"Traceback" not in log, log.decode()
