"""A log whose key was replaced: who trusts the first key trusts the next, if the first one signed for it."""

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.transparency.note import SigningKey
from ledger.verifier import verify
from tests.verifier.packs import LOG_KEY, ORIGIN, OTHER_KEY, PackToTest, policy, rotated

STRANGER = SigningKey(ORIGIN, b"S" * 32)
Captured = pytest.CaptureFixture[str]


def signature(pack: PackToTest, folder: Path, capsys: Captured, *options: object) -> tuple[str, Any]:
    """What the first level says of a pack, and the first of its sentences by their codes."""
    packed = pack.zipped(folder / "pack.zip")
    verify.main([str(packed), "--json", *map(str, options)])
    level = json.loads(capsys.readouterr().out)["levels"][0]
    return level["state"], {said["code"]: said for said in level["said"]}


@pytest.fixture
def pack(sound: PackToTest) -> PackToTest:
    return rotated(sound.copy())


def test_with_the_first_key_from_the_notice_board_the_next_one_is_believed(
    pack: PackToTest, tmp_path: Path, capsys: Captured
) -> None:
    state, said = signature(pack, tmp_path, capsys, "--vkey", LOG_KEY.vkey)
    assert state == "pass"
    assert said["signature.successor"]["key"] == str(OTHER_KEY.vkey)


def test_with_the_policy_of_before_as_well(pack: PackToTest, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "policy").write_bytes(policy())
    state, said = signature(pack, tmp_path, capsys, "--policy", tmp_path / "policy")
    assert (state, "signature.successor" in said) == ("pass", True)


def test_with_the_next_key_it_is_as_ever(pack: PackToTest, tmp_path: Path, capsys: Captured) -> None:
    state, said = signature(pack, tmp_path, capsys, "--vkey", OTHER_KEY.vkey)
    assert (state, "signature.trusted" in said) == ("pass", True)


def test_with_a_key_that_never_signed_this_log_nothing_is_believed(
    pack: PackToTest, tmp_path: Path, capsys: Captured
) -> None:
    state, said = signature(pack, tmp_path, capsys, "--vkey", STRANGER.vkey)
    assert (state, "signature.foreign" in said) == ("fail", True)


def test_all_of_a_rotated_pack_is_sound_with_a_checkpoint_kept_from_before(
    sound: PackToTest, pack: PackToTest, tmp_path: Path
) -> None:
    (tmp_path / "kept").write_bytes(sound.files["log/checkpoint"])
    packed = pack.zipped(tmp_path / "pack.zip")
    assert (
        verify.main([str(packed), "--vkey", str(LOG_KEY.vkey), "--checkpoint", str(tmp_path / "kept")]) == 0
    )


@pytest.mark.parametrize("key", [LOG_KEY, OTHER_KEY, None], ids=["first", "next", "none"])
def test_a_key_that_took_over_without_the_first_one_is_refused_whoever_asks(
    sound: PackToTest, tmp_path: Path, capsys: Captured, key: SigningKey | None
) -> None:
    forged = rotated(sound.copy(), by_both=False)
    options = ("--vkey", key.vkey) if key else ()
    state, said = signature(forged, tmp_path, capsys, *options)
    assert state == "fail"
    assert said["signature.rotation"]["record"] == str(forged.number("log-key.rotated"))


def test_a_signature_of_the_first_key_moved_over_from_another_checkpoint_is_no_consent(
    sound: PackToTest, tmp_path: Path, capsys: Captured
) -> None:
    forged = rotated(sound.copy(), by_both=False)
    consent = str(sound.checkpoint(100)).splitlines()[-1]
    notes = forged.files["log/checkpoints.log"].decode().split("\n\n")
    over = f"\n{forged.number('log-key.rotated') + 1}\n"
    at = next(at for at, text in enumerate(notes) if over in text)
    notes[at + 1] = f"{notes[at + 1]}\n{consent}"
    forged.files["log/checkpoints.log"] = "\n\n".join(notes).encode()
    state, said = signature(forged.relisted(), tmp_path, capsys, "--vkey", LOG_KEY.vkey)
    assert (state, "signature.rotation" in said) == ("fail", True)


def test_what_the_first_key_signs_after_it_was_replaced_is_refused(
    pack: PackToTest, tmp_path: Path, capsys: Captured
) -> None:
    pack.files["log/checkpoint"] = str(pack.checkpoint(key=LOG_KEY)).encode()
    state, said = signature(pack.relisted(), tmp_path, capsys, "--vkey", LOG_KEY.vkey)
    assert (state, "signature.not-as-declared" in said) == ("fail", True)


def test_a_replacement_that_no_checkpoint_covers_yet_is_no_reproach(
    pack: PackToTest, tmp_path: Path, capsys: Captured
) -> None:
    """Witnesses are away while the key is replaced: readers are still shown what the first key signed."""
    pack.files["log/checkpoint"] = str(pack.checkpoint(pack.number("log-key.rotated"))).encode()
    pack.files["log/vkey"] = f"{LOG_KEY.vkey}\n".encode()
    state, _ = signature(pack.relisted(), tmp_path, capsys, "--vkey", LOG_KEY.vkey)
    assert state == "pass"
