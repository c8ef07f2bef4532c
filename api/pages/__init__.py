"""The pages people open: HTML from the views, one file per page, without JavaScript."""

from flask import Flask

from api.pages import (
    decisions,
    entries,
    errors,
    exceptions,
    firms,
    frame,
    ledgers,
    low_funds,
    problems,
    projects,
    public_book,
    records,
    revenue,
    rules,
    wording,
    work_list,
    working_budget,
)


def register(app: Flask) -> None:
    """Add every page to the app."""
    frame.init_app(app)
    wording.init_app(app)
    working_budget.init_app(app)
    low_funds.init_app(app)
    for subject in (
        ledgers,
        public_book,
        entries,
        records,
        revenue,
        decisions,
        projects,
        exceptions,
        firms,
        work_list,
        rules,
        problems,
    ):
        app.register_blueprint(subject.pages)


__all__ = ["errors", "register"]
