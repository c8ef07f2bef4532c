"""What the command line says: in the language of the terminal, one clear line for every error."""

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import click
import msgspec

from api import languages
from api.imports.worklist import RowRefused
from api.imports.worklist_file import HEADERS, Remark
from api.settings import language_of
from ledger.errors import LedgerError, Malformed

LANG = language_of()


def say(key: str, **details: Any) -> str:
    """The words of the command line, in the language of the terminal."""
    return languages.phrase(LANG, f"cli.{key}", details)


def speak() -> None:
    """Let click say its own words in the language of the terminal: gettext gives it our catalogue."""
    os.environ["LANGUAGE"] = languages.LOCALES[LANG]
    gettext.bindtextdomain("messages", languages.TRANSLATIONS)


def not_written(file: Path, error: OSError) -> click.FileError:
    """What to raise where a file cannot be written."""
    return click.FileError(str(file), languages.written(LANG, "reason", error.strerror))


@contextmanager
def writing(file: Path, mode: int = 0o666) -> Iterator[BinaryIO]:
    """All of a file or nothing: what stands there under its name is whole. Errors: `click.FileError`."""
    unfinished = file.with_name(f".{file.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as opened:
            yield opened
        unfinished.replace(file)
    except OSError as error:
        raise not_written(file, error) from error
    finally:
        unfinished.unlink(missing_ok=True)


class Day(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.4
    """A date as the ledger knows it."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> date:
        """`2026-09-30`, and nothing else."""
        with suppress(msgspec.ValidationError):
            return msgspec.convert(value, date)
        return self.fail(languages.phrase(LANG, "refusal.date.malformed", {}), param, context)


DAY = Day()


def remark_in_words(remark: Remark) -> str:
    """`row 38, 市场化物业选聘: …`: where in the file, then what."""
    place = [say("import.row", row=remark.row)] if remark.row else []
    place = place or ([say("import.line", line=remark.line)] if remark.line else [])
    place += [HEADERS.get(remark.column, remark.column)] if remark.column else []
    words = languages.phrase(LANG, f"work-list.{remark.code}", remark.details)
    return f"{'，' if LANG == 'zh' else ', '}".join(place) + ("：" if LANG == "zh" else ": ") + words


def in_words(error: LedgerError) -> str:
    """An error as one line; of malformed fields one line each."""
    if isinstance(error, Malformed):
        return "\n".join(
            f"{pointer.lstrip('/')}: ".removeprefix(": ") + languages.phrase(LANG, f"refusal.{code}", details)
            for pointer, code, details in error.errors
        )
    words = languages.phrase(LANG, f"refusal.{error.code}", error.details)
    if isinstance(error, RowRefused):
        return f"{say('import.row', row=error.row)}: {words}"
    return words
