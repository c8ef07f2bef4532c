"""The same books as hledger keeps them: what views are compared with for size."""

import json
from typing import Any


def text_of(kind: str, entry: bytes) -> str:
    """One event as a transaction of hledger's journal; what has no postings as a comment of the same form."""
    event = json.loads(entry)
    tags = ", ".join(f"{name}:{_flat(value)}" for name, value in sorted(event["data"].items()))
    about = f"by:{event['by']['role']}, recorded:{event['recorded_at']}, {tags}"
    lines = [f"{event['occurred_on']} * {kind}  ; {about}"]
    if not event.get("postings"):
        return f"; {lines[0]}\n\n"
    lines += [f"    {account.replace('/', ':'):<30}  {_yuan(fen)} CNY" for account, fen in event["postings"]]
    return "\n".join(lines) + "\n\n"


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name}={_flat(item)}" for name, item in sorted(value.items()))
    if isinstance(value, list):
        return " ".join(map(_flat, value))
    return str(value)


def _yuan(fen: int) -> str:
    sign, whole = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{whole // 100}.{whole % 100:02}"
