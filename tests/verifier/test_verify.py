"""`verify.py`: one file that needs nothing of ours, says what it checked, and is never brought down."""

import ast
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.envelope import canonical, leaf_hash
from ledger.transparency.merkle import inclusion_proof, root_of
from ledger.transparency.note import SigningKey, encoded
from ledger.transparency.policy import PolicyInvalid, policy_of
from ledger.transparency.proof import Proof
from ledger.verifier import verify
from tests.verifier.packs import LOG_KEY, ORIGIN, OTHER_KEY, SEEN_AT, WITNESSES, PackToTest, policy

FILE = Path(verify.__file__)
VKEY = str(LOG_KEY.vkey)
Captured = pytest.CaptureFixture[str]


def checked(capsys: Captured, *options: object) -> tuple[int, Any]:
    status = verify.main([*map(str, options), "--json"])
    return status, json.loads(capsys.readouterr().out)


def states(report: Any) -> dict[str, str]:
    return {level["name"]: level["state"] for level in report["levels"]}


def codes(report: Any) -> set[str]:
    return {said["code"] for level in report["levels"] for said in level["said"]}


@pytest.fixture(scope="module")
def packed(sound: PackToTest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sound.zipped(tmp_path_factory.mktemp("sound") / "pack.zip")


# -- one file ----------------------------------------------------------------------------------------------


def test_it_imports_the_standard_library_and_nothing_else() -> None:
    tree = ast.parse(FILE.read_text(encoding="utf-8"))
    named = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or "."]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert named <= sys.stdlib_module_names
    assert not named & {"socket", "urllib", "http", "ssl", "subprocess", "ctypes", "importlib"}


PYTHONS = sorted(
    {
        sys.executable,
        *(
            str(one)
            for one in Path.home().glob(".pyenv/versions/3.*/bin/python")
            if int(one.parts[-3].split(".")[1]) >= 9
        ),
    }
)


@pytest.mark.parametrize("python", PYTHONS)
def test_it_runs_alone_without_a_single_package(python: str, packed: Path) -> None:
    command = [python, "-I", "-S", "-W", "error", str(FILE), str(packed), "--vkey", VKEY, "--lang", "zh"]
    done = subprocess.run(
        command, capture_output=True, check=False, env={"PATH": "", "PYTHONIOENCODING": "utf-8"}
    )
    assert done.returncode == 0, done.stderr.decode()
    assert "[通过] 2. 全部记录合成一个总指纹" in done.stdout.decode()


def test_inside_an_unpacked_pack_it_needs_no_argument(sound: PackToTest, tmp_path: Path) -> None:
    folder = sound.unpacked(tmp_path / "pack")
    shutil.copy(FILE, folder)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", "--lang", "en"],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"[pass] 8. recomputed" in done.stdout
    assert not list(folder.rglob("*.pyc"))


