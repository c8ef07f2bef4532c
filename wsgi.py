"""For a WSGI server of your own: `gunicorn wsgi:app`, with the settings of the environment."""

import sys

from api import create_app
from api.languages import phrase
from api.settings import Settings, language_of
from ledger.errors import LedgerError

try:
    app = create_app(Settings.from_environment())
except LedgerError as error:
    sys.exit(phrase(language_of(), f"refusal.{error.code}", error.details))
