"""The stored shape of every kind, kept in events.json: what is written once is read for thirty years.

`python -m tests.contract.events` writes the file, unless a shape changed without a higher schema number.
"""

import json
import sys
from pathlib import Path
from typing import Any

from msgspec import NODEFAULT, inspect

import ledger.actions  # noqa: F401  registers every kind
from ledger.events import KINDS, Envelope, Event
from ledger.fields import AREA_PATTERN, ID_PATTERN, TEXT_PATTERN

FILE = Path(__file__).parent / "events.json"
PATTERNS = {ID_PATTERN: "id", TEXT_PATTERN: "text", AREA_PATTERN: "area"}
ENVELOPE = "(envelope)"
WHAT_TO_DO = """{kind} is stored in another shape than before: entries written until now could be misread.
Give {kind} schema {schema} and an upcast from schema {before} in `upcasts`, keep an entry of
schema {before} as a golden file, then run: python -m tests.contract.events"""


def shapes() -> dict[str, Any]:
    """What is stored of every kind, and of the envelope around it, as it is now."""
    kinds = {
        kind: {
            "schema": event.schema,
            "withheld": sorted(event.withheld),
            "fields": _fields(inspect.type_info(event)),
        }
        for kind, event in sorted(KINDS.items())
        if not event.__module__.startswith("tests.")
    }
    withheld = ["attachments/name", "attachments/sha256", "by/who"]  # of files that are not public
    envelope = {"schema": 1, "withheld": withheld, "fields": _fields(inspect.type_info(Envelope[Event]))}
    return {
        "patterns": {name: pattern for pattern, name in PATTERNS.items()},
        "kinds": {ENVELOPE: envelope, **kinds},
    }


def kept() -> dict[str, Any]:
    """What the file says."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def broken(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What to do about every shape that must not have changed; nothing when all can still be read."""
    advice = []
    for kind, was in before["kinds"].items():
        shape = now["kinds"].get(kind)
        if shape is None:
            advice.append(f"{kind} is gone: a kind once stored is never removed or renamed. Bring it back.")
        elif shape != was and shape["schema"] <= was["schema"]:
            advice.append(WHAT_TO_DO.format(kind=kind, before=was["schema"], schema=was["schema"] + 1))
    for name, pattern in before["patterns"].items():
        if now["patterns"].get(name) != pattern:
            advice.append(
                f"The pattern of {name} changed: a stored {name} it no longer matches cannot be read. "
                f"If it only became wider, change it in {FILE.name} by hand."
            )
    return advice


def text_of(shape: dict[str, Any]) -> str:
    """The file's text, one field a line."""
    return json.dumps(shape, ensure_ascii=False, indent=2) + "\n"


def _fields(struct: Any) -> dict[str, Any]:
    return {field.encode_name: _field(field) for field in struct.fields}


def _field(field: inspect.Field) -> Any:
    described = _described(field.type)
    if field.required:
        return described
    # a value left out means its default for ever, so the default is part of what is stored
    default = field.default if field.default is not NODEFAULT else field.default_factory()
    means = json.dumps(default)
    if isinstance(described, str):
        return f"{described}; left out means {means}"
    return {"optional": described, "left out means": means}


def _described(info: Any) -> Any:  # noqa: PLR0911  one answer for each kind of type
    match info:
        case inspect.StructType() if issubclass(info.cls, Event):
            return "the fields of the kind"
        case inspect.StructType():
            return _fields(info)
        case inspect.StrType():
            pattern = info.pattern and PATTERNS.get(info.pattern, info.pattern)
            return _bounded(pattern or "string", info.min_length, info.max_length)
        case inspect.IntType():
            return _bounded("integer", info.ge, info.le)
        case inspect.BoolType():
            return "boolean"
        case inspect.DateType():
            return "day"
        case inspect.LiteralType():
            return "one of " + "|".join(map(str, info.values))
        case inspect.VarTupleType():
            return [_described(info.item_type), _bounded("items", info.min_length, info.max_length)]
        case inspect.TupleType():
            return {"in order": [_described(part) for part in info.item_types]}
        case inspect.UnionType():
            described = [_described(part) for part in info.types if not isinstance(part, inspect.NoneType)]
            return described[0] if len(described) == 1 else {"any of": described}
        case inspect.Metadata():
            return _described(info.type)
    raise NotImplementedError(info)


def _bounded(name: str, least: int | None, most: int | None) -> str:
    if least is None and most is None:
        return name
    return f"{name} {'' if least is None else least}..{'' if most is None else most}"


def main() -> int:
    now = shapes()
    if FILE.exists() and (advice := broken(kept(), now)):
        print("\n\n".join(advice), file=sys.stderr)
        return 1
    FILE.write_text(text_of(now), encoding="utf-8")
    print(f"wrote {len(now['kinds'])} shapes to {FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