def test_alone_and_without_a_pack_it_says_how_it_is_used(tmp_path: Path) -> None:
    shutil.copy(FILE, tmp_path)
    done = subprocess.run(
        [sys.executable, "verify.py", "--lang", "zh"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert "哪个资料包" in done.stderr.decode()


# -- a sound pack ------------------------------------------------------------------------------------------


def test_nothing_is_called_checked_that_was_not(packed: Path, capsys: Captured) -> None:
    status, report = checked(capsys, packed)
    assert status == 0
    assert states(report) == {
        "signature": "unchecked", "tree": "pass", "grown": "unchecked", "canonical": "pass",
        "numbers": "pass",
        "profile": "pass", "times": "pass", "replay": "pass", "files": "pass", "disclosures": "pass",
        "anchors": "unchecked",
    }  # fmt: skip
    assert {"signature.own-key", "witness.none", "grown.nothing-saved", "anchors.none"} <= codes(report)


def test_with_key_and_kept_checkpoint_from_elsewhere_all_of_it_passes(
    sound: PackToTest, packed: Path, tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "key").write_text(VKEY + "\n")
    (tmp_path / "kept").write_bytes(str(sound.checkpoint(120)).encode())
    status, report = checked(capsys, packed, "--vkey", tmp_path / "key", "--checkpoint", tmp_path / "kept")
    assert status == 0
    assert (states(report)["signature"], states(report)["grown"]) == ("pass", "pass")


def test_figures_votes_and_balances_are_counted_again(packed: Path, capsys: Captured) -> None:
    _, report = checked(capsys, packed)
    said = {one["code"]: one for one in report["levels"][7]["said"]}
    assert int(said["replay.done"]["votes"]) >= 5
    assert int(said["replay.done"]["statements"]) >= 5
    assert int(said["replay.done"]["figures"]) >= 3


def test_a_folder_and_its_zip_are_one_pack(
    sound: PackToTest, packed: Path, tmp_path: Path, capsys: Captured
) -> None:
    assert checked(capsys, sound.unpacked(tmp_path / "pack"), "--vkey", VKEY) == checked(
        capsys, packed, "--vkey", VKEY
    )


def test_records_nobody_signed_yet_are_said_not_to_be_checked(
    sound: PackToTest, tmp_path: Path, capsys: Captured
) -> None:
    pack = sound.copy()
    extra = pack.record(-1) | {"id": "019902e5-35c0-73f4-ba20-eeeeeeeeeeee", "tags": ["later"]}
    pack.entries = [*pack.entries, canonical(extra)]
    _, report = checked(capsys, pack.listed().zipped(tmp_path / "pack.zip"), "--vkey", VKEY)
    assert states(report)["tree"] == "unchecked"
    (said,) = report["levels"][1]["said"]
    assert (said["code"], said["record"]) == ("tree.not-signed", str(len(sound.entries)))


def test_an_older_checkpoint_than_the_pack_itself_knows_is_said(
    sound: PackToTest, tmp_path: Path, capsys: Captured
) -> None:
    pack, newer = sound.copy(), sound.files["log/checkpoints.log"]
    pack.entries = pack.entries[:280]
    pack.sealed()
    pack.files["log/checkpoints.log"] = newer
    _, report = checked(capsys, pack.relisted().zipped(tmp_path / "pack.zip"))
    assert "grown.past-beyond" in codes(report)


# -- keys and witnesses ------------------------------------------------------------------------------------


def test_another_key_than_the_one_from_the_notice_board_fails(packed: Path, capsys: Captured) -> None:
    status, report = checked(capsys, packed, "--vkey", OTHER_KEY.vkey)
    assert (status, states(report)["signature"]) == (1, "fail")


@pytest.mark.parametrize(
    ("signed", "state", "code"),
    [
        (3, "pass", "witness.seen"),
        (2, "pass", "witness.seen"),
        (1, "fail", "witness.too-few"),
        (0, "fail", "witness.too-few"),
    ],
)
def test_two_of_three_witnesses_are_needed_where_the_reader_says_so(
    sound: PackToTest, tmp_path: Path, capsys: Captured, signed: int, state: str, code: str
) -> None:
    pack = sound.copy().sealed(witnesses=WITNESSES[:signed]).zipped(tmp_path / "pack.zip")
    (tmp_path / "policy").write_bytes(policy(WITNESSES, 2))
    status, report = checked(capsys, pack, "--policy", tmp_path / "policy")
    assert (status, states(report)["signature"]) == (int(state == "fail"), state)
    assert code in codes(report)


@pytest.mark.parametrize(("hours", "is_late"), [(None, True), (100, False), (99, True)])
def test_how_long_witnesses_may_be_silent_the_reader_says(
    sound: PackToTest, tmp_path: Path, capsys: Captured, hours: int | None, is_late: bool
) -> None:
    hundred_hours_ago = int(time.time()) - 100 * 3600 + 60
    pack = sound.copy().sealed(witnesses=WITNESSES, needed=2)
    pack.files["log/checkpoint"] = str(pack.checkpoint(witnesses=WITNESSES, at=hundred_hours_ago)).encode()
    options = ("--stale-hours", hours) if hours else ()
    _, report = checked(capsys, pack.relisted().zipped(tmp_path / "pack.zip"), *options)
    assert ("witness.stale" in codes(report)) == is_late


def test_a_pack_that_breaks_its_own_policy_fails(sound: PackToTest, tmp_path: Path, capsys: Captured) -> None:
    pack = sound.copy().sealed(witnesses=WITNESSES[:1], needed=2)
    pack.files["log/policy.txt"] = policy(WITNESSES, 2)
    status, report = checked(capsys, pack.relisted().zipped(tmp_path / "pack.zip"))
    assert (status, "witness.too-few" in codes(report)) == (1, True)


def test_a_record_dated_before_witnesses_came_and_unseen_by_them_is_found(
    sound: PackToTest, tmp_path: Path, capsys: Captured
) -> None:
    pack = sound.copy()
    early = pack.checkpoint(200, witnesses=WITNESSES, at=SEEN_AT)
    pack.sealed(witnesses=WITNESSES, needed=2)
    pack.files["log/checkpoints.log"] = str(early).encode() + b"\n"
    _, report = checked(capsys, pack.relisted().zipped(tmp_path / "pack.zip"))
    found = next(one for one in report["levels"][6]["said"] if one["code"] == "times.back-dated")
    assert found["record"] == "200"


# -- what the reader kept ----------------------------------------------------------------------------------


def test_a_checkpoint_typed_from_a_photograph_is_enough(
    sound: PackToTest, packed: Path, tmp_path: Path, capsys: Captured
) -> None:
    typed = str(sound.checkpoint(120)).split("\n")[:3]
    (tmp_path / "typed").write_text("\r\n".join(f"  {line} " for line in typed))
    _, report = checked(capsys, packed, "--checkpoint", tmp_path / "typed")
    assert states(report)["grown"] == "pass"


def kept(sound: PackToTest, what: str) -> bytes:
    match what:
        case "another past":
            other = sound.copy()
            other.change(50, lambda record: record.update(note="另一段历史"))
            return str(other.checkpoint(200)).encode()
        case "more records":
            more = sound.copy()
            more.entries = [*more.entries, more.entries[-1]]
            return str(more.checkpoint()).encode()
        case "another log":
            return str(sound.checkpoint(100, SigningKey("ming.example/t/xinghuali", b"L" * 32))).encode()
        case _:
            return str(sound.checkpoint(100, OTHER_KEY)).replace(OTHER_KEY.vkey.id.hex(), "").encode()


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("another past", "grown.saved-differs"),
        ("more records", "grown.saved-longer"),
        ("another log", "grown.saved-of-other"),
    ],
)
def test_a_pack_that_does_not_extend_what_was_kept_fails(
    sound: PackToTest, packed: Path, tmp_path: Path, capsys: Captured, what: str, code: str
) -> None:
    (tmp_path / "kept").write_bytes(kept(sound, what))
    status, report = checked(capsys, packed, "--checkpoint", tmp_path / "kept")
    assert (status, states(report)["grown"], code in codes(report)) == (1, "fail", True)


