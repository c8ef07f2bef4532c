"""One cell of a statement as people read it, by the type of its column and in a language."""

from datetime import date
from typing import Any

from api import words
from api.languages import has_words, phrase
from ledger.rules.tables import ColumnType
from projections.statements.statement import Cell

SAID_AS_WRITTEN_MAX = 10  # `2/3` says more than 66.7%, `812/1268` less than 64.0%


def cell_words(value: Cell, kind: ColumnType, name: str, language: str) -> str:
    """A cell as people read it: fen in yuan, days in words, names in the words of the language."""
    if isinstance(value, bool):
        return say(language, "yes" if value else "no")
    if isinstance(value, int):
        return words.yuan(value) if kind == "fen" else str(value) if name == "record" else words.count(value)
    return _text_words(value, kind, name, language)


def _text_words(value: str, kind: ColumnType, name: str, language: str) -> str:
    match kind:
        case "date":
            return day_words(date.fromisoformat(value), language)
        case "area":
            return words.yuan(int(value.replace(".", "")))  # two decimals; the title says m²
        case "share":
            return share_words(value)
        case "word":
            general = word(language, f"{name}.{value}", otherwise=value)
            return sentence(word(language, f"statement.word.{name}.{value}", otherwise=general))
        case _:
            return sentence(scope_words(value, language)) if name == "scope" else value


def sentence(text: str) -> str:
    """Words as they stand at the start of a line."""
    return text[:1].upper() + text[1:]


def share_words(share: str) -> str:
    """`70/100` as `70%`, `2/3` as it is said, any other to a tenth of a percent."""
    part, _, whole = share.partition("/")
    if whole == "100":
        return f"{part}%"
    return (
        words.percent(int(part), int(whole))
        if whole.isdecimal() and int(whole) > SAID_AS_WRITTEN_MAX
        else share
    )


def scope_words(scope: str, language: str) -> str:
    """Whose it is: of all owners, of a building, of a door number."""
    kind, _, identity = scope.partition("-")
    return (
        say(language, f"scope.{kind}", id=identity.upper())
        if identity
        else word(language, f"scope.{scope}", scope)
    )


def day_words(day: date, language: str) -> str:
    """A day as people say it."""
    return words.chinese_day(day, words.CHINESE if language == "zh" else language)


def say(language: str, key: str, **details: Any) -> str:
    """The words all forms of a statement share."""
    return phrase(language, f"notice.{key}", details)


def word(language: str, key: str, otherwise: str) -> str:
    """The words for a key, if it has any."""
    return phrase(language, key) if has_words(language, key) else otherwise
