"""Balanced sets of (account, fen). Entries that do not cancel cannot be built."""

from ledger.errors import LedgerError
from ledger.fields import SAFE_INTEGER

Postings = tuple[tuple[str, int], ...]


def postings(*entries: tuple[str, int]) -> Postings:
    """The entries in order; their fen sum to 0.

    Errors: `LedgerError` for a sum other than 0, a zero entry, fen that are not whole, an account twice.
    """
    accounts = [account for account, _ in entries]
    if len(set(accounts)) != len(accounts) or len(entries) < 2:
        raise LedgerError("postings.accounts", accounts=accounts)
    for account, fen in entries:
        if type(fen) is not int or fen == 0 or not -SAFE_INTEGER <= fen <= SAFE_INTEGER:
            raise LedgerError("postings.amount", account=account, fen=fen)
    if sum(fen for _, fen in entries) != 0:
        raise LedgerError("postings.unbalanced", entries=entries)
    return entries


def transfer(fen: int, *, source: str, target: str) -> Postings:
    """`fen` leave `source` and arrive at `target`."""
    return postings((source, -fen), (target, fen))


def reversed_postings(entries: Postings) -> Postings:
    """The same accounts with every sign turned."""
    return postings(*((account, -fen) for account, fen in entries))
