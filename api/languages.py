"""The words of codes, kinds, actions and roles, in the language of whoever asks."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations
from flask import Flask, has_request_context, request
from flask_babel import Babel

from api import words

TRANSLATIONS = Path(__file__).parent / "translations"
LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
DEFAULT = "zh"
COOKIE = "lang"
_WHOLE_NUMBER = re.compile(r"_fen$")


def init_app(app: Flask) -> None:
    """Let templates speak the language of the request."""
    Babel(
        app,
        default_locale=LOCALES[DEFAULT],
        default_timezone="Asia/Shanghai",
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=lambda: LOCALES[language()],
    )


def language() -> str:
    """`zh` or `en`: on pages by `?lang=` or its cookie; for everybody by Accept-Language; else Chinese."""
    if not has_request_context():
        return DEFAULT
    if not request.path.startswith("/api/v1/"):
        for wish in (request.args.get("lang"), request.cookies.get(COOKIE)):
            if wish in LOCALES:
                return wish
    return accepted(request.headers.get("Accept-Language", ""))


@lru_cache(maxsize=256)
def accepted(header: str) -> str:
    """The best of our languages for an Accept-Language header (RFC 9110 12.5.4)."""
    best, quality = DEFAULT, 0.0
    for item in header.split(",")[:20]:
        tag, _, parameter = item.strip().partition(";")
        match = re.fullmatch(r"\s*q=([01](?:\.[0-9]{0,3})?)\s*", parameter)
        weight = float(match[1]) if match else 1.0 if not parameter else 0.0
        name = tag.strip().lower().partition("-")[0]
        if name in LOCALES and weight > quality:
            best, quality = name, weight
    return best


@lru_cache(maxsize=len(LOCALES))
def catalogue(lang: str) -> NullTranslations:
    """The compiled words of one language."""
    return Translations.load(TRANSLATIONS, [LOCALES[lang]])


def phrase(lang: str, key: str, details: Mapping[str, Any] | None = None) -> str:
    """The words for a key; `%(remaining_fen)s` in them becomes `3,000.00`."""
    text = catalogue(lang).gettext(key)
    return text % _Details(lang, details) if details is not None else text


def has_words(lang: str, key: str) -> bool:
    """Whether a key has words; without them `phrase` gives back the key."""
    return catalogue(lang).gettext(key) != key


def written(lang: str, name: str, value: Any) -> str:
    """One detail of an error in words: fen in yuan, days as people say them, known words translated."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return words.yuan(value) if _WHOLE_NUMBER.search(name) else str(value)
    if isinstance(value, date):
        return words.chinese_day(value, words.CHINESE if lang == "zh" else "en")
    if isinstance(value, str):
        return _translated(lang, name, value)
    if isinstance(value, Iterable):
        return ("、" if lang == "zh" else ", ").join(written(lang, name.rstrip("s"), item) for item in value)
    return str(value)


def _translated(lang: str, name: str, value: str) -> str:
    key = f"{name}.{value}"
    return phrase(lang, key) if has_words(lang, key) else value[:120]


class _Details(dict[str, str]):
    """What a text may name; a detail nobody gave shows as a dash rather than breaking the answer."""

    def __init__(self, lang: str, details: Mapping[str, Any] | None) -> None:
        super().__init__({name: written(lang, name, value) for name, value in (details or {}).items()})

    def __missing__(self, name: str) -> str:
        return "—"
