"""A witness we did not write watches our log through HTTP, and signs that it only grew."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.transparency.checkpoint import checkpoint_of
from ledger.transparency.cosigning import WitnessElsewhere, WitnessRefused
from ledger.transparency.merkle import consistency_proof
from ledger.transparency.note import VerifierKey, parsed
from ledger.transparency.tiles import hashes_from
from ledger.transparency.witness_client import HttpWitness
from tests.ledger.transparency.publishing import Office
from tests.referees.installing import run

Watched = tuple[Office, HttpWitness]
_LISTENING = re.compile(rb"listening on (http://127\.0\.0\.1:[0-9]+)")


@pytest.fixture
def watched(aics: tuple[str, dict[str, str]], sqlite_url: str, tmp_path: Path) -> Iterator[Watched]:
    """An aics-witness on this machine that watches the log of an office, and is its only witness."""
    python, where = aics
    office = Office(sqlite_url, tmp_path)
    (tmp_path / "witness").mkdir()
    config = ("--config", str(tmp_path / "witness" / "witness.json"))

    def told(*arguments: str) -> str:
        said = run(python, "-m", "aics_witness", *arguments, *config, **where)
        assert said.returncode == 0, said.stderr.decode()
        return said.stdout.decode()

    vkey = told("init", "--name", "outside.example/w1", "--listen", "127.0.0.1:0").strip()
    told("add-log", "--origin", office.key.name, "--vkey", str(office.key))
    with (tmp_path / "witness.log").open("wb") as said:
        process = subprocess.Popen(
            [python, "-m", "aics_witness", "serve", *config],
            env={**os.environ, **where}, stdout=said, stderr=said,
        )  # fmt: skip
    try:
        witness = HttpWitness(VerifierKey.of(vkey), _address(process, tmp_path / "witness.log"))
        policy = f"witness outside {vkey}\nquorum outside\n".encode()
        office.signing = office.signing._replace(policy=policy, clients={"outside": witness})
        yield office, witness
    finally:
        process.terminate()
        process.wait(30)
        office.close()


def _address(process: subprocess.Popen[bytes], said: Path) -> str:
    until = time.monotonic() + 30
    while (found := _LISTENING.search(said.read_bytes())) is None:
        assert process.poll() is None, said.read_text()
        assert time.monotonic() < until, said.read_text()
        time.sleep(0.02)
    return found[1].decode()


def test_what_readers_see_is_signed_by_it(watched: Watched) -> None:
    office, witness = watched
    for records in (1, 300, 5):
        office.record(records)
        office.now = time.time()
        assert office.publish().size == office.length
        note = parsed(office.log.checkpoint() or b"")
        assert note.signed_by([witness.key])[witness.key] == pytest.approx(time.time(), abs=60)
        assert witness.latest(office.key.name).text == note.text


def test_it_says_where_it_is_and_takes_no_proof_that_was_cut_short(watched: Watched) -> None:
    office, witness = watched
    office.record(300)
    first = office.publish().size
    office.record(77)
    alone = office.signing._replace(policy=b"quorum none\n", clients={})
    office.signing = alone
    office.publish()
    note, size = parsed(office.log.checkpoint() or b""), office.length
    proof = consistency_proof(first, size, hashes_from(office.log.read, size))
    with pytest.raises(WitnessElsewhere) as elsewhere:
        witness.add_checkpoint(0, [], note)
    assert elsewhere.value.size == first
    with pytest.raises(WitnessRefused, match="422"):
        witness.add_checkpoint(first, proof[:-1], note)
    signature = witness.add_checkpoint(first, proof, note)
    witness.key.check(note.text, signature.signature)


def test_it_betrays_a_history_that_was_written_anew(watched: Watched) -> None:
    office, witness = watched
    office.record(5)
    signed = office.publish().size
    office.lose_after(office.begun + 2)
    office.forget_log()
    office.record(9)
    with pytest.raises(Exception, match="witness-differs"):
        office.publish()
    assert checkpoint_of(witness.latest(office.key.name).text).size == signed
