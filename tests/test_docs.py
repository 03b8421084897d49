"""The commands that the README shows do what it says, and what we commit speaks of the project alone."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import pytest

from kb.settings import Settings
from tests.api.serving import environment
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.split("#")[0].strip().removeprefix(".venv/bin/")
    for name in ("README.md", "LEAME.md")
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
    if re.match(r"    (\.venv/bin/)?kb ", line)
]
# `serve` runs until it is stopped and is tested over HTTP; what writes files is tested on content of its own, the store on a server.
APART = ("serve", "stamp", "build", "new", "import", "templates", "store", "rollback", "mcp")
RUN = [command for command in dict.fromkeys(COMMANDS) if command.split()[1] not in APART]


@pytest.mark.parametrize("command", RUN)
def test_a_command_of_the_readme_runs(command: str, settings: Settings) -> None:
    arguments = shlex.split(command)[1:]
    script = [sys.executable, "-c", "from kb.cli import main; main()", *arguments]
    done = subprocess.run(script, env=environment(settings), cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_packages_are_in_the_readme_and_import_from_none_below_them() -> None:
    code = ROOT / "kb"
    order = re.findall(r"^\| `kb/(\w+)(?:\.py)?` \|", README, re.MULTILINE)
    serving_all = {"settings", "errors", "sentences", "quotations"}
    known = {path.stem for path in code.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert known - {"__init__", "cli"} == {*order, *serving_all}
    for file in code.rglob("*.py"):
        own = file.relative_to(code).parts[0].removesuffix(".py")
        above = set(order[: order.index(own) + 1]) if own in order else {"commands"} if own == "cli" else set()
        imported = set(re.findall(r"^ *from kb\.(\w+)", file.read_text(encoding="utf-8"), re.MULTILINE))
        assert imported <= above | serving_all, file


def test_every_verb_is_in_the_readme() -> None:
    from kb.cli import cli

    assert {command.split()[1] for command in COMMANDS} == set(cli.commands)


def test_an_error_is_one_sentence_and_an_exit_code(settings: Settings) -> None:
    script = [sys.executable, "-c", "from kb.cli import main; main()", "search", " "]
    done = subprocess.run(script, env=environment(settings), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        2,
        "kb: The query is empty; say in your own words what you are looking for.\n",
    )


def test_the_serving_process_never_imports_torch(settings: Settings) -> None:
    script = (
        "import sys; from kb.settings import load_settings; from kb.api.app import create_app;"
        "from kb.search.request import search_request; app = create_app(load_settings());"
        "app.state.service.engine.search(search_request('salud'));"
        "print(sorted({'torch', 'transformers', 'sentence_transformers', 'onnx'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(settings), capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_links_of_the_documents_resolve() -> None:
    for document in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (document.parent / target).exists(), f"{document.name} links to {target}"
