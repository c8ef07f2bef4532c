"""The outside: HTTP, pages, imports, the command line. `create_app` puts an application together."""

from flask import Flask

from api.settings import Settings


def create_app(settings: Settings) -> Flask:
    """The application of one installation. Opens nothing before it is asked, so a fork may follow."""
    from api import assets, endpoints, errors, languages, pages, reading, security, services, witness  # noqa: PLC0415  heavy

    app = Flask("api", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config["MINGZHANG_SAMPLE"] = settings.demo

    services.init_app(app, services.Services.of(settings))
    languages.init_app(app)
    assets.init_app(app)
    security.init_app(app, settings)
    reading.init_app(app)
    endpoints.init_app(app)
    pages.register(app)
    witness.init_app(app, witness.witness_of(settings))
    errors.init_app(app, pages.errors.error_page)
    return app
