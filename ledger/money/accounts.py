"""Names of accounts, as they stand in postings: bank accounts, fund equity, income, cost and use heads.

A bank account grows with positive fen; equity and income grow with negative fen, as in any two-column book.
"""

from ledger.fields import Fund, Scope


def bank(fund: Fund) -> str:
    """The bank (sub-)account that holds a fund (FUND-05)."""
    return f"bank/{fund}"


def equity(fund: Fund, scope: Scope | None = None) -> str:
    """What a fund owes its owners, by scope (FUND-04): `fund/maintenance/door-3`."""
    return f"fund/{fund}/{(scope or Scope()).name}"


def income(head: int) -> str:
    """One of the seven heads of public revenue (REV-03)."""
    return f"income/{head}"


def cost(kind: str) -> str:
    """A cost deducted from gross public revenue: tax, energy, labour, other (REV-02)."""
    return f"cost/{kind}"


def use(fund: Fund) -> str:
    """What public revenue or working funds were spent on (REV-11, COM-18)."""
    return f"use/{fund}"


def fund_of_bank(account: str) -> str | None:
    """`maintenance` of `bank/maintenance`, none for any other account."""
    return account[5:] if account.startswith("bank/") else None
