"""Time stamps of checkpoints by an authority of our own, made and verified by OpenSSL, which is not ours."""

import shutil
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ledger.verifier import verify
from tests.api.test_cli import Terminal
from tests.referees.installing import run

CONFIG = """
[ req ]
distinguished_name = named_below
[ named_below ]
[ ca ]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[ stamping ]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[ tsa ]
serial = {folder}/serial
signer_digest = sha256
digests = sha256
default_policy = 1.2.3.4.1
accuracy = secs:1
ess_cert_id_alg = sha256
"""


class Authority:
    """Keeps time in a folder, as a national time centre does; `roots`: what it hands out on paper."""

    def __init__(self, folder: Path) -> None:
        self._program = shutil.which("openssl") or pytest.skip(
            "not here; install it: apt-get install openssl"
        )
        folder.mkdir()
        self._folder, self.roots = folder, folder / "root.pem"
        (folder / "config").write_text(CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        self._certify("root", "ca", "/CN=Time Centre")
        self._certify(
            "tsa", "stamping", "/CN=Time Stamping 1", "-CA", self.roots, "-CAkey", folder / "root.key"
        )

    def _certify(self, name: str, part: str, subject: str, *issuer: str | Path) -> None:
        key, made = self._folder / f"{name}.key", self._folder / f"{name}.pem"
        self._openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-config", self._folder / "config", "-subj", subject, "-extensions", part, *issuer,
            "-keyout", key, "-out", made,
        )  # fmt: skip

    def _openssl(self, *arguments: str | Path) -> bytes:
        done = run(self._program, *arguments)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def stamps(self, request: Path, *further: str | Path) -> Path:
        """Its answer to a request."""
        answer = request.with_suffix(".tsr")
        self._openssl(
            "ts", "-reply", "-config", self._folder / "config", "-section", "tsa", "-queryfile", request,
            "-signer", self._folder / "tsa.pem", "-inkey", self._folder / "tsa.key", "-out", answer, *further,
        )  # fmt: skip
        return answer

    def made(self, answer: Path, over: Path) -> bool:
        """Whether OpenSSL finds that it stamped a file."""
        asked = ("ts", "-verify", "-in", answer, "-data", over, "-CAfile", self.roots)
        return run(self._program, *asked).returncode == 0


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """An installation whose log of 梧桐里 is published."""
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    monkeypatch.setenv("MINGZHANG_ORIGIN", "https://zhang.example")
    monkeypatch.setenv("MINGZHANG_LOG_KEY_FILE", str(tmp_path / "log.key"))
    terminal.ok("open", "wutongli", "--kind", "community", "--name", "梧桐里")
    terminal.ok("key", "create")
    terminal.ok("publish", "--once")
    return terminal


def asked(terminal: Terminal, name: str = "asked") -> Path:
    request = terminal.folder / f"{name}.tsq"
    terminal.ok("anchor", "request", "wutongli", "--to", request)
    return request


def kept(terminal: Terminal, answer: Path, roots: Path) -> str:
    return terminal.ok("anchor", "keep", "wutongli", answer, "--roots", roots)


def refused(terminal: Terminal, answer: Path, roots: Path) -> str:
    return terminal.refused("anchor", "keep", "wutongli", answer, "--roots", roots)


def anchors(pack: Path) -> tuple[str, dict[str, Any]]:
    """What the verifier says of the time stamps in a pack."""
    level = verify.Audit(verify.Pack(pack), verify.Wanted()).run()["anchors"]
    return level.state, {code: about for _, code, about in level.said}


def test_a_stamped_checkpoint_is_in_every_pack_and_openssl_knows_who_stamped_it(
    terminal: Terminal, authority: Authority
) -> None:
    checkpoint = terminal.folder / "books" / "log" / "wutongli" / "checkpoint"
    (terminal.folder / "stamped").write_bytes(checkpoint.read_bytes())
    request = asked(terminal)
    terminal.ok("grant", "ms-chen", "chair", "--ledger", "wutongli")  # a day passes until the answer is back
    terminal.ok("publish", "--once")
    assert "the checkpoint of 2 records was there" in kept(
        terminal, authority.stamps(request), authority.roots
    )
    terminal.ok("export", "wutongli", "--to", terminal.folder / "pack.zip")
    assert anchors(terminal.folder / "pack.zip") == ("unchecked", {"anchors.not-ours": {"count": 1}})
    with zipfile.ZipFile(terminal.folder / "pack.zip") as pack:
        (name,) = [name for name in pack.namelist() if name.startswith("log/anchors/2-")]
        (terminal.folder / "packed.tsr").write_bytes(pack.read(name))
    assert authority.made(terminal.folder / "packed.tsr", terminal.folder / "stamped")
    assert not authority.made(terminal.folder / "packed.tsr", checkpoint)


