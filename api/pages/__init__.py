"""The pages people open: HTML from the views, one file per page, without JavaScript."""

from flask import Flask

from api.pages import (
    audit_programme,
    debriefs_missing,
    decisions,
    disclosures,
    duties,
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
    q,
    records,
    revenue,
    rules,
    then_and_now,
    trails,
    verification,
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
    debriefs_missing.init_app(app)
    for subject in (
        ledgers,
        public_book,
        duties,
        entries,
        records,
        trails,
        revenue,
        decisions,
        disclosures,
        projects,
        exceptions,
        audit_programme,
        firms,
        work_list,
        rules,
        problems,
        q,
        then_and_now,
        verification,
    ):
        app.register_blueprint(subject.pages)


__all__ = ["errors", "register"]
