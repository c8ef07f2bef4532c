"""Style, script and pictures: served under a name that changes with them, so browsers keep them for ever."""

import hashlib
from pathlib import Path

from flask import Flask
from whitenoise import WhiteNoise

ROOT = Path(__file__).parent / "static"


def init_app(app: Flask) -> None:
    """Serve the files, and give templates `static_url(name)`."""
    prefix = f"static/{_digest()}/"
    served = WhiteNoise(
        app.wsgi_app,
        immutable_file_test=lambda _, url: url.startswith(f"/{prefix}"),
        allow_all_origins=False,
    )
    served.add_files(str(ROOT), prefix=prefix)
    app.wsgi_app = served  # type: ignore[method-assign]
    app.jinja_env.globals["static_url"] = lambda name: f"/{prefix}{name}"


def _digest() -> str:
    digest = hashlib.sha256()
    for file in sorted(ROOT.rglob("*")):
        if file.is_file():
            digest.update(file.relative_to(ROOT).as_posix().encode() + b"\n" + file.read_bytes())
    return digest.hexdigest()[:12]