def test_an_answer_carried_in_twice_is_kept_once(terminal: Terminal, authority: Authority) -> None:
    answer = authority.stamps(asked(terminal))
    assert kept(terminal, answer, authority.roots) == kept(terminal, answer, authority.roots)
    assert len(list((terminal.folder / "books/log/wutongli/anchors").iterdir())) == 1


def test_a_time_stamp_of_something_else_is_refused(
    terminal: Terminal, authority: Authority, tmp_path: Path
) -> None:
    terminal.ok("open", "xinghuali", "--kind", "community", "--name", "杏花里")
    terminal.ok("publish", "--once")
    terminal.ok("anchor", "request", "xinghuali", "--to", tmp_path / "other.tsq")
    answer = authority.stamps(tmp_path / "other.tsq")
    assert "over no checkpoint of this ledger" in refused(terminal, answer, authority.roots)


def test_a_time_stamp_by_somebody_else_is_refused(
    terminal: Terminal, authority: Authority, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path / "stranger")
    assert "not signed by that authority" in refused(
        terminal, stranger.stamps(asked(terminal)), authority.roots
    )


@pytest.mark.parametrize("at", [-1, -200, 300])
def test_a_time_stamp_that_was_changed_is_refused(terminal: Terminal, authority: Authority, at: int) -> None:
    answer = authority.stamps(asked(terminal))
    raw = bytearray(answer.read_bytes())
    raw[at] ^= 1
    answer.write_bytes(raw)
    refused(terminal, answer, authority.roots)
    assert not (terminal.folder / "books/log/wutongli/anchors").exists()


@pytest.mark.parametrize("which", ["answer", "roots"])
def test_rubbish_is_refused_in_words(terminal: Terminal, authority: Authority, which: str) -> None:
    answer, roots = authority.stamps(asked(terminal)), authority.roots
    (answer if which == "answer" else roots).write_bytes(b"rubbish")
    assert "cannot be read" in refused(terminal, answer, roots)


def test_an_authority_that_refuses_has_stamped_nothing(terminal: Terminal, authority: Authority) -> None:
    request = asked(terminal)
    request.write_bytes(request.read_bytes()[:-1])
    answer = authority.stamps(request)  # OpenSSL answers a broken request with a rejection
    assert "formally rejected the request (" in refused(terminal, answer, authority.roots)


def test_an_answer_with_its_certificates_out_of_order_is_refused_in_words(
    terminal: Terminal, authority: Authority
) -> None:
    """OpenSSL puts a chain in as it comes; DER wants a set sorted (X.690, 11.6)."""
    answer = authority.stamps(asked(terminal), "-chain", authority.roots)
    said = refused(terminal, answer, authority.roots)
    assert said.startswith("The answer of the authority cannot be read as a time stamp (ASN.1 parse error")


def test_a_request_never_takes_the_place_of_a_file_that_is_there(
    terminal: Terminal, authority: Authority
) -> None:
    before = asked(terminal).read_bytes()
    said = terminal.refused("anchor", "request", "wutongli", "--to", terminal.folder / "asked.tsq")
    assert "is there already and was left as it is" in said
    assert (terminal.folder / "asked.tsq").read_bytes() == before


def test_before_anything_is_published_there_is_nothing_to_stamp(terminal: Terminal) -> None:
    terminal.ok("open", "xinghuali", "--kind", "community", "--name", "杏花里")
    said = terminal.refused("anchor", "request", "xinghuali", "--to", terminal.folder / "asked.tsq")
    assert "nothing to stamp" in said
    assert "no ledger nowhere" in terminal.refused("anchor", "request", "nowhere", "--to", "asked.tsq")


def test_without_the_extra_it_says_what_to_install(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    said = terminal.refused("anchor", "request", "wutongli", "--to", terminal.folder / "asked.tsq")
    assert "pip install" in said


def test_a_time_stamp_slipped_into_a_pack_is_found(terminal: Terminal, authority: Authority) -> None:
    terminal.ok("open", "xinghuali", "--kind", "community", "--name", "杏花里")
    terminal.ok("publish", "--once")
    terminal.ok("anchor", "request", "xinghuali", "--to", terminal.folder / "other.tsq")
    answer = authority.stamps(terminal.folder / "other.tsq")
    pack = terminal.folder / "pack.zip"
    terminal.ok("export", "wutongli", "--to", pack)
    with zipfile.ZipFile(pack, "a") as opened:
        opened.write(answer, "log/anchors/2-00000000.tsr")
    state, said = anchors(pack)
    assert (state, said["anchors.other"]["name"]) == ("fail", "log/anchors/2-00000000.tsr")
