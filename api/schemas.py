"""The wire's shapes, derived from the structs: what a body must be, every way it is not, and OpenAPI.

`msgspec` decides in one fast pass whether a body is right, and names the first fault only. The marshmallow
schema built here from the same struct finds all, and documents the shape. A test holds both to one verdict.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, ClassVar
from unicodedata import is_normalized, normalize

import marshmallow as ma
import msgspec
from msgspec import inspect
from msgspec.inspect import Metadata, Type

from api.languages import phrase
from api.times import KNOWN_AT
from ledger.commands import Command
from ledger.errors import Malformed
from ledger.fields import AREA_PATTERN, FIRST_DAY, ID_PATTERN, LAST_DAY, TEXT_PATTERN, UNSAFE_CHARACTERS

Fault = tuple[str, str, dict[str, Any]]  # JSON pointer, code, details

DAY_PATTERN = (
    "^(1949-1[0-2]|19[5-9][0-9]-(0[1-9]|1[0-2])|2[01][0-9]{2}-(0[1-9]|1[0-2]))-(0[1-9]|[12][0-9]|3[01])$"
)
_UNSAFE = re.compile(f"[{UNSAFE_CHARACTERS}]")
TITLED = {"table": "statement"}  # fields whose choices are codes, and where the words of these stand
FAULT_OF_PATTERN = {
    ID_PATTERN: "id.malformed",
    AREA_PATTERN: "area.malformed",
    TEXT_PATTERN: "text.blank",
    KNOWN_AT: "instant.malformed",
}


# -- fields --------------------------------------------------------------------------------------------

MESSAGES: dict[str, str | list[Any] | dict[Any, Any]] = {
    "required": "field.required",
    "null": "field.null",
    "type": "field.wrong-type",
    "invalid": "field.wrong-type",
}


def _fault(code: str, **details: Any) -> ma.ValidationError:
    return ma.ValidationError([(code, details)])


class WholeNumber(ma.fields.Integer):
    """A JSON integer: no boolean, no float, no text (T15)."""

    default_error_messages = MESSAGES

    def __init__(self, of: inspect.IntType, **options: Any) -> None:
        self.least, self.most = of.ge, of.le
        validate = [] if of.ge is None and of.le is None else [ma.validate.Range(of.ge, of.le)]
        super().__init__(strict=True, validate=validate, **options)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if type(value) is not int:
            raise _fault("field.wrong-type", expected="integer")
        return value

    def _validate(self, value: int) -> None:
        if (self.least is not None and value < self.least) or (self.most is not None and value > self.most):
            raise _fault("number.out-of-range", least=str(self.least), most=str(self.most))


class Text(ma.fields.String):
    """A JSON string of bounded length that matches its pattern from end to end."""

    default_error_messages = MESSAGES

    def __init__(self, of: inspect.StrType, **options: Any) -> None:
        self.of = of
        self.matches: Callable[[str], object] = re.compile(of.pattern or "", re.DOTALL).fullmatch
        validate: list[Callable[[str], Any]] = []
        if of.min_length is not None or of.max_length is not None:
            validate.append(ma.validate.Length(of.min_length, of.max_length))
        if of.pattern is not None:
            validate.append(ma.validate.Regexp(_without_surrogates(of.pattern)))
        super().__init__(validate=validate, **options)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if type(value) is not str:
            raise _fault("field.wrong-type", expected="string")
        return value

    def _validate(self, value: str) -> None:
        of = self.of
        if len(value) < (of.min_length or 0) or len(value) > (of.max_length or len(value)):
            raise _fault("text.length", least=of.min_length or 0, most=of.max_length)
        if of.pattern is not None and not self.matches(value):
            if found := _UNSAFE.search(value):
                raise _fault("text.hidden-character", character=f"U+{ord(found[0]):04X}")
            raise _fault(FAULT_OF_PATTERN.get(of.pattern, "text.pattern"), pattern=of.pattern)


def _form_of(field: ma.fields.Field[Any]) -> dict[str, Any]:
    """The JSON schema of a number or a text, with its bounds."""
    bounds: dict[str, Any] = {"type": "integer"}
    if isinstance(field, Text):
        pattern = _without_surrogates(field.of.pattern) if field.of.pattern else None
        bounds = {"type": "string", "pattern": pattern}
        bounds |= {"minLength": field.of.min_length, "maxLength": field.of.max_length}
    elif isinstance(field, WholeNumber):
        bounds |= {"minimum": field.least, "maximum": field.most}
    return {name: bound for name, bound in bounds.items() if bound is not None}


class NumberOrText(ma.fields.Field[Any]):
    """A JSON integer or a JSON string, each as its own type bounds it."""

    default_error_messages = MESSAGES

    def __init__(self, number: Type, text: Type, **options: Any) -> None:
        self.number, self.text = field_of(number), field_of(text)
        forms = {"oneOf": [_form_of(self.number), _form_of(self.text)]}
        if options.get("allow_none"):
            forms["oneOf"].append({"type": "null"})
        super().__init__(**{**options, "metadata": {**options.get("metadata", {}), **forms}})

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> Any:
        if type(value) not in (int, str):
            raise _fault("field.wrong-type", expected="integer or string")
        return (self.text if type(value) is str else self.number).deserialize(value, attr, data, **options)


class DayText(ma.fields.String):
    """A day as `YYYY-MM-DD` within the days the ledger knows; no other spelling of ISO 8601 (T15)."""

    default_error_messages = MESSAGES

    def __init__(self, _: inspect.DateType, **options: Any) -> None:
        options["metadata"] = {**options.get("metadata", {}), "format": "date"}
        super().__init__(validate=ma.validate.Regexp(DAY_PATTERN), **options)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if type(value) is not str:
            raise _fault("field.wrong-type", expected="date")
        return value

    def _validate(self, value: str) -> None:
        try:
            day = msgspec.convert(value, date)
        except msgspec.ValidationError:
            raise _fault("date.malformed") from None
        if not FIRST_DAY <= day <= LAST_DAY:
            raise _fault("date.out-of-range", first=FIRST_DAY, last=LAST_DAY)


class Choice(ma.fields.String):
    """One of a few words."""

    default_error_messages = MESSAGES

    def __init__(self, of: inspect.LiteralType, **options: Any) -> None:
        self.choices = of.values
        super().__init__(validate=ma.validate.OneOf(of.values), **options)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if type(value) is not str:
            raise _fault("field.wrong-type", expected="string")
        return value

    def _validate(self, value: str) -> None:
        if value not in self.choices:
            raise _fault("choice.unknown", choices=[str(choice) for choice in self.choices])


class YesNo(ma.fields.Boolean):
    """A JSON boolean."""

    default_error_messages = MESSAGES

    def __init__(self, _: inspect.BoolType, **options: Any) -> None:
        super().__init__(**options)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if type(value) is not bool:
            raise _fault("field.wrong-type", expected="boolean")
        return value


class Items(ma.fields.List[Any]):
    """A JSON array of bounded length."""

    default_error_messages = MESSAGES

    def __init__(self, of: inspect.VarTupleType | inspect.ListType, **options: Any) -> None:
        self.fewest, self.most = of.min_length or 0, of.max_length
        bounded = of.min_length is not None or of.max_length is not None
        validate = [ma.validate.Length(of.min_length, of.max_length)] if bounded else []
        super().__init__(field_of(of.item_type), validate=validate, **options)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> list[Any]:
        if type(value) is not list:
            raise _fault("field.wrong-type", expected="array")
        if len(value) < self.fewest or (self.most is not None and len(value) > self.most):
            raise _fault("list.length", fewest=self.fewest, most=self.most)
        return super()._deserialize(value, attr, data, **options)

    def _validate(self, value: list[Any]) -> None:
        """Counted before its items were looked at."""


class Object(ma.fields.Dict):
    """Any JSON object."""

    def __init__(self, _: Type, **options: Any) -> None:
        super().__init__(**options)


class Part(ma.fields.Nested):
    """A nested struct."""

    default_error_messages = MESSAGES


class StrictSchema(ma.Schema):
    """Base of every derived schema: unknown fields are refused."""

    class Meta:
        unknown = ma.RAISE

    error_messages = {"unknown": "field.unknown", "type": "field.wrong-type"}  # noqa: RUF012  as marshmallow has it
    struct: ClassVar[type[msgspec.Struct]]


# -- derivation ----------------------------------------------------------------------------------------


@cache
def schema_of(struct: type[msgspec.Struct]) -> type[StrictSchema]:
    """The marshmallow schema of a struct, with the names, bounds and defaults that stand in its types."""
    described = inspect.type_info(struct)
    if not isinstance(described, inspect.StructType):
        raise TypeError(struct)
    fields: dict[str, ma.fields.Field[Any]] = {
        field.encode_name: field_of(field.type, required=field.required, metadata=_titles(field))
        for field in described.fields
    }
    return type(f"{struct.__name__}Schema", (StrictSchema,), {**fields, "struct": struct})


def _titles(field: inspect.Field) -> dict[str, str]:
    """What choices that say nothing by themselves are called in both languages: the tables T1 to T13."""
    if field.encode_name not in TITLED or not isinstance(field.type, inspect.LiteralType):
        return {}
    codes = sorted((str(value) for value in field.type.values), key=lambda code: (len(code), code))
    keys = {code: f"{TITLED[field.encode_name]}.{code}" for code in codes}
    titles = [f"{code} {phrase('zh', key)} {phrase('en', key)}" for code, key in keys.items()]
    return {"description": "; ".join(titles)}


def field_of(of: Type, **options: Any) -> ma.fields.Field[Any]:
    """The marshmallow field of a msgspec type. Errors: `TypeError` for a type the wire has no shape for."""
    while isinstance(of, Metadata):
        options.setdefault("metadata", {}).update(of.extra_json_schema or {})
        of = of.type
    if isinstance(of, inspect.UnionType):
        kinds = [kind for kind in of.types if not isinstance(kind, inspect.NoneType)]
        if len(kinds) == 1:
            return field_of(kinds[0], allow_none=len(kinds) < len(of.types), **options)
        lists = [kind.values for kind in kinds if isinstance(kind, inspect.LiteralType)]
        if len(lists) == len(kinds):
            words = inspect.LiteralType(tuple(word for values in lists for word in values))
            return Choice(words, allow_none=len(kinds) < len(of.types), **options)
        by_kind = {type(kind.type if isinstance(kind, Metadata) else kind): kind for kind in kinds}
        if by_kind.keys() == {inspect.IntType, inspect.StrType}:
            number, text = by_kind[inspect.IntType], by_kind[inspect.StrType]
            return NumberOrText(number, text, allow_none=len(kinds) < len(of.types), **options)
    for kind, made in _FIELDS.items():
        if isinstance(of, kind):
            return made(of, **options)
    raise TypeError(of)


_FIELDS: dict[type[Type], Callable[..., ma.fields.Field[Any]]] = {
    inspect.IntType: WholeNumber,
    inspect.StrType: Text,
    inspect.DateType: DayText,
    inspect.BoolType: YesNo,
    inspect.LiteralType: Choice,
    inspect.VarTupleType: Items,
    inspect.ListType: Items,
    inspect.StructType: lambda of, **options: Part(schema_of(of.cls), **options),
    inspect.DictType: Object,
    inspect.RawType: Object,
    inspect.AnyType: Object,
}


def _without_surrogates(pattern: str) -> str:
    """The pattern for readers whose strings hold no lone surrogates and whose engines choke on them."""
    return pattern.replace(r"\ud800-\udfff", "")


# -- reading a body ------------------------------------------------------------------------------------


def command_of(action: type[Command], body: Any) -> Command:
    """The command in a parsed body. Errors: `Malformed` with every field at fault."""
    try:
        return msgspec.convert(in_nfc(body), action)
    except msgspec.ValidationError:
        raise Malformed(*faults_of(action, body)) from None


def faults_of(struct: type[msgspec.Struct], body: Any) -> tuple[Fault, ...]:
    """Every fault of a parsed body, in the order of the fields; none if it is right."""
    if not isinstance(body, dict):
        return (("", "json.not-an-object", {}),)
    return tuple(_flat(schema_of(struct)().validate(in_nfc(body)), ""))


def in_nfc(value: Any) -> Any:
    """Parsed JSON in Unicode normal form C: the same name typed on two machines is the same bytes."""
    kind = type(value)
    if kind is str:
        return value if value.isascii() or is_normalized("NFC", value) else normalize("NFC", value)
    if kind is dict:
        return {name: in_nfc(member) for name, member in value.items()}
    if kind is list:
        return [in_nfc(item) for item in value]
    return value


def _flat(messages: Any, pointer: str) -> Iterator[Fault]:
    if isinstance(messages, dict):
        for name, below in messages.items():
            escaped = str(name).replace("~", "~0").replace("/", "~1")
            yield from _flat(below, pointer if name == ma.exceptions.SCHEMA else f"{pointer}/{escaped}")
    else:
        for message in messages:
            code, details = (message, {}) if isinstance(message, str) else message
            yield (
                pointer,
                code,
                {"expected": "object"} if (code, details) == ("field.wrong-type", {}) else details,
            )
