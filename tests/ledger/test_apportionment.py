"""Whole fen are split by area so that none is lost, and anybody who splits again finds the same (EX4)."""

import hashlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import LedgerError
from ledger.money.apportionment import Apportioned, apportion, digest_of

EX4 = {"101": 91_20, "102": 64_08, "201": 91_20, "202": 64_08, "301": 137_33, "302": 75_12, "401": 88_46}
UNITS = st.text("0123456789-", min_size=1, max_size=8)
AREAS = st.dictionaries(UNITS, st.integers(1, 99_999_99), min_size=1, max_size=60)
FEN = st.integers(0, 10**13)


def test_ex4_31415_93_over_seven_units_is_split_to_the_fen():
    assert sum(EX4.values()) == 611_47
    assert apportion(31_415_93, EX4) == Apportioned(
        {
            "101": 4_685_65,
            "102": 3_292_29,
            "201": 4_685_65,
            "202": 3_292_28,
            "301": 7_055_70,
            "302": 3_859_49,
            "401": 4_544_87,
        },
        ("101", "201", "102"),
    )


def test_ex4_the_order_in_which_units_are_named_does_not_matter():
    backwards = dict(reversed(EX4.items()))
    assert apportion(31_415_93, backwards) == apportion(31_415_93, EX4)
    assert list(apportion(31_415_93, backwards).shares) == sorted(EX4)


def test_ex4_100_yuan_over_three_equal_units_gives_the_first_the_odd_fen():
    shares = apportion(100_00, {"103": 80_00, "101": 80_00, "102": 80_00}).shares
    assert shares == {"101": 33_34, "102": 33_33, "103": 33_33}


@pytest.mark.parametrize(
    ("fen", "shares", "odd"),
    [
        (0, {"a": 0, "b": 0, "c": 0}, ()),
        (1, {"a": 1, "b": 0, "c": 0}, ("a",)),
        (2, {"a": 1, "b": 1, "c": 0}, ("a", "b")),
        (3, {"a": 1, "b": 1, "c": 1}, ()),
        (4, {"a": 2, "b": 1, "c": 1}, ("a",)),
        (100_01, {"a": 33_34, "b": 33_34, "c": 33_33}, ("a", "b")),
    ],
)
def test_the_odd_fen_of_equal_units_go_to_the_first_by_id(fen, shares, odd):
    assert apportion(fen, {"a": 71_00, "b": 71_00, "c": 71_00}) == Apportioned(shares, odd)


def test_one_fen_goes_to_the_largest_unit_not_to_the_first():
    assert apportion(1, {"101": 60_00, "102": 60_01}).shares == {"101": 0, "102": 1}


def test_a_seventh_is_cut_off_below_and_the_one_fen_left_goes_to_the_largest_remainder():
    # 1000 x 1/7 = 142 6/7, 1000 x 2/7 = 285 5/7, 1000 x 4/7 = 571 3/7: 142 + 285 + 571 = 998, two are left
    assert apportion(10_00, {"101": 1_00, "102": 2_00, "103": 4_00}) == Apportioned(
        {"101": 1_43, "102": 2_86, "103": 5_71}, ("101", "102")
    )


def test_ids_are_ordered_as_text_so_unit_1001_comes_before_unit_101():
    assert apportion(1, {"101": 50_00, "1001": 50_00}).remainder_units == ("1001",)


def test_a_single_unit_bears_all():
    assert apportion(3_141_593, {"101": 1}).shares == {"101": 3_141_593}


def test_a_unit_without_area_bears_nothing():
    assert apportion(7, {"101": 0, "102": 3, "103": 3}).shares == {"101": 0, "102": 4, "103": 3}


@pytest.mark.parametrize(
    ("fen", "areas"), [(-1, {"101": 1}), (1, {}), (0, {}), (1, {"101": 0}), (1, {"101": 5, "102": -1})]
)
def test_what_cannot_be_split_is_a_mistake(fen, areas):
    with pytest.raises(LedgerError, match="senseless"):
        apportion(fen, areas)


@given(FEN, AREAS)
def test_shares_add_up_to_what_was_split(fen, areas):
    split = apportion(fen, areas)
    assert sum(split.shares.values()) == fen
    assert split.shares.keys() == areas.keys()
    assert len(split.remainder_units) < len(areas)


@given(FEN, AREAS)
def test_no_share_is_a_whole_fen_away_from_the_exact_one(fen, areas):
    total = sum(areas.values())
    for unit, share in apportion(fen, areas).shares.items():
        assert abs(share * total - fen * areas[unit]) < total


@given(FEN, AREAS)
def test_a_larger_unit_never_bears_less_and_equal_ones_differ_by_a_fen_at_most(fen, areas):
    shares = apportion(fen, areas).shares
    by_area = sorted(areas, key=lambda unit: areas[unit])
    for smaller, larger in itertools.pairwise(by_area):
        if areas[smaller] == areas[larger]:
            assert abs(shares[smaller] - shares[larger]) <= 1
        else:
            assert shares[smaller] <= shares[larger]


@given(FEN, AREAS, st.randoms(use_true_random=False))
def test_any_order_of_units_gives_the_same_split(fen, areas, random):
    shuffled = list(areas.items())
    random.shuffle(shuffled)
    assert apportion(fen, dict(shuffled)) == apportion(fen, areas)


def test_the_digest_is_that_of_the_list_anybody_can_write_down():
    written = b'[["101",3334],["102",3333],["103",3333]]'
    assert apportion(100_00, {"101": 1, "102": 1, "103": 1}).digest == hashlib.sha256(written).hexdigest()
    assert digest_of({"103": 33_33, "101": 33_34, "102": 33_33}) == hashlib.sha256(written).hexdigest()
    assert digest_of({"101": 33_33, "102": 33_34, "103": 33_33}) != hashlib.sha256(written).hexdigest()
