"""What went wrong, as a page in words a person can act on."""

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _

from api.errors import Problem, Unknown, ViewsBehind
from api.pages.asked import path
from api.pages.frame import here
from ledger.errors import StoreBusy, StoreFull, StoreUnavailable
from projections.snapshot import ViewStale

OF_A_MOMENT = (ViewStale.code, ViewsBehind.code)
OF_THE_STORE = (StoreBusy.code, StoreFull.code, StoreUnavailable.code)  # their words are for who records


def error_page(problem: Problem) -> Response:
    """The page of an error, in the reader's language; of one that passes by itself, with the way back.

    What is not there is not looked up in a description of addresses, but in the book it was asked of.
    """
    passing, unknown = problem.code in OF_A_MOMENT, problem.code == Unknown.code
    book = (request.view_args or {}).get("ledger") if unknown else None
    detail = _("没有这一条，也可能是地址抄错了。请从目录里找。") if unknown else problem.detail
    silent = passing or problem.code in OF_THE_STORE
    title = _("公开的账正在整理") if passing else problem.title
    html = render_template(
        "error.html",
        status=problem.status,
        title=title,
        detail=None if silent else detail,
        again=here() if passing else None,
        book_url=path(book) if book else None,
    )
    return make_response(html, problem.status)
