"""What went wrong, as a page in words a person can act on."""

from flask import Response, make_response, render_template
from flask_babel import gettext as _

from api.errors import Problem, ViewsBehind
from api.pages.frame import here
from projections.snapshot import ViewStale

OF_A_MOMENT = (ViewStale.code, ViewsBehind.code)


def error_page(problem: Problem) -> Response:
    """The page of an error, in the reader's language; of one that passes by itself, with the way back."""
    passing = problem.code in OF_A_MOMENT
    title = _("公开的账正在整理") if passing else problem.title
    html = render_template(
        "error.html",
        status=problem.status,
        title=title,
        detail=None if passing else problem.detail,
        again=here() if passing else None,
    )
    return make_response(html, problem.status)
