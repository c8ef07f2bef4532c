"""What a number or a choice of a rule may be, and when a community's own one asks less than the law."""

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ledger
from ledger.rules.parameters import (
    NUMBER,
    OPTIONAL,
    PARAMETERS,
    SHARE,
    TERMS,
    WORDS,
    contradiction,
    is_looser,
    read_value,
)
from ledger.rules.semantics import Ratio

shares = st.integers(1, 10_000).flatmap(lambda whole: st.builds(Ratio, st.integers(0, whole), st.just(whole)))
numbers = st.integers(0, 10**12)
limits = st.one_of(st.tuples(shares, shares), st.tuples(numbers, numbers))
upwards, downwards = st.sampled_from(["days_min", "share_over"]), st.sampled_from(["days_max", "share_below"])


def size(value: object) -> tuple[int, int]:
    """A limit as a fraction, so that the spec compares by other means than the code does."""
    assert isinstance(value, Ratio | int)
    return value if isinstance(value, Ratio) else (value, 1)


def less(one: object, other: object) -> bool:
    (a, b), (c, d) = size(one), size(other)
    return a * d < c * b


@given(limits, upwards)
def test_a_limit_upwards_is_looser_exactly_when_it_is_smaller(pair, name):
    own, law = pair
    assert is_looser(name, own, law) is less(own, law)


@given(limits, downwards)
def test_a_limit_downwards_is_looser_exactly_when_it_is_larger(pair, name):
    own, law = pair
    assert is_looser(name, own, law) is less(law, own)


@given(limits, st.one_of(upwards, downwards))
def test_of_two_limits_at_most_one_is_looser_and_none_of_two_equal_ones(pair, name):
    one, other = pair
    assert not (is_looser(name, one, other) and is_looser(name, other, one))
    assert (
        is_looser(name, one, other)
        or is_looser(name, other, one)
        or not (less(one, other) or less(other, one))
    )
    assert not is_looser(name, one, one)


@given(shares, st.integers(1, 1000), st.one_of(upwards, downwards))
def test_a_share_that_is_only_written_otherwise_is_no_looser(share, times, name):
    same = Ratio(share.part * times, share.whole * times)
    assert not is_looser(name, same, share)
    assert not is_looser(name, share, same)


@given(st.sets(st.text(min_size=1)), st.sets(st.text(min_size=1)))
def test_a_list_is_looser_exactly_when_it_leaves_something_out(own, law):
    assert is_looser("documents", tuple(own), tuple(law)) is bool(law - own)


def test_another_choice_is_never_merely_stricter():
    assert is_looser("base", "in-office", "elected")
    assert not is_looser("base", "elected", "elected")


@given(numbers, numbers)
def test_a_least_above_its_most_contradicts(least, most):
    found = contradiction({"days_min": least, "days_max": most})
    assert found == ("days_min is above its _max" if least > most else "")


@given(shares, shares)
def test_shares_contradict_each_other_as_numbers_do(least, most):
    assert bool(contradiction({"share_min": least, "share_max": most})) is less(most, least)


def test_a_least_and_a_most_of_different_things_do_not_contradict():
    assert contradiction({"days_min": 30, "months_max": 1}) == ""


# -- reading ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "name", "given_as", "read"),
    [
        ("VOTE-13", "days_min", 15, 15),
        ("FUND-14", "share_max", "90/100", Ratio(90, 100)),
        ("FUND-12", "parties", ["assembly", "firm", "contractor"], ("assembly", "firm", "contractor")),
        ("VOTE-11", "unreturned", "with-the-majority", "with-the-majority"),
        ("REV-10", "to_fund_share", "70/100", Ratio(70, 100)),
    ],
)
def test_a_parameter_is_read_as_what_it_is(rule, name, given_as, read):
    assert read_value(rule, name, given_as) == read


@pytest.mark.parametrize(
    ("rule", "name", "given_as", "problem"),
    [
        ("VOTE-13", "days_min", "15", "must be a whole number"),
        ("VOTE-13", "days_min", 15.0, "must be a whole number"),
        ("VOTE-13", "days_min", True, "must be a whole number"),
        ("FUND-14", "share_max", 0.9, 'must be a share such as "2/3"'),
        ("FUND-14", "share_max", "90%", 'must be a share such as "2/3"'),
        ("FUND-12", "parties", [], "must be a list of words"),
        ("FUND-12", "parties", ["assembly", 3], "must be a list of words"),
        ("VOTE-11", "unreturned", "agree", "must be one of not-participating, with-the-majority"),
    ],
)
def test_a_parameter_of_another_form_says_what_it_should_be(rule, name, given_as, problem):
    with pytest.raises(ValueError, match=problem):
        read_value(rule, name, given_as)


@pytest.mark.parametrize(("rule", "name"), [("VOTE-13", "weeks_min"), ("NONE-01", "days_min")])
def test_a_parameter_no_rule_has_is_unknown(rule, name):
    with pytest.raises(KeyError):
        read_value(rule, name, 1)


# -- names --------------------------------------------------------------------------------------------------


def test_the_end_of_a_name_says_what_it_measures():
    units = (
        "days",
        "months",
        "years",
        "hours",
        "minutes",
        "fen",
        "count",
        "members",
        "points",
        "m2",
        "times",
    )
    for rule, kinds in PARAMETERS.items():
        for name, kind in kinds.items():
            stem = name.rsplit("_", 1)[0] if name.endswith(("_min", "_max", "_over", "_below")) else ""
            if stem and kind == SHARE:
                assert stem.endswith("share"), (rule, name)
            elif stem:
                assert kind == NUMBER, (rule, name)
                assert stem.endswith((*units, "day_of_month", "area")), (rule, name)


def test_what_is_left_to_communities_or_may_be_left_out_is_known():
    for exceptions in (TERMS, OPTIONAL):
        for rule, names in exceptions.items():
            assert set(names) <= set(PARAMETERS[rule]), rule


def test_a_choice_has_at_least_two_words_and_a_kind_is_one_of_three():
    for rule, kinds in PARAMETERS.items():
        for name, kind in kinds.items():
            assert kind in (SHARE, NUMBER, WORDS) or len(kind) >= 2, (rule, name)
            assert isinstance(kind, tuple) or kind in (SHARE, NUMBER, WORDS), (rule, name)


# -- what the ledger asks for --------------------------------------------------------------------------------

LEDGER = Path(ledger.__file__).parent
RULE_ID = re.compile("[A-Z]{2,5}-[0-9]{2}")


def asked_for() -> set[tuple[str, str]]:
    """Rule and parameter of every `law.share("FUND-13", "share_max")` in the source."""
    found = set()
    for file in LEDGER.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("share", "number", "term"):
                words = [one.value for one in node.args if isinstance(one, ast.Constant)]
                if len(words) == 2 and RULE_ID.fullmatch(str(words[0])):
                    found.add((str(words[0]), str(words[1])))
    return found


def test_every_parameter_the_ledger_asks_for_is_one_its_rule_has():
    known = {(rule, name) for rule, kinds in PARAMETERS.items() for name in kinds}
    assert len(asked_for()) > 5
    assert asked_for() - known == set()
