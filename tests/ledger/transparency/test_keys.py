"""One secret file signs every log of an installation; who else can read it, or breaks it, is told so."""

import os

import pytest

from ledger.transparency import keys
from ledger.transparency.keys import KeyUnusable, LogKeys, Seed, prefix_of, read_keys

NAME = "zhang.example/t"
SECRET = bytes(range(32))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "log.key"


def refused(code, doing, *arguments):
    with pytest.raises(KeyUnusable) as error:
        doing(*arguments)
    assert error.value.code == code


def test_a_key_file_is_what_the_tools_of_go_write_and_read():
    line = "PRIVATE+KEY+zhang.example/t+9016df51+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
    assert Seed(NAME, SECRET).line == line
    assert Seed.of(line) == Seed(NAME, SECRET)


def test_each_log_has_a_key_of_its_own_with_its_own_name_always_the_same():
    found = LogKeys((Seed(NAME, SECRET),))
    (ours,), (theirs,) = found.signers("wutongli"), found.signers("xinghuali")
    assert ours.vkey.name == found.origin("wutongli") == "zhang.example/t/wutongli"
    assert ours.vkey.key != theirs.vkey.key
    # for thirty years: another derivation would be another key
    assert str(ours.vkey) == "zhang.example/t/wutongli+cec5eae7+AeKdVCJP8wBFenaSx005lb43CVPQgmWu84Rm7ZBP4lSk"
    (elsewhere,) = LogKeys((Seed("other.example/t", SECRET),)).signers("wutongli")
    assert elsewhere.vkey.key != ours.vkey.key


def test_the_name_is_the_address_without_its_scheme():
    assert prefix_of("https://zhang.example") == "zhang.example/t"
    assert prefix_of("http://127.0.0.1:8000") == "127.0.0.1:8000/t"


def test_a_new_key_is_for_its_owner_alone_and_new_every_time(file, tmp_path):
    assert keys.create(file, NAME) == read_keys(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert keys.create(tmp_path / "other.key", NAME) != read_keys(file)


def test_a_key_file_that_is_there_is_never_written_over(file):
    made = keys.create(file, NAME)
    refused("key.exists", keys.create, file, NAME)
    assert read_keys(file) == made


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620, 0o601])
def test_a_key_others_may_touch_is_not_used(file, mode):
    keys.create(file, NAME)
    os.chmod(file, mode)
    refused("key.readable-by-others", read_keys, file)


def test_a_file_that_is_missing_is_said_to_be(file):
    refused("key.unusable", read_keys, file)
    refused("key.no-folder", keys.create, file.parent / "nowhere" / "log.key", NAME)


@pytest.mark.parametrize(
    "change",
    [
        lambda line: "",
        lambda line: line[:-1],
        lambda line: line + "\nx",
        lambda line: line.replace("PRIVATE+KEY+", ""),
        lambda line: line.replace("zhang", "zheng"),
        lambda line: line.replace("+AQ", "+BA"),
        lambda line: f"{line}\n{line}\n{line}",
        lambda line: f"{line}\n{Seed('other.example/t', SECRET).line}",
        lambda line: line.replace("zhang", "账"),
    ],
)
def test_a_file_that_is_not_a_key_is_not_taken_for_one(file, change):
    keys.create(file, NAME)
    file.write_text(change(Seed(NAME, SECRET).line), encoding="utf-8")
    refused("key.malformed", read_keys, file)


def test_while_a_key_is_replaced_the_old_one_stays(file):
    old = keys.create(file, NAME)
    both = keys.rotate(file)
    assert both == read_keys(file)
    assert both.seeds[1:] == old.seeds
    assert file.stat().st_mode & 0o777 == 0o600
    refused("key.rotation-unfinished", keys.rotate, file)
    assert keys.retire(file).seeds == read_keys(file).seeds == both.seeds[:1]
    refused("key.nothing-to-retire", keys.retire, file)


def test_a_rotation_cut_short_is_begun_again(file):
    old = keys.create(file, NAME)
    (file.parent / ".log.key.new").write_text("half a k")
    assert keys.rotate(file).seeds[1:] == old.seeds
    assert not (file.parent / ".log.key.new").exists()
