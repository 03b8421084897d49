"""Full and incremental builds, each as a process of its own, as an editor meets them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

from kb.settings import Settings

EDITED = "practices/sv/a-tu-lado-support-spaces.en.md"


def measure(settings: Settings) -> dict[str, float | str]:
    """Seconds of: everything encoded anew, nothing changed, one file edited."""
    place = settings.index.parent
    content = place / "content"
    shutil.copytree(settings.content, content)
    environment = os.environ | {
        "KB_CONTENT": str(content), "KB_INDEX": str(settings.index), "KB_SITE": str(settings.site),
    }  # fmt: skip
    fresh = place / "cache"
    for kept in ("models", "exports"):  # unpacking and exporting happen once a machine, not once a build
        shutil.copytree(settings.cache / kept, fresh / kept, copy_function=os.link)
    environment["KB_CACHE"] = str(fresh)
    full, report = _build(environment)
    again, _ = _build(environment)
    edited = content / EDITED
    edited.write_text(
        edited.read_text().replace("**A telephone helpline** of UNHCR", "**A helpline** that UNHCR answers")
    )
    incremental, _ = _build(environment)
    return {
        "full build, nothing kept (s)": full,
        "passages": float(report.split(" passages")[0].rpartition(" ")[2]),
        "full build, embeddings kept (s)": again,
        "incremental build after one edit (s)": incremental,
    }


def _build(environment: dict[str, str]) -> tuple[float, str]:
    started = time.perf_counter()

    done = subprocess.run(command("build"), env=environment, capture_output=True, text=True, check=True)
    return round(time.perf_counter() - started, 2), done.stdout


def command(*arguments: str) -> list[str]:
    """A `kb` command line of this interpreter."""
    return [sys.executable, "-c", "from kb.cli import main; main()", *arguments]
