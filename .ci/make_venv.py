"""Make .venv with pip in it, also where the system's Python ships without ensurepip (a bare Debian)."""

import hashlib
import html
import importlib.util
import os
import re
import sys
import tempfile
import urllib.parse
import urllib.request
import venv
from pathlib import Path

INDEX = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/") + "/pip/"
FOLDER = Path(".venv")


def newest_pip() -> tuple[str, str]:
    """Address and SHA-256 of the newest pip wheel, from the HTML page that every mirror has (PEP 503)."""
    with urllib.request.urlopen(INDEX, timeout=60) as answer:
        page = html.unescape(answer.read().decode())
    found = re.findall(r'href="([^"]*/pip-([0-9.]+)-py3-none-any\.whl)#sha256=([0-9a-f]{64})"', page)
    address, _, sha256 = max(found, key=lambda wheel: [int(part) for part in wheel[1].split(".")])
    return urllib.parse.urljoin(INDEX, address), sha256


def install_pip() -> None:
    """Run pip out of its own wheel to install itself into .venv."""
    address, sha256 = newest_pip()
    with urllib.request.urlopen(address, timeout=120) as answer:
        wheel = answer.read()
    if hashlib.sha256(wheel).hexdigest() != sha256:
        sys.exit(f"{address} is not what the index says it is")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, address.rpartition("/")[2])
        path.write_bytes(wheel)
        python = FOLDER / "bin" / "python"
        os.environ["PYTHONPATH"] = str(path)
        if os.spawnv(os.P_WAIT, python, [str(python), "-m", "pip", "install", "--quiet", str(path)]):
            sys.exit("pip could not install itself into .venv")


if __name__ == "__main__":
    if sys.version_info < (3, 11):
        sys.exit(f"Mingzhang needs Python 3.11 or newer, not {sys.version[:6]}: make PYTHON=python3.11")
    has_ensurepip = importlib.util.find_spec("ensurepip") is not None
    venv.create(FOLDER, with_pip=has_ensurepip, symlinks=True)
    if not has_ensurepip:
        install_pip()
