"""A witness over HTTP: on its own, or under `/w` of an installation that watches its neighbours' logs."""

from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import BadRequest

from api.settings import Settings
from ledger.transparency.policy import policy_of
from ledger.transparency.witness import REQUEST_BYTES_MAX, Answer, Witness, logs_of
from ledger.transparency.witness_memory import open_witness

PREFIX = "/w"
BODY_SECONDS_MAX = 5.0  # for each piece: who opens a request and says nothing must not hold a thread

TOO_LONG = Answer(413, "too long\n")


def blueprint_of(witness: Witness) -> Blueprint:
    """The two addresses of tlog-witness."""
    blueprint = Blueprint("witness", __name__)

    @blueprint.post("/add-checkpoint")
    def add_checkpoint() -> Response:
        if (request.content_length or 0) > REQUEST_BYTES_MAX:
            return _response(TOO_LONG)
        request.max_content_length = REQUEST_BYTES_MAX + 1  # of what does not say its size, no more is read
        if (opened := request.environ.get("gunicorn.socket")) is not None:
            opened.settimeout(BODY_SECONDS_MAX)
        try:
            raw = request.get_data(cache=False)
        except (BadRequest, OSError):
            return _response(Answer(400, "cut short\n"))
        return _response(TOO_LONG if len(raw) > REQUEST_BYTES_MAX else witness.add_checkpoint(raw))

    @blueprint.get("/<string(length=64):origin_hash>/checkpoint")
    def latest(origin_hash: str) -> Response:
        response = _response(witness.latest(origin_hash))
        response.headers["Access-Control-Allow-Origin"] = "*"  # any page may compare what it was shown
        return response

    return blueprint


def _response(answer: Answer) -> Response:
    response = Response(answer.body, answer.status, content_type=answer.type)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def create_witness_app(witness: Witness) -> Flask:
    """The application of a witness that is nothing else."""
    app = Flask("witness", static_folder=None)
    app.register_blueprint(blueprint_of(witness))
    return app


def witness_of(settings: Settings) -> Witness | None:
    """The witness an installation is, if it is one. Errors: of its key, its memory and its list of logs."""
    if settings.witness_key_file is None or settings.witness_logs is None:
        return None
    logs = logs_of(policy_of(settings.witness_logs.read_bytes()))
    return open_witness(settings.witness_key_file, logs)


def init_app(app: Flask, witness: Witness | None) -> None:
    """Watch others, where the installation was told to."""
    if witness is not None:
        app.register_blueprint(blueprint_of(witness), url_prefix=PREFIX)
