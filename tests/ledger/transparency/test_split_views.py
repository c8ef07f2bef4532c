"""Two histories for two readers: no way to divide the witnesses makes both believed when 2k > n + f."""

from collections.abc import Iterator, Sequence
from itertools import product

import pytest

from ledger.transparency.cosigning import WitnessElsewhere, WitnessRefused
from ledger.transparency.note import Note, Signature
from tests.ledger.transparency.watched import Colluding, Log, Next, a_passing_witness, is_accepted, k_of

HONEST = Log(20)
FORK = HONEST.branch(10, 21)
SIZES = {id(HONEST): 20, id(FORK): 21}
Anybody = Next | Colluding


def asked(log: Log, witness: Anybody) -> Signature | None:
    """The cosignature of one, by every way to get it: from what it saw last, or from nothing."""
    size = SIZES[id(log)]
    for old in (10, 0, 20, 21):
        if old <= size:
            try:
                return witness.add_checkpoint(old, log.proof(old, size), log.note(size))
            except (WitnessRefused, WitnessElsewhere):
                continue
    return None


def divisions(honest: int, colluding: int) -> Iterator[tuple[Note, Note, Sequence[Anybody]]]:
    """Both histories with all the cosignatures they get, for all ways to say which is shown to whom first."""
    for first in product((HONEST, FORK), repeat=honest):
        witnesses: list[Anybody] = [Next(a_passing_witness(f"w{at}.example.cn")) for at in range(honest)]
        for witness in witnesses:  # all have seen the log before it was forked
            witness.add_checkpoint(0, [], HONEST.note(10))
        for log, witness in zip(first, witnesses, strict=True):
            assert asked(log, witness) is not None
        witnesses += [Colluding(f"bad{at}.example.cn") for at in range(colluding)]
        notes = []
        for log in (HONEST, FORK):
            found = [signature for witness in witnesses if (signature := asked(log, witness))]
            note = log.note(SIZES[id(log)])
            notes.append(Note(note.text, (*note.signatures, *found)))
        yield notes[0], notes[1], witnesses


def both_believed(needed: int, honest: int, colluding: int = 0) -> int:
    """In how many ways of dividing the witnesses readers of both histories are content."""
    return sum(
        is_accepted(one, k_of(needed, witnesses)) and is_accepted(other, k_of(needed, witnesses))
        for one, other, witnesses in divisions(honest, colluding)
    )


@pytest.mark.parametrize(("needed", "witnesses"), [(2, 3), (3, 4)])
def test_of_all_ways_to_divide_honest_witnesses_none_makes_two_histories_believed(needed, witnesses):
    assert both_believed(needed, witnesses) == 0


@pytest.mark.parametrize(("needed", "witnesses"), [(2, 3), (3, 4)])
def test_one_history_is_believed_when_enough_saw_it_first(needed, witnesses):
    everybody_first = next(divisions(witnesses, 0))
    assert is_accepted(everybody_first[0], k_of(needed, everybody_first[2]))
    assert not is_accepted(everybody_first[1], k_of(needed, everybody_first[2]))


def test_two_of_four_are_too_few():
    assert both_believed(2, 4) == 6  # the ways to divide four into two and two


@pytest.mark.parametrize(("needed", "witnesses", "bad"), [(2, 3, 0), (3, 4, 1), (5, 7, 2)])
def test_as_many_bad_witnesses_as_the_formula_bears_are_borne_and_not_one_more(needed, witnesses, bad):
    assert both_believed(needed, witnesses - bad, bad) == 0
    assert both_believed(needed, witnesses - bad - 1, bad + 1) > 0


@pytest.mark.parametrize("witnesses", [1, 2, 3, 4, 5])
def test_two_histories_can_both_be_believed_exactly_when_the_formula_says(witnesses):
    for bad in range(witnesses + 1):
        found = list(divisions(witnesses - bad, bad))
        for needed in range(1, witnesses + 1):
            split = any(
                is_accepted(one, k_of(needed, all_of_them)) and is_accepted(other, k_of(needed, all_of_them))
                for one, other, all_of_them in found
            )
            assert split == (2 * needed <= witnesses + bad), (needed, witnesses, bad)


def test_who_compares_two_checkpoints_of_one_size_needs_no_witness_to_see_the_fork():
    one, other = HONEST.note(20), FORK.note(20)
    for note in (one, other):
        note.must_be_signed_by(HONEST.key.vkey)
    assert one.text != other.text
