"""`mingzhang witness` in processes of their own, on free ports of this machine."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from signal import SIGTERM

from ledger.transparency.cosigning import WitnessUnreachable
from ledger.transparency.note import VerifierKey
from ledger.transparency.witness_client import HttpWitness
from ledger.transparency.witness_memory import create_witness

ROOT = Path(__file__).parents[2]
SECONDS_TO_START = 30


def command(*arguments: object) -> subprocess.Popen[str]:
    """`mingzhang witness …` as a process."""
    return subprocess.Popen(
        [sys.executable, "-m", "api.cli", "witness", *map(str, arguments)],
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "LANG": "en_GB.UTF-8", "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class WitnessProcess:
    """One that watches a log; `url` is where."""

    def __init__(self, folder: Path, name: str, log: VerifierKey) -> None:
        self.folder, self.name = folder, name
        self.key = create_witness(folder / "witness.key", name)
        (folder / "logs").write_text(f"log {log}\nquorum none\n")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.client = HttpWitness(self.key, self.url)
        self.start()

    def start(self) -> None:
        """Start it; `ready` waits until it answers."""
        arguments = ("--folder", self.folder, "--logs", self.folder / "logs", "--port", self.port)
        self._process = command(*arguments)

    def ready(self) -> "WitnessProcess":
        until = time.monotonic() + SECONDS_TO_START
        while not self._answers():
            assert self._process.poll() is None, self._process.communicate()
            assert time.monotonic() < until, "the witness did not start"
            time.sleep(0.05)
        return self

    def _answers(self) -> bool:
        try:
            self.client.latest("nobody")
        except WitnessUnreachable:
            return False
        return True

    def signal(self, number: int = SIGTERM) -> None:
        """Ask this one, and only this one, to end."""
        if self._process.poll() is None:
            self._process.send_signal(number)

    def stop(self, number: int = SIGTERM) -> None:
        """End it and wait; what it said must name no fault."""
        self.signal(number)
        _, said = self._process.communicate(timeout=30)
        assert "Traceback" not in said, said

    def send(self, raw: bytes, seconds: float = 5) -> bytes:
        """What comes back for raw bytes, until it ends or the time is over."""
        answer = b""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            connection.sendall(raw)
            try:
                while piece := connection.recv(65536):
                    answer += piece
            except TimeoutError:
                pass
        return answer
