"""Names of accounts, as they stand in postings: bank accounts, fund equity, income, cost and use heads.

A bank account grows with positive fen; equity and income grow with negative fen, as in any two-column book.
"""

from collections.abc import Iterable

from ledger.fields import Fund, Scope


def bank(fund: Fund) -> str:
    """The bank (sub-)account that holds a fund (FUND-05)."""
    return f"bank/{fund}"


def equity(fund: Fund, scope: Scope | None = None) -> str:
    """What a fund owes its owners, by scope (FUND-04): `fund/maintenance/door-3`."""
    return f"fund/{fund}/{(scope or Scope()).name}"


def income(head: int, scope: Scope | None = None) -> str:
    """One of the seven heads of public revenue (REV-03); of a part's own `income/3/door-12` (REV-09)."""
    return _of_part(f"income/{head}", scope)


def cost(kind: str, scope: Scope | None = None) -> str:
    """A cost deducted from gross public revenue: tax, energy, labour, other (REV-02), as `income`."""
    return _of_part(f"cost/{kind}", scope)


def use(fund: Fund, purpose: str | None = None, scope: Scope | None = None) -> str:
    """What public revenue or working funds were spent on (REV-11, COM-18): `use/public-revenue/audit`."""
    return f"use/{fund}" if purpose is None else _of_part(f"use/{fund}/{purpose}", scope)


def suspense(fund: Fund) -> str:
    """Money the bank shows and nobody can explain yet."""
    return f"suspense/{fund}"


def drawn_fen(postings: Iterable[tuple[str, int]]) -> int:
    """What left a fund: from the bank, or from suspense, where it was first seen to leave."""
    return -sum(fen for account, fen in postings if account.startswith(("bank/", "suspense/")))


def _of_part(account: str, scope: Scope | None) -> str:
    """What belongs to the whole community needs no further name."""
    return account if scope is None or scope.kind == "whole" else f"{account}/{scope.name}"


def fund_of_bank(account: str) -> str | None:
    """`maintenance` of `bank/maintenance`, none for any other account."""
    return account[5:] if account.startswith("bank/") else None
