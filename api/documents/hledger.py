"""A ledger as an hledger journal: a third program adds up our books."""

from collections.abc import Iterator

from api.documents.account_names import account_name
from api.documents.bookkeeping import CURRENCY, Bookkeeping, Transaction, aligned, one_line, yuan

# In a description `;` begins a comment and `|` ends the payee, and nothing escapes them: their full-width
# twins are read as the same.
_TWINS = str.maketrans({";": "；", "|": "｜"})


def written(books: Bookkeeping) -> Iterator[str]:
    """The file, piece by piece: accounts, one transaction per record, what every account must hold."""
    names = {account: account_name(account) for account in sorted(books.accounts)}
    width = aligned(names.values())
    yield f"; mingzhang export {books.ledger} --format hledger: records 0 to {books.records - 1}\n"
    yield f"decimal-mark .\ncommodity 1000.00 {CURRENCY}\n\n"
    for name in names.values():
        yield f"account {name}\n"
    for transaction in books:
        yield _transaction(transaction, names, width)
    if books.asserted_on is not None:
        yield f"\n{books.asserted_on} * balances after record {books.records - 1}\n"
    for account, name in names.items():
        held = yuan(books.accounts[account].fen)
        yield f"    {name:<{width}} {yuan(0):>20} {CURRENCY} = {held} {CURRENCY}\n"


def _transaction(transaction: Transaction, names: dict[str, str], width: int) -> str:
    tags = f"kind:{transaction.kind}"
    if transaction.corrects:
        tags += ", {}:{}".format(*transaction.corrects)
    if transaction.irregularities:
        tags += f", irregularities:{' '.join(transaction.irregularities)}"
    lines = ["", f"{transaction.day} * ({transaction.record}) {described(transaction.text)}  ; {tags}"]
    for account, fen in transaction.postings:
        lines.append(f"    {names[account]:<{width}} {yuan(fen):>20} {CURRENCY}")
    return "\n".join(lines) + "\n"


def described(text: str) -> str:
    """A text as a description."""
    return one_line(text).translate(_TWINS)
