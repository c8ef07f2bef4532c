"""Whole fen in balanced postings: entries that do not cancel cannot be built."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import LedgerError
from ledger.events import KINDS
from ledger.fields import SAFE_INTEGER, Scope
from ledger.money import accounts
from ledger.money.postings import postings, reversed_postings, transfer

FEN = st.integers(1, SAFE_INTEGER)


def refusal_of(*entries):
    with pytest.raises(LedgerError) as refused:
        postings(*entries)
    return refused.value.code


def test_entries_that_cancel_are_postings():
    assert postings(("bank/working", -2_400_00), ("use/working", 2_400_00)) == (
        ("bank/working", -2_400_00),
        ("use/working", 2_400_00),
    )


def test_entries_that_do_not_cancel_cannot_be_built():
    assert refusal_of(("bank/working", -2_400_00), ("use/working", 2_400_01)) == "postings.unbalanced"


def test_an_account_stands_in_postings_once():
    assert refusal_of(("bank/working", -2), ("use/working", 1), ("use/working", 1)) == "postings.accounts"


def test_one_entry_alone_is_no_posting():
    assert refusal_of(("bank/working", 0)) == "postings.accounts"
    assert refusal_of() == "postings.accounts"


@pytest.mark.parametrize("fen", [0, 1.0, True, "1", SAFE_INTEGER + 1, -SAFE_INTEGER - 1, float("nan")])
def test_amounts_are_whole_fen_and_not_zero(fen):
    assert refusal_of(("bank/working", fen), ("use/working", 1)) == "postings.amount"


@given(FEN)
def test_a_transfer_takes_from_one_what_it_gives_to_the_other(fen):
    assert transfer(fen, source="bank/working", target="use/working") == (
        ("bank/working", -fen),
        ("use/working", fen),
    )


@given(st.lists(FEN, min_size=1, max_size=20))
def test_a_reversal_undoes_its_entry_to_the_fen(amounts):
    entries = [(f"fund/maintenance/door-{number}", fen) for number, fen in enumerate(amounts)]
    total = sum(amounts)
    if total > SAFE_INTEGER:
        assert refusal_of(("bank/maintenance", -total), *entries) == "postings.amount"
        return
    booked = postings(("bank/maintenance", -total), *entries)
    undone = reversed_postings(booked)
    assert [account for account, _ in undone] == [account for account, _ in booked]
    assert all(fen + back == 0 for (_, fen), (_, back) in zip(booked, undone, strict=True))


def test_accounts_have_speaking_names():
    door, building = Scope(kind="door", id="12"), Scope(kind="building", id="3")
    assert accounts.bank("maintenance") == "bank/maintenance"
    assert accounts.equity("maintenance") == "fund/maintenance/whole"
    assert accounts.equity("maintenance", door) == "fund/maintenance/door-12"
    assert accounts.equity("maintenance", building) == "fund/maintenance/building-3"
    assert accounts.income(3) == "income/3"
    assert accounts.cost("tax") == "cost/tax"
    assert accounts.use("working") == "use/working"


def test_only_bank_accounts_hold_a_fund():
    assert accounts.fund_of_bank("bank/maintenance") == "maintenance"
    assert accounts.fund_of_bank("fund/maintenance/whole") is None


def test_every_amount_field_says_that_it_is_fen():
    for kind, event in KINDS.items():
        for name in event.__struct_fields__:
            assert "amount" not in name or name.endswith("_fen"), f"{kind}: {name}"
