"""Settings come from one table; each can be set, is checked, and is documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.cli import cli
from kb.errors import SettingError
from kb.settings import SETTINGS, load_settings


def test_defaults_are_usable() -> None:
    settings = load_settings({})
    assert (settings.content, settings.port, settings.host) == (Path("content"), 8000, "127.0.0.1")


def test_a_variable_sets_and_an_option_wins() -> None:
    assert load_settings({"KB_PORT": "9000"}).port == 9000
    assert load_settings({"KB_PORT": "9000"}, port=0).port == 0


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"KB_PORT": "many"}, "KB_PORT must be a whole number, not 'many'."),
        ({"KB_PORT": "70000"}, "KB_PORT must lie between 0 and 65535, not 70000."),
        ({"KB_THREADS": "0"}, "KB_THREADS must lie between 1"),
        ({"KB_WORKERS": "0"}, "KB_WORKERS must lie between 1 and 64, not 0."),
        ({"KB_LOG_QUERIES": "yes"}, "KB_LOG_QUERIES must be 0 or 1, not 'yes'."),
        (
            {"KB_ALLOWED_HOSTS": "a.org,*.b.*"},
            "KB_ALLOWED_HOSTS must list host names such as practices.example.org or *.example.org, not '*.b.*'.",
        ),
        (
            {"KB_ALLOWED_HOSTS": "https://a.org"},
            "KB_ALLOWED_HOSTS must list host names such as practices.example.org or *.example.org, not 'https://a.org'.",
        ),
        ({"KB_METRICS_FROM": "10.0.0.1/8"}, "KB_METRICS_FROM must list networks such as 10.0.0.0/8, not '10.0.0.1/8'."),
        ({"KB_PUBLIC_URL": "practices.example.org"}, "KB_PUBLIC_URL must be a web address such as https://"),
        ({"KB_CONTACT": "the editors"}, "KB_CONTACT must be a mailbox or an https:// address, not 'the editors'."),
        ({"KB_LANG": "fr"}, "KB_LANG must be en or es, not 'fr'."),
        ({"KB_CONTNET": "x"}, "KB_CONTNET is not a setting; the settings are KB_CONTENT"),
    ],
)
def test_a_bad_setting_is_named(environment: dict[str, str], message: str) -> None:
    with pytest.raises(SettingError, match=re.escape(message)):
        load_settings(environment)


def test_every_setting_is_in_the_help_and_in_the_readme() -> None:
    shown = CliRunner().invoke(cli, ["--help"]).output
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    for setting in SETTINGS:
        assert setting.variable in shown
        assert f"`{setting.variable}`" in readme
