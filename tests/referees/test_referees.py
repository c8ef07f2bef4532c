"""Tools we did not write take the log we publish for what it is, and find what was changed in it."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.demo import build
from api.services import Services
from ledger.transparency.checkpoint import checkpoint_of
from ledger.transparency.merkle import HASH_BYTES
from ledger.transparency.note import encoded, parsed
from ledger.transparency.proof import proof_of
from ledger.transparency.tiles import LENGTH_BYTES
from tests.referees import installing
from tests.referees.big_log import OLDER, PROVEN, RECORDS, BigLog
from tests.referees.installing import run

Aics = tuple[str, dict[str, str]]
# tools that read whole logs and proofs; openssl and sha256sum see one signature and one hash
WHOLE = {"go": installing.go_driver, "aics-tlog": installing.aics, "@sigstore/verify": installing.node_folder}


def test_at_least_one_outside_implementation_is_here() -> None:
    if not any(map(installing.is_here, WHOLE.values())):
        nobody = f"nobody else looked at our logs; the first of them: {installing.GO}"
        is_required = os.environ.get("MINGZHANG_REQUIRE_REFEREE") == "1"
        assert not is_required, nobody
        pytest.skip(nobody)


def flipped(raw: bytes, at: int) -> bytes:
    """One bit of one byte is another one."""
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


def in_a_hash(raw: bytes) -> bytes:
    """The last hash of a proof is another one."""
    *_, rest = raw.partition(b"\n\n")[0].rpartition(b"\n")
    return raw.replace(rest, encoded(flipped(base64.b64decode(rest), 7)).encode(), 1)


def in_a_cosignature(raw: bytes) -> bytes:
    note = parsed(raw)
    *others, last = note.signatures
    return str(
        note._replace(signatures=(*others, last._replace(signature=flipped(last.signature, 50))))
    ).encode()


# a file, and what somebody does to it
ALTERATIONS = [
    ("log/tile/0/000", lambda raw: flipped(raw, 0)),
    ("log/tile/0/273.p/112", lambda raw: flipped(raw, -1)),
    ("log/tile/1/000", lambda raw: flipped(raw, 5_000)),
    ("log/tile/2/000.p/1", lambda raw: flipped(raw, 31)),
    ("log/tile/entries/017", lambda raw: flipped(raw, 300)),
    ("log/tile/entries/273.p/112", lambda raw: raw[:-1]),
    ("log/checkpoint", lambda raw: raw.replace(b"\n70000\n", b"\n69999\n")),
    ("log/checkpoint", in_a_cosignature),
]
OF_PROOFS = [
    ("proofs/69998.tlog-proof", in_a_hash),
    ("proofs/65536.tlog-proof", lambda raw: raw.replace(b"index 65536", b"index 65535")),
    ("consistency/65536", in_a_hash),
    ("consistency/257", in_a_cosignature),
]
Alter = Callable[[bytes], bytes]


# -- Go: golang.org/x/mod/sumdb -----------------------------------------------------------------------------


def go(driver: Path, log: BigLog) -> subprocess.CompletedProcess[bytes]:
    return run(driver, log.folder, *log.keys)


def test_go_reads_every_signature_tile_entry_and_proof(go_driver: Path, log: BigLog) -> None:
    """Its own proofs are compared with ours hash for hash."""
    judged = go(go_driver, log)
    assert judged.stderr == b""
    counted = dict(line.split() for line in judged.stdout.decode().splitlines())
    expected = {"signatures": 3, "entries": RECORDS, "proofs": len(PROVEN), "consistency": len(OLDER)}
    assert counted == {name: str(count) for name, count in expected.items()}


@pytest.mark.parametrize(("name", "alter"), [*ALTERATIONS, *OF_PROOFS])
def test_go_finds_what_was_altered(
    go_driver: Path, log: BigLog, tmp_path: Path, name: str, alter: Alter
) -> None:
    altered = log.altered(name, alter((log.folder / name).read_bytes()), tmp_path / "altered")
    judged = go(go_driver, altered)
    assert (judged.returncode, judged.stdout.count(b"proofs")) == (1, 1 if name.startswith("cons") else 0)


# -- Python: aics-tlog and aics-witness ---------------------------------------------------------------------


def audit(aics: Aics, log: BigLog) -> subprocess.CompletedProcess[bytes]:
    python, where = aics
    return run(python, Path(__file__).parent / "aics_audit.py", log.folder / "log", *log.keys, **where)


def test_aics_tlog_audits_the_whole_tree(aics: Aics, log: BigLog) -> None:
    judged = audit(aics, log)
    assert (judged.stderr, judged.stdout.split()) == (b"", [b"70000", b"277", b"274"])


@pytest.mark.parametrize(("name", "alter"), ALTERATIONS)
def test_aics_tlog_finds_what_was_altered(
    aics: Aics, log: BigLog, tmp_path: Path, name: str, alter: Alter
) -> None:
    altered = log.altered(name, alter((log.folder / name).read_bytes()), tmp_path / "altered")
    judged = audit(aics, altered)
    assert (judged.returncode, judged.stderr) == (3, b"")


def aics_tlog(aics: Aics, *arguments: object) -> bool:
    """Whether its command line says yes."""
    python, where = aics
    judged = run(python, "-m", "aics_tlog", *map(str, arguments), **where)
    said = json.loads(judged.stdout)
    assert (judged.returncode == 0) == said["ok"], said
    return bool(said["ok"])


def test_aics_tlog_takes_our_proofs_of_inclusion(aics: Aics, log: BigLog, tmp_path: Path) -> None:
    root = encoded(checkpoint_of(log.note.text).root)
    for number in (0, 65_535, 69_999):
        proof = proof_of((log.folder / "proofs" / f"{number}.tlog-proof").read_bytes())
        (tmp_path / "proof").write_text("".join(f"{encoded(one)}\n" for one in proof.hashes))
        (tmp_path / "entry").write_bytes(log.entries[number])
        asked = ("--size", RECORDS, "--root", root, "--proof", tmp_path / "proof", "--index", number)
        assert aics_tlog(aics, "verify-inclusion", "--leaf", tmp_path / "entry", *asked)
        (tmp_path / "entry").write_bytes(log.entries[number] + b" ")
        assert not aics_tlog(aics, "verify-inclusion", "--leaf", tmp_path / "entry", *asked)


def test_aics_tlog_sees_that_the_log_only_grew(aics: Aics, log: BigLog, tmp_path: Path) -> None:
    for size in OLDER[1::3]:
        _, _, old = (log.folder / "consistency" / str(size)).read_text().partition("\n\n")
        (tmp_path / "old").write_text(old)
        asked = ("--tiles", log.folder / "log", "--log-key", log.keys[0])
        assert aics_tlog(aics, "verify-consistency", "--old-checkpoint", tmp_path / "old", *asked)


# -- one signature and one hash, with what every system has --------------------------------------------------


def test_openssl_verifies_the_signature_of_the_checkpoint(log: BigLog, tmp_path: Path) -> None:
    openssl = shutil.which("openssl") or pytest.skip("not here; install it with: apt-get install openssl")
    own = next(one for one in log.note.signatures if one.key_id == log.key.id)
    key = Ed25519PublicKey.from_public_bytes(log.key.key)
    (tmp_path / "key.der").write_bytes(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    (tmp_path / "signature").write_bytes(own.signature)
    asked = ("-pubin", "-keyform", "DER", "-inkey", tmp_path / "key.der", "-rawin")

    def verified(text: str) -> bytes:
        (tmp_path / "text").write_text(text)
        files = ("-in", tmp_path / "text", "-sigfile", tmp_path / "signature")
        return run(openssl, "pkeyutl", "-verify", *asked, *files).stdout

    assert verified(log.note.text) == b"Signature Verified Successfully\n"
    assert verified(log.note.text.replace("\n70000\n", "\n70001\n")) == b"Signature Verification Failure\n"


def test_sha256sum_hashes_the_first_entry_to_the_first_hash_of_the_first_tile(log: BigLog) -> None:
    """For a reader with nothing but a shell: the recipe as the documentation gives it."""
    bundle, tile = log.folder / "log/tile/entries/000", log.folder / "log/tile/0/000"
    length = int.from_bytes(bundle.read_bytes()[:LENGTH_BYTES])
    entry = f"tail -c +{LENGTH_BYTES + 1} {bundle} | head -c {length}"
    hashed = run("sh", "-c", f"(printf '\\000'; {entry}) | sha256sum").stdout.decode()[: 2 * HASH_BYTES]
    assert bytes.fromhex(hashed) == tile.read_bytes()[:HASH_BYTES]


# -- Node: @sigstore/verify, canonicalize -------------------------------------------------------------------


def node(folder: Path, script: str, given: bytes) -> object:
    judged = run("node", Path(__file__).parent / "node" / script, folder, given=given)
    assert judged.returncode == 0, judged.stderr.decode()
    return json.loads(judged.stdout)


def test_sigstore_takes_our_proofs_of_inclusion_and_no_altered_one(node_folder: Path, log: BigLog) -> None:
    """It goes another way: inner and border chains instead of the loop of RFC 9162."""
    root = checkpoint_of(log.note.text).root
    asked = []
    for number in PROVEN:
        proof = proof_of((log.folder / "proofs" / f"{number}.tlog-proof").read_bytes())
        sound = {
            "index": number,
            "size": RECORDS,
            "root": encoded(root),
            "hashes": list(map(encoded, proof.hashes)),
        }
        sound["entry"] = encoded(log.entries[number])
        other_hash = encoded(flipped(proof.hashes[3], 31))
        asked += [
            sound,
            sound | {"entry": encoded(log.entries[number] + b" ")},
            sound | {"hashes": [*sound["hashes"][:3], other_hash, *sound["hashes"][4:]]},
            sound | {"hashes": sound["hashes"][:-1]},
            sound | {"index": number ^ 1},
        ]
    said = node(node_folder, "inclusion.mjs", json.dumps(asked).encode())
    assert said[::5] == ["ok"] * len(PROVEN)
    assert len(said) == len(asked)
    assert "ok" not in [word for at, word in enumerate(said) if at % 5]


def test_canonicalize_writes_every_entry_of_the_demonstration_as_it_is_stored(
    node_folder: Path, sqlite_url: str
) -> None:
    here = Services(sqlite_url)
    build(here.ledger, date(2026, 11, 20))
    entries = [row.entry for row in here.store.rows(0)]
    here.store.close()
    here.vault.close()
    assert len(entries) > 500
    said = node(node_folder, "canonical.mjs", b"".join(entry + b"\n" for entry in entries))
    assert said == {"read": len(entries), "others": []}
    swapped = entries[5].replace(b'"schema":1', b'"schema":1.0')
    assert node(node_folder, "canonical.mjs", swapped + b"\n")["others"] == [swapped.decode()]
