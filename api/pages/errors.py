"""What went wrong, as a page in words a person can act on."""

from flask import Response, make_response, render_template

from api import languages


def error_page(status: int, detail: str | None = None) -> Response:
    """The page of an error; `detail` in the reader's language."""
    title = languages.phrase(languages.language(), f"problem.{status}")
    return make_response(render_template("error.html", status=status, title=title, detail=detail), status)
