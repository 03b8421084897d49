"""Each step of the guides is carried out as it stands, and what the guide shows is what comes.

In a `console` block a line with `$` is a command; the lines below it stand in its output, in this order, `...` standing for
anything.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from kb.content.library import load_library
from kb.content.stamp import stamp_translations
from kb.settings import Settings
from tests.api.serving import Server, environment
from tests.conftest import ROOT
from tests.content.writing import ORIGINAL, PATH, TRANSLATED, TRANSLATION, write
from tests.contribute.filling import filled, saved

WRITERS = {"CONTRIBUTING.md": ("en", "filled-in.docx"), "CONTRIBUIR.md": ("es", "plantilla-llena.docx")}
REVIEWERS = {"docs/reviewing.md": "en", "docs/guia-de-revision.md": "es"}
INTEGRATORS = ("docs/integrating.md", "docs/guia-de-integracion.md")
PAIRS = [
    ("CONTRIBUTING.md", "CONTRIBUIR.md"),
    tuple(REVIEWERS),
    INTEGRATORS,
    ("docs/content-guide.md", "docs/guia-de-contenido.md"),
]
KB = [sys.executable, "-c", "from kb.cli import main; main()"]
ADDRESS = "http://127.0.0.1:8000"


def steps(guide: str) -> list[tuple[str, list[str]]]:
    """(command, lines of its output) in the guide's order."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", (ROOT / guide).read_text(encoding="utf-8"), re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif line.strip():
                found[-1][1].append(line)
    return found


def assert_shown(command: str, lines: list[str], output: str) -> None:
    at = 0
    for line in lines:
        pattern = ".*".join(re.escape(part) for part in line.split("..."))
        match = re.compile(pattern).search(output, at)
        assert match, f"`{command}` does not print {line!r} there:\n{output}"
        at = match.end()


def run(command: str, folder: Path, settings: Settings) -> str:
    words = shlex.split(command)
    words = KB + words[1:] if words[0] == "kb" else words
    names = {
        "GIT_AUTHOR_NAME": "T",
        "GIT_AUTHOR_EMAIL": "t@example.org",
        "GIT_COMMITTER_NAME": "T",
        "GIT_COMMITTER_EMAIL": "t@example.org",
    }
    variables = {**environment(settings), **names, "KB_CONTENT": "content", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    if words[0] == "git":
        assert done.returncode == 0, f"`{command}`: {done.stderr}"
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout + done.stderr


def _said_otherwise(text: str) -> str:
    """Another practice than the one that is handed in: no sentence of it stands there too."""
    for old, new in (
        ("People who arrive by bus", "Travellers who arrive"), ("The town put", "The city set"), ("Students left", "Trainees left"),
        ("The desk advised", "The counter advised"), ("Quien llega", "Quien baja"), ("La municipalidad puso", "La ciudad puso"),
        ("La mesa orientó", "La ventanilla orientó"), ("Los estudiantes se", "Las estudiantes se"),
    ):  # fmt: skip
        text = text.replace(old, new)
    return text


@pytest.fixture
def checkout(tmp_path: Path, settings: Settings) -> Path:
    """A copy of a repository with one published practice, and the place that it is pushed to."""
    folder = tmp_path / "checkout"
    write(folder / "content", PATH, _said_otherwise(ORIGINAL))
    write(folder / "content", TRANSLATED, _said_otherwise(TRANSLATION).format(fingerprint="x"))
    list(stamp_translations(load_library(folder / "content"), ["all"]))
    shutil.copytree(ROOT / ".githooks", folder / ".githooks")
    for command in ("git init -q -b main", "git add .", "git commit -q -m published", "git init -q --bare ../origin"):
        run(command, folder, settings)
    run("git remote add origin ../origin", folder, settings)
    return folder


@pytest.mark.parametrize("guide", list(WRITERS))
def test_each_step_of_a_contributor(guide: str, checkout: Path, settings: Settings) -> None:
    lang, file = WRITERS[guide]
    saved(filled(lang), checkout / file)
    done = 0
    for command, lines in steps(guide):
        assert_shown(command, lines, run(command, checkout, settings))
        done += 1
    assert done >= 9
    branch = {"en": "legal-desk", "es": "mesa-legal"}[lang]
    assert branch in run("git ls-remote origin", checkout, settings)


@pytest.mark.parametrize("guide", list(REVIEWERS))
def test_each_step_of_a_reviewer(guide: str, checkout: Path, settings: Settings) -> None:
    saved(filled(REVIEWERS[guide]), checkout / "x.docx")
    for command in ("git switch -q -c proposal", "kb import x.docx", "git add content", "git commit -q -m proposal"):
        run(command, checkout, settings)
    for command, lines in steps(guide):
        assert_shown(command, lines, run(command, checkout, settings))


@pytest.mark.parametrize("guide", INTEGRATORS)
def test_each_step_of_an_integrator(
    guide: str, server: Server, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = 0
    for command, lines in steps(guide):
        words = shlex.split(command)
        if words[0] == "curl":
            output = httpx.get(words[1].replace(ADDRESS, server.address), timeout=30).text
            asked += 1
        else:
            output = run(command.replace("kb check", f"kb check --content {settings.content}"), ROOT, settings)
        assert_shown(command, lines, output)
    assert asked == 5
    programs = re.findall(r"```python\n(.*?)```", (ROOT / guide).read_text(encoding="utf-8"), re.DOTALL)
    assert len(programs) == 2
    for program in programs:
        exec(program.replace(ADDRESS, server.address), {})
        assert len(capsys.readouterr().out.splitlines()) == 3


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0])
def test_both_languages_say_the_same(pair: tuple[str, str]) -> None:
    english, spanish = ((ROOT / name).read_text(encoding="utf-8") for name in pair)
    for shape in (r"^#+ ", r"^\|", r"^\$ (kb|git|curl) \w+", r"^```\w+"):
        assert len(re.findall(shape, english, re.MULTILINE)) == len(re.findall(shape, spanish, re.MULTILINE)), shape


def test_the_table_of_keys_in_the_guides_is_whole() -> None:
    from kb.contribute.schema import MODELS

    for name in ("docs/content-guide.md", "docs/guia-de-contenido.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for kind, model in MODELS.items():
            for key in model.model_fields:
                assert f"`{key}`" in text, f"{name} does not explain {key!r} of a {kind}"
