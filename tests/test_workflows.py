"""Every command of the workflows is run, in a checkout as the forge lays it out, on a page that passes and on one that does not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from kb.settings import Settings
from tests.conftest import ROOT
from tests.content.writing import ORIGINAL, PATH, changed, write
from tests.repositories import git

GITHUB = sorted((ROOT / ".github/workflows").glob("*.yml"))
GITLAB = ROOT / ".gitlab-ci.yml"
BASE_GITHUB, BASE_GITLAB = "BASE", "CI_MERGE_REQUEST_DIFF_BASE_SHA"


@dataclass(frozen=True)
class Step:
    """A command of a workflow with the variables that the workflow gives it."""

    where: str
    command: str
    variables: dict[str, str]


def _read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


def _steps() -> list[Step]:
    found = [
        Step(f"{file.name}: {step['run']}", step["run"], step.get("env", {}))
        for file in GITHUB
        for job in _read(file)["jobs"].values()
        for step in job["steps"]
        if "run" in step
    ]
    jobs = [job for job in _read(GITLAB).values() if isinstance(job, dict)]
    found += [Step(f"gitlab: {line}", line, {}) for job in jobs for line in job.get("script", ())]
    return found


STEPS = _steps()
OF_KB = [step for step in STEPS if ".venv/bin/kb" in step.command and " build" not in step.command]


def _commit(folder: Path, message: str) -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Tools with what is published, and beside them a clone of it to propose in, as `review.yml` lays them out."""
    folder = tmp_path / "checkout"
    write(folder / "content", PATH, ORIGINAL)
    tool = folder / ".venv/bin/kb"
    tool.parent.mkdir(parents=True)
    tool.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -c "from kb.cli import main; main()" "$@"\n')
    tool.chmod(0o755)
    (folder / ".gitignore").write_text("proposal\n.venv\n")
    git(tmp_path, "init", "-q", "-b", "main", str(folder))
    _commit(folder, "published")
    git(folder, "clone", "-q", ".", "proposal")
    return folder


def _run(step: Step, checkout: Path, settings: Settings, base: str) -> tuple[int, str]:
    """Runs a step as the forge does; gives its exit code and all that it wrote."""
    summary = checkout / "summary.md"
    variables = {
        "PATH": os.environ["PATH"],
        "KB_INDEX": str(settings.index),
        "KB_CACHE": str(settings.cache),
        BASE_GITLAB: base,
        "GITHUB_STEP_SUMMARY": str(summary),
        **{name: base if "${{" in value else value for name, value in step.variables.items()},
    }
    done = subprocess.run(
        ["bash", "-e", "-c", step.command], cwd=checkout, env=variables, capture_output=True, text=True, check=False
    )
    written = [file.read_text(encoding="utf-8") for file in (summary, checkout / "review.md") if file.exists()]
    return done.returncode, "".join([done.stdout, done.stderr, *written])


@pytest.mark.parametrize("step", OF_KB, ids=lambda step: step.where)
@pytest.mark.parametrize("good", [True, False], ids=["passes", "fails"])
def test_a_check_in_a_workflow_runs(step: Step, good: bool, checkout: Path, settings: Settings) -> None:
    in_clone = "proposal" in step.variables.get("KB_CONTENT", "")
    folder = checkout / "proposal" if in_clone else checkout
    base = git(folder, "rev-parse", "HEAD")
    written = ORIGINAL if good else changed("status: ongoing", "status: onging")
    write(folder / "content", "practices/hn/new.en.md", written.replace("[SV]", "[HN]").replace(" [1]", " there [1]"))
    _commit(folder, "proposal")
    code, said = _run(step, checkout, settings, base)
    assert "Traceback" not in said
    assert (code == 0) == good, said
    assert ("is not a term of status" in said) != good
    if "markdown" in step.command:
        assert "## What the checks say" in said
        assert "new.en.md" in said or "Drop-in legal desk" in said
    elif "github" in step.command and not good:
        assert "::error file=content/practices/hn/new.en.md,line=" in said


@pytest.mark.parametrize("step", [s for s in STEPS if s.command.startswith("make")], ids=lambda step: step.where)
def test_a_target_of_a_workflow_is_there(step: Step) -> None:
    make = shutil.which("make")
    assert make
    done = subprocess.run(
        [make, "-n", *step.command.split()[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_no_step_is_left_out() -> None:
    """What is neither checked above nor a target of make is the build, which the whole suite rests on."""
    others = {step.command for step in STEPS if step not in OF_KB and not step.command.startswith("make")}
    assert others == {".venv/bin/kb build"}


@pytest.mark.parametrize("file", GITHUB, ids=lambda file: file.name)
def test_jobs_name_what_there_is(file: Path) -> None:
    jobs = _read(file)["jobs"]
    for job in jobs.values():
        assert job["runs-on"].startswith("ubuntu-")
        assert {job["needs"]} <= jobs.keys() if "needs" in job else True
        for step in job["steps"]:
            assert ("run" in step) != ("uses" in step)
            if "uses" in step:
                name, at, version = step["uses"].partition("@")
                assert name.startswith("actions/")
                assert at
                assert version
