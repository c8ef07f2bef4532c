"""Any value of a field type, for laws that hold for all values."""

from datetime import timedelta
from typing import Any
from unicodedata import normalize

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from ledger.fields import AREA_PATTERN, FIRST_DAY, ID_PATTERN, LAST_DAY, SAFE_INTEGER, TEXT_PATTERN

WORDS = ["电梯大修", "梧桐里", "第三号楼", "Lift", "No.", "3", "—", "“旧”", "😂", "é"]


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type, struct or not, that keep its limits."""
    return _of(inspect.type_info(kind))


def _of(info: Any) -> st.SearchStrategy[Any]:  # noqa: PLR0911  one answer for each kind of type
    match info:
        case inspect.StructType():
            return st.fixed_dictionaries(
                {field.name: _of(field.type) for field in info.fields if field.required},
                optional={field.name: _of(field.type) for field in info.fields if not field.required},
            ).map(lambda fields: info.cls(**fields))
        case inspect.StrType():
            return _text(info)
        case inspect.IntType():
            least = -SAFE_INTEGER if info.ge is None else info.ge
            return st.integers(least, SAFE_INTEGER if info.le is None else info.le)
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
        case inspect.DateType():
            return st.integers(0, (LAST_DAY - FIRST_DAY).days).map(
                lambda days: FIRST_DAY + timedelta(days=days)
            )
        case inspect.LiteralType():
            return st.sampled_from(info.values)
        case inspect.UnionType():
            return st.one_of(*map(_of, info.types))
        case inspect.VarTupleType():
            longest = min(4, info.max_length or 4)
            return st.lists(_of(info.item_type), min_size=info.min_length or 0, max_size=longest).map(tuple)
        case inspect.TupleType():
            return st.tuples(*map(_of, info.item_types))
        case inspect.Metadata():
            return _of(info.type)
    raise NotImplementedError(info)


def _text(info: inspect.StrType) -> st.SearchStrategy[str]:
    if info.pattern == ID_PATTERN:
        return st.text("abcxyz0189-", min_size=1, max_size=64)
    if info.pattern == AREA_PATTERN:
        return st.integers(0, 99_999_999_999).map(
            lambda hundredths: f"{hundredths // 100}.{hundredths % 100:02}"
        )
    if info.pattern in (TEXT_PATTERN, None):
        longest = (info.max_length or 30) - 1
        return st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(
            lambda words: normalize("NFC", " ".join(words))[:longest].strip()
        )
    longest = info.max_length or 1_000
    matching = st.from_regex(info.pattern, fullmatch=True)
    return matching.filter(lambda text: not text.endswith("\n") and len(text) <= longest)


def fields_of(kind: type[msgspec.Struct]) -> dict[str, inspect.Field]:
    """The fields of a struct by the name they are stored under."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return {field.encode_name: field for field in info.fields}
