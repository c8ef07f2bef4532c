"""The settings of an installation: what is missing or makes no sense stops the start with one clear line."""

import subprocess
import sys
from pathlib import Path

import pytest

from api.settings import Settings, SettingsError, language_of

ROOT = Path(__file__).parents[2]
SECRET = {"MINGZHANG_SECRET_KEY": "k" * 32}


def test_a_database_beside_the_program_is_the_default():
    settings = Settings.from_environment(SECRET)
    assert settings.database_url == "sqlite:///var"
    assert settings.origin == "http://127.0.0.1:8000"
    assert settings.trusted_hosts == ["127.0.0.1", "localhost"]
    assert not settings.secure


def test_what_is_set_counts():
    settings = Settings.from_environment(
        {
            **SECRET,
            "MINGZHANG_DATABASE_URL": "postgresql://books@db/books",
            "MINGZHANG_FILES": str(ROOT),
            "MINGZHANG_ORIGIN": "https://zhang.example/",
            "MINGZHANG_HOSTS": "zhang.internal, 10.0.0.7",
        }
    )
    assert settings.database_url == "postgresql://books@db/books"
    assert settings.files == ROOT
    assert settings.origin == "https://zhang.example"
    assert settings.trusted_hosts == ["zhang.example", "127.0.0.1", "localhost", "zhang.internal", "10.0.0.7"]
    assert settings.secure


def test_a_secret_is_needed_where_something_is_signed_and_only_there():
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({})
    assert refused.value.code == "settings.missing"
    assert Settings.from_environment({}, signs=False).secret_key is None


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("SECRET_KEY", "k" * 31, "settings.secret-too-short"),
        ("DATABASE_URL", "mysql://books", "settings.database-url"),
        ("DATABASE_URL", "var/books", "settings.database-url"),
        ("DATABASE_URL", "sqlite://", "settings.database-url"),
        ("FILES", str(ROOT / "nowhere"), "settings.files"),
        ("FILES", __file__, "settings.files"),
        ("LOG", str(ROOT / "nowhere"), "settings.log"),
        ("ORIGIN", "zhang.example", "settings.origin"),
        ("ORIGIN", "ftp://zhang.example", "settings.origin"),
        ("ORIGIN", "https://zhang.example/books", "settings.origin"),
        ("ORIGIN", "https://", "settings.origin"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name, value, code):
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({**SECRET, f"MINGZHANG_{name}": value})
    assert (refused.value.code, refused.value.details["name"]) == (code, f"MINGZHANG_{name}")


def test_beside_postgresql_there_is_no_folder_for_files_so_one_must_be_named():
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({**SECRET, "MINGZHANG_DATABASE_URL": "postgresql://books@db/books"})
    assert (refused.value.code, refused.value.details["name"]) == ("settings.files", "MINGZHANG_FILES")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LC_ALL": "zh_CN", "LANG": "en"}, "zh"),
        ({}, "en"),
        ({"LANG": "C"}, "en"),
    ],
)
def test_a_terminal_is_spoken_to_in_its_language(environment, language):
    assert language_of(environment) == language


@pytest.mark.parametrize("start", [["-c", "import wsgi"], ["-m", "api.cli", "serve"]])
def test_a_start_without_a_secret_stops_with_one_line(start):
    stopped = subprocess.run(
        [sys.executable, *start],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"LANG": "en_GB.UTF-8", "PATH": ""},
        check=False,
    )
    assert stopped.returncode == 1
    assert stopped.stderr == (
        "The setting MINGZHANG_SECRET_KEY is missing (random text of at least 32 characters). "
        "Set it, then start again.\n"
    )
