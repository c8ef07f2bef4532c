"""A ledger says itself which log it is, which key signs it, and who witnesses it."""

import pytest

from ledger.actions.transparency_log import DeclaredLog, DeclareLog, LogDeclared, LogKeyRotated, RotateLogKey
from ledger.commands import ACTIONS
from ledger.errors import Malformed
from tests.ledger.story import Fact, given, state_of, then, then_not_permitted, then_refused, when

pytestmark = pytest.mark.usefixtures("a_story")

ORIGIN = "zhang.example/t/wutongli"
FIRST = f"{ORIGIN}+cec5eae7+AeKdVCJP8wBFenaSx005lb43CVPQgmWu84Rm7ZBP4lSk"
SECOND = f"{ORIGIN}+11111111+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
PROFILE = "ab" * 32
SAID = {"origin": ORIGIN, "log_key": FIRST, "witnesses": ("quorum none",), "profile_sha256": PROFILE,
        "time_zone": "Asia/Shanghai"}  # fmt: skip


def log_declared(**other):
    return Fact(LogDeclared(**SAID | other))


def log_key_rotated(old_key=FIRST, new_key=SECOND):
    return Fact(LogKeyRotated(old_key=old_key, new_key=new_key))


def says(command):
    when(command, by="the-operator", via="command-line")


def test_who_runs_the_machine_says_what_the_log_is():
    says(DeclareLog(**SAID))
    then(log_declared())
    assert state_of(DeclaredLog).key == FIRST


def test_and_says_so_again_when_the_witnesses_change():
    given(log_declared())
    witnesses = ("witness street street.example+deadbeef+BA https://street.example/w", "quorum street")
    says(DeclareLog(**SAID | {"witnesses": witnesses}))
    then(log_declared(witnesses=witnesses))


def test_a_log_is_never_renamed():
    given(log_declared())
    says(DeclareLog(**SAID | {"origin": "other.example/t/wutongli"}))
    then_refused("log.other-origin", origin=ORIGIN)


def test_another_key_is_not_slipped_in():
    given(log_declared())
    says(DeclareLog(**SAID | {"log_key": SECOND}))
    then_refused("log.key-not-rotated", log_key=FIRST)


def test_a_key_is_replaced_by_saying_which_by_which():
    given(log_declared())
    says(RotateLogKey(old_key=FIRST, new_key=SECOND))
    then(log_key_rotated())
    assert state_of(DeclaredLog).key == SECOND


def test_after_that_the_new_key_is_the_one_to_name():
    given(log_declared(), log_key_rotated())
    says(DeclareLog(**SAID | {"log_key": SECOND, "profile_sha256": "cd" * 32}))
    then(log_declared(log_key=SECOND, profile_sha256="cd" * 32))


@pytest.mark.parametrize(("old_key", "new_key"), [(SECOND, FIRST), (FIRST, FIRST), (SECOND, SECOND)])
def test_only_the_key_in_use_can_be_replaced_and_only_by_another(old_key, new_key):
    given(log_declared())
    says(RotateLogKey(old_key=old_key, new_key=new_key))
    then_refused("log-key.not-in-use", log_key=FIRST)


def test_nobody_but_the_operator_at_the_command_line_may_say_it():
    for by, via in (("the-chair", "command-line"), ("the-operator", "api"), ("the-chair", "api")):
        when(DeclareLog(**SAID), by=by if by != "the-chair" else "nobody-we-know", via=via)
        then_not_permitted()


def test_it_cannot_be_asked_for_over_the_network():
    assert not {"declare-log", "rotate-log-key", ""} & ACTIONS.keys()


@pytest.mark.parametrize(
    "log_key", ["", FIRST + "\n", FIRST.replace("+cec5eae7", ""), "账+" + FIRST, FIRST[:-1]]
)
def test_what_is_no_key_is_refused(log_key, a_story):
    says(DeclareLog(**SAID | {"log_key": log_key}))
    outcome = a_story.told()
    assert isinstance(outcome, Malformed)
    assert [pointer for pointer, *_ in outcome.errors] == ["/log_key"]
