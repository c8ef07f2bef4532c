"""Names of our accounts in double-entry tools: `fund/maintenance/door-12`, Equity:Fund:Maintenance:Door-12.

Two accounts never get one name. Ids hold a-z 0-9 and hyphens only; a part of a name starts with a capital in
those tools, and so does every word here. Capitals anywhere else mark what is spelled out, see `_spelled`.
"""

import re

_ROOTS = {
    "bank": "Assets:Bank",
    "fund": "Equity:Fund",
    "income": "Income",
    "cost": "Expenses:Cost",
    "use": "Expenses:Use",
    "suspense": "Equity:Suspense",
}
_OTHER = "Equity:Other"
_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
_WORD = re.compile(r"(?<![a-z0-9])[a-z]")
_PLAIN = re.compile(r"[a-z0-9-]")


def account_name(account: str) -> str:
    """The name of an account, good for beancount and for hledger."""
    root, *parts = account.split("/")
    if root not in _ROOTS or not parts:
        return ":".join([_OTHER, *map(_part, (root, *parts))])
    names = [_part(part) for part in parts]
    if root == "income":
        names[0] = f"Head-{names[0]}"
    return ":".join([_ROOTS[root], *names])


def _part(part: str) -> str:
    """`public-revenue` as Public-Revenue, `3` as 3; what is no id, or begins with a hyphen, spelled out."""
    if not _ID.fullmatch(part):
        return _spelled(part)
    return _WORD.sub(lambda letter: letter[0].upper(), part)


def _spelled(part: str) -> str:
    """XX, which no id becomes, then every character: itself, or its code point between X and Z."""
    return "XX" + "".join(
        character if _PLAIN.fullmatch(character) else f"X{ord(character):x}Z" for character in part
    )