def test_a_kept_checkpoint_with_a_wrong_signature_is_no_evidence(
    sound: PackToTest, packed: Path, tmp_path: Path, capsys: Captured
) -> None:
    note = sound.checkpoint(100)
    (tmp_path / "kept").write_text(str(note).replace("\n100\n", "\n101\n"))
    _, report = checked(capsys, packed, "--checkpoint", tmp_path / "kept")
    assert "grown.saved-signature" in codes(report)


@pytest.mark.parametrize("receipt", [(12, None, 0), (12, "ab" * 32, 1), (99_999, None, 1)])
def test_a_receipt_shows_a_record_that_was_dropped_or_changed(
    sound: PackToTest,
    packed: Path,
    tmp_path: Path,
    capsys: Captured,
    receipt: tuple[int, str | None, int],
) -> None:
    number, leaf, status = receipt
    leaf = leaf or leaf_hash(sound.entries[number % len(sound.entries)]).hex()
    line = {"ledger": "wutongli", "number": number, "leaf_hash": leaf, "kind": "role.granted"}
    (tmp_path / "receipt.json").write_text(json.dumps({"events": [line], "position": 1}))
    found, report = checked(capsys, packed, "--receipt", tmp_path / "receipt.json")
    assert (found, states(report)["grown"]) == (status, "fail" if status else "pass")


# -- one record with its proof -----------------------------------------------------------------------------


def proof(pack: PackToTest, number: int) -> bytes:
    leaves = [leaf_hash(entry) for entry in pack.entries]

    def subtree(level: int, index: int) -> bytes:
        return root_of(leaves[index << level : (index + 1) << level])

    hashes = tuple(inclusion_proof(number, len(leaves), subtree))
    return str(Proof(number, hashes, pack.files["log/checkpoint"].decode(), b"unsigned")).encode()


@pytest.mark.parametrize("number", [0, 7, 256, 300])
def test_a_record_with_its_proof_needs_nothing_else(
    sound: PackToTest, tmp_path: Path, capsys: Captured, number: int
) -> None:
    (tmp_path / "a.tlog-proof").write_bytes(proof(sound, number))
    (tmp_path / "record.json").write_bytes(sound.entries[number])
    given = ("--proof", tmp_path / "a.tlog-proof", "--entry", tmp_path / "record.json", "--vkey", VKEY)
    status, report = checked(capsys, *given)
    assert (status, states(report)["signature"], states(report)["tree"]) == (0, "pass", "pass")
    (tmp_path / "record.json").write_bytes(sound.entries[number + 1])
    status, report = checked(capsys, *given)
    assert (status, states(report)["tree"]) == (1, "fail")


