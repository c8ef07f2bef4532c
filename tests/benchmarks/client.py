"""A client in a process of its own: one kept-alive connection on a raw socket, as cheap as a client can be.

Reads what to do as one line of JSON, says "ready", waits for a line, sends its requests one after the other,
and writes when each began and ended (seconds of the machine's monotonic clock) and which status it got.
"""

import json
import socket
import sys
from time import monotonic


class Connection:
    """HTTP/1.1 as far as our own answers need it: a status, headers, a body of Content-Length bytes."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._read = b""

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a whole request; the status and the body of its answer."""
        self._socket.sendall(request)
        while (end := self._read.find(b"\r\n\r\n")) < 0:
            self._receive()
        head = self._read[:end].lower()
        at = head.find(b"content-length:")
        length = (
            int(head[at + 15 : head.find(b"\r\n", at) if head.find(b"\r\n", at) > 0 else end])
            if at >= 0
            else 0
        )
        while len(self._read) < end + 4 + length:
            self._receive()
        body = self._read[end + 4 : end + 4 + length]
        self._read = self._read[end + 4 + length :]
        return int(head[9:12]), body

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _receive(self) -> None:
        more = self._socket.recv(65536)
        if not more:
            raise ConnectionError(self._read)
        self._read += more


def post(path: str, body: bytes, headers: str) -> bytes:
    """A whole POST request."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{headers}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def get(path: str) -> bytes:
    """A whole GET request."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def actions(order: dict) -> list[bytes]:
    """The requests of one client, each under a new key; `named`: the field whose value must be new, too."""
    made = []
    for number in range(order["first"], order["first"] + order["count"]):
        body = order["body"] | ({order["named"]: f"{order['named']}-{number}"} if order["named"] else {})
        headers = f"Authorization: Bearer {order['token']}\r\nIdempotency-Key: key-{number}\r\n"
        headers += f"X-Number: {number}\r\n"
        made.append(post(order["path"], json.dumps(body, ensure_ascii=False).encode(), headers))
    return made


def write(order: dict) -> list[tuple[float, float, int]]:
    """Send the actions; the first few, not counted, wake the server up."""
    requests = actions(order)
    warm, counted = requests[: order["warm"]], requests[order["warm"] :]
    marks = []
    with Connection(order["port"]) as connection:
        for request in warm:
            connection.ask(request)
        _wait_for_the_word()
        for request in counted:
            began = monotonic()
            status, _ = connection.ask(request)
            marks.append((began, monotonic(), status))
    return marks


def watch(order: dict) -> list[tuple[int, float]]:
    """Ask again and again how far the views are; when each position was first seen."""
    request, seen, last = get(order["path"]), [], 0
    with Connection(order["port"]) as connection:
        _wait_for_the_word()
        until = monotonic() + order["seconds_max"]
        while last < order["until"] and monotonic() < until:
            _, body = connection.ask(request)
            position = json.loads(body)["position"]
            if position > last:
                last = position
                seen.append((position, monotonic()))
    return seen


def _wait_for_the_word() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    given = json.loads(sys.stdin.readline())
    print(json.dumps(watch(given) if given["does"] == "watch" else write(given)), flush=True)
