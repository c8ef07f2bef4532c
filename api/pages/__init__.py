"""The pages people open: HTML from the views, one file per page, without JavaScript."""

from flask import Flask

from api.pages import (
    decisions,
    entries,
    errors,
    firms,
    frame,
    ledgers,
    problems,
    public_book,
    records,
    wording,
    work_list,
)


def register(app: Flask) -> None:
    """Add every page to the app."""
    frame.init_app(app)
    wording.init_app(app)
    for subject in (ledgers, public_book, entries, records, decisions, firms, work_list, problems):
        app.register_blueprint(subject.pages)


__all__ = ["errors", "register"]