# -- what is hostile ---------------------------------------------------------------------------------------


def zipped(to: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, raw in members:
            packed.writestr(name, raw)
    return to


EVENTS = ("events.jsonl", b"{}\n")
HOSTILE: dict[str, tuple[tuple[str, bytes], ...]] = {
    "pack.path": (EVENTS, ("../outside", b"x")),
    "pack.bomb": (EVENTS, ("bomb", bytes(2**25))),
    "pack.line-too-long": (("events.jsonl", os.urandom(2**22).replace(b"\n", b" ")),),
    "pack.without-records": (("readme", b"x"),),
}


@pytest.mark.parametrize("code", HOSTILE)
def test_a_hostile_zip_is_refused_in_one_sentence(code: str, tmp_path: Path, capsys: Captured) -> None:
    assert verify.main([str(zipped(tmp_path / "hostile.zip", *HOSTILE[code])), "--lang", "en"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(verify.WORDS[code][1].split("{")[0])


@pytest.mark.parametrize("name", ["/etc/passwd", "a/../../b", "C:/x", "a\\b", "./a", "a//b"])
def test_no_name_leaves_the_pack(name: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as packed:
        packed.writestr(*EVENTS)
        member = zipfile.ZipInfo("placeholder")
        member.filename = name
        packed.writestr(member, b"x")
    assert verify.main([str(tmp_path / "pack.zip")]) == 2


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    assert verify.main([str(zipped(tmp_path / "pack.zip", EVENTS, EVENTS))]) == 2


def test_a_link_in_a_folder_is_not_followed(sound: PackToTest, tmp_path: Path) -> None:
    folder = sound.unpacked(tmp_path / "pack")
    (folder / "statements" / "link").symlink_to("/etc")
    assert verify.main([str(folder)]) == 2


@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, 2**30), bit=st.integers(0, 7))
def test_a_damaged_zip_is_never_a_traceback_and_its_contents_never_pass_unnoticed(
    sound: PackToTest, tmp_path_factory: pytest.TempPathFactory, at: int, bit: int
) -> None:
    raw = bytearray(sound.as_zip())
    raw[at % len(raw)] ^= 1 << bit
    path = tmp_path_factory.getbasetemp() / "damaged.zip"
    path.write_bytes(raw)
    assert verify.main([str(path), "--vkey", VKEY]) in (0, 1, 2)  # 0: dates and such, which say nothing


@pytest.mark.parametrize(
    "file",
    [
        "log/checkpoint",
        "log/policy.txt",
        "log/vkey",
        "log/checkpoints.log",
        "manifest.json",
        "profile.json",
        "disclosures.jsonl",
        "events.jsonl",
        "leaves.txt",
    ],
)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_rubbish_in_any_file_is_a_finding_and_never_a_traceback(
    sound: PackToTest, tmp_path_factory: pytest.TempPathFactory, file: str, data: st.DataObject
) -> None:
    pack, raw = sound.copy(), sound.files[file]
    at = data.draw(st.integers(0, len(raw)))
    pack.files[file] = (
        raw[:at] + data.draw(st.binary(max_size=40)) + raw[at + data.draw(st.integers(0, 40)) :]
    )
    path = pack.zipped(tmp_path_factory.getbasetemp() / "rubbish.zip")
    status = verify.main([str(path), "--vkey", VKEY])
    if file == "manifest.json":  # nobody signs it, and a space in it changes nothing it says
        assert status in (0, 1)
    else:
        assert status == (0 if pack.files[file] == raw else 1)


SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_records_of_any_shape_are_findings_and_never_a_traceback(
    sound: PackToTest, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    number = data.draw(st.integers(0, len(sound.entries) - 1))
    record = sound.record(number)
    place = record["data"] if data.draw(st.booleans()) else record
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(SHAPES)
    report = verify.Report()
    records = verify.Records(report, json.loads(sound.files["profile.json"]), {})
    for entry in [
        *sound.entries[:number],
        json.dumps(record, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode(
            errors="replace"
        ),
    ]:
        records.take(entry)
    assert len(records.leaves) == number + 1


# -- parsers against the project's own -----------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(
    lines=st.lists(
        st.sampled_from(
            [
                f"log {VKEY}",
                *(f"witness {one.vkey.name} {one.vkey}" for one in WITNESSES),
                "witness x y",
                "group g 2 witness-a witness-b",
                "group h all g",
                "group g any witness-c",
                "group k 3 witness-a",
                "quorum g",
                "quorum none",
                "quorum h",
                "quorum x",
                "",
                "# no",
                "log",
                "\tquorum  none",
            ]
        ),
        max_size=9,
    )
)
def test_both_readers_of_policies_agree(lines: list[str]) -> None:
    raw = "\n".join(lines).encode()
    try:
        ours = policy_of(raw)
    except PolicyInvalid:
        with pytest.raises(verify.Bad):
            verify.Policy(raw)
        return
    theirs = verify.Policy(raw)
    for count in range(len(WITNESSES) + 1):
        signed = [one.vkey for one in WITNESSES[:count]]
        assert ours.is_met_by(signed) == theirs.is_met([verify.key_of(str(one)) for one in signed])


RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("key", "message", "signature"), RFC_8032)
def test_signatures_of_rfc_8032_hold_and_none_beside_them(key: str, message: str, signature: str) -> None:
    raw = bytes.fromhex(signature)
    assert verify.ed25519(bytes.fromhex(key), bytes.fromhex(message), raw)
    for at in (0, 31, 32, 63):
        forged = bytearray(raw)
        forged[at] ^= 1
        assert not verify.ed25519(bytes.fromhex(key), bytes.fromhex(message), bytes(forged))
    malleable = raw[:32] + (
        int.from_bytes(raw[32:], "little") + 2**252 + 27742317777372353535851937790883648493
    ).to_bytes(32, "little")
    assert not verify.ed25519(bytes.fromhex(key), bytes.fromhex(message), malleable)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.binary(min_size=32, max_size=32),
    message=st.binary(max_size=200),
    at=st.integers(0, 63),
    bit=st.integers(0, 7),
)
def test_ed25519_agrees_with_openssl(seed: bytes, message: bytes, at: int, bit: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    key, signature = private.public_key().public_bytes_raw(), bytearray(private.sign(message))
    assert verify.ed25519(key, message, bytes(signature))
    signature[at] ^= 1 << bit
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(bytes(signature), message)
        openssl = True
    except InvalidSignature:
        openssl = False
    assert verify.ed25519(key, message, bytes(signature)) is openssl is False


@pytest.mark.parametrize(
    "point",
    [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ],
)
def test_a_key_of_small_order_signs_nothing(point: str) -> None:
    key = bytes.fromhex(point)
    assert not verify.ed25519(key, b"anything", bytes.fromhex("01" + "00" * 63))
    assert not verify.ed25519(key, b"anything", key + bytes(32))


def test_keys_and_checkpoints_that_are_not_written_in_the_one_way_are_refused() -> None:
    for vkey in (
        "",
        "a+b+c",
        VKEY.replace("+", "-", 1),
        VKEY + "=",
        VKEY[:-4],
        f"{ORIGIN}+00000000+{VKEY.split('+', 2)[2]}",
    ):
        with pytest.raises(verify.Bad):
            verify.key_of(vkey)
    root = encoded(struct.pack("32s", b"r"))
    for text in (
        "",
        f"{ORIGIN}\n01\n{root}",
        f"{ORIGIN}\n1\n{root[:-2]}9=",
        f"{ORIGIN}\n-1\n{root}",
        f"{ORIGIN}\n1",
        f"{ORIGIN}\n0\n{root}",
    ):
        with pytest.raises(verify.Bad):
            verify.saved_checkpoint(text.encode())


# -- words ---------------------------------------------------------------------------------------------------


def test_every_code_has_words_in_both_languages_that_name_the_same_things() -> None:
    source = FILE.read_text(encoding="utf-8")
    used = {
        code
        for code in re.findall(r'"([a-z]+\.[a-z-]+)"', source)
        if code.split(".")[0] in {*verify.LEVELS, "pack", "given", "witness", "proof", "end"}
    }
    used -= {"disclosures.jsonl", "manifest.json", "profile.json", "proof.form", "grown.past", "grown.saved"}
    used |= {f"grown.{one}-{how}" for one in ("past", "saved") for how in ("of-other", "longer", "differs")}
    assert used <= set(verify.WORDS)
    for zh, en in verify.WORDS.values():
        assert re.search(r"[\u4e00-\u9fff]", zh)
        assert not re.search(r"[\u4e00-\u9fff]", en)
        assert set(re.findall(r"\{(\w+)\}", zh)) == set(re.findall(r"\{(\w+)\}", en))


def test_what_others_wrote_cannot_move_the_cursor(
    sound: PackToTest, tmp_path: Path, capsys: Captured
) -> None:
    pack = sound.copy()
    pack.files["a\x1b[2J.txt"] = b"x"
    verify.main([str(pack.unpacked(tmp_path / "pack"))])
    assert "\x1b" not in capsys.readouterr().out
