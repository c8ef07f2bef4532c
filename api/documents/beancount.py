"""A ledger as a beancount file: a second program adds up our books (`bean-check`, `bean-query`)."""

from collections.abc import Iterator

from api.documents.account_names import account_name
from api.documents.bookkeeping import CURRENCY, Bookkeeping, Transaction, aligned, one_line, yuan


def written(books: Bookkeeping) -> Iterator[str]:
    """The file, piece by piece: accounts, one transaction per record, what every account must hold."""
    names = {account: account_name(account) for account in sorted(books.accounts)}
    width = aligned(names.values())
    yield f"; mingzhang export {books.ledger} --format beancount: records 0 to {books.records - 1}\n"
    yield f'option "title" {quoted(books.ledger)}\noption "operating_currency" "{CURRENCY}"\n\n'
    for account, name in names.items():
        yield f"{books.accounts[account].first_on} open {name:<{width}} {CURRENCY}\n"
    for transaction in books:
        yield _transaction(transaction, names, width)
    yield "\n"
    for account, name in names.items():
        # what is asserted of an account counts those below it: of advertising, that of one building too
        below = (of.fen for other, of in books.accounts.items() if names[other].startswith(f"{name}:"))
        fen = books.accounts[account].fen + sum(below)
        # without a tolerance of its own, an assertion lets one fen pass
        amount = f"{yuan(fen):>20} ~ 0.00 {CURRENCY}"
        yield f"{books.asserted_on} balance {name:<{width}} {amount}\n"


def _transaction(transaction: Transaction, names: dict[str, str], width: int) -> str:
    record, corrects = transaction.record, transaction.corrects
    links = f"^record-{record}" + (f" ^record-{corrects[1]}" if corrects else "")
    lines = [
        "",
        f"{transaction.day} * {quoted(transaction.text)} {links}",
        f"  record: {record}",
        f"  kind: {quoted(transaction.kind)}",
    ]
    if corrects:
        lines.append(f"  {corrects[0]}: {corrects[1]}")
    if transaction.irregularities:
        lines.append(f"  irregularities: {quoted(' '.join(transaction.irregularities))}")
    for account, fen in transaction.postings:
        lines.append(f"  {names[account]:<{width}} {yuan(fen):>20} {CURRENCY}")
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """A text between quotes."""
    escaped = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
