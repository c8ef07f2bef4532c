"""`/problems/{code}`: what an error code of the data interface means, for the person who got it."""

from flask import Blueprint, render_template

from api import languages
from api.errors import Unknown
from api.pages.frame import Shown, page

pages = Blueprint("problems", __name__)

CODE_CHARACTERS_MAX = 80


@pages.get("/problems/<code>")
@page
def problem(code: str) -> Shown:
    """One problem type (RFC 9457)."""
    lang, key = languages.language(), f"refusal.{code[:CODE_CHARACTERS_MAX]}"
    if not languages.has_words(lang, key):
        raise Unknown
    return render_template("problem.html", code=code, text=languages.phrase(lang, key, {}))
