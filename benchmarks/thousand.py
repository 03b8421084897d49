"""The site of 1,000 practices: a full build, a build with nothing to do, a build after one edit.

    python -m benchmarks.thousand

Practices are copies of the real ones under new names, so that pages are as long and as linked as real ones. Neither the index nor
the search of similar practices takes part: similar practices are taken from the list, four a practice.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

from kb.content.library import Library, load_library
from kb.site.build import build_site

CONTENT = Path(__file__).parent.parent / "content"
PRACTICES = 1000
EDITED = "practices/sv/a-tu-lado-support-spaces.en.md"


def multiplied(source: Path, target: Path, practices: int) -> None:
    """Copies the content, and its practices again and again under new names until there are enough."""
    shutil.copytree(source, target)
    originals = sorted({path.with_suffix("").with_suffix("") for path in (target / "practices").rglob("*.md")})
    for number in range(practices - len(originals)):
        original = originals[number % len(originals)]
        for lang in ("en", "es"):
            page = original.with_name(f"{original.name}.{lang}.md")
            if page.is_file():
                shutil.copyfile(page, page.with_name(f"{original.name}-{number}.{lang}.md"))


def main() -> None:
    """Prints seconds on the wall and of the processor for each build."""
    with tempfile.TemporaryDirectory() as place:
        content, site = Path(place, "content"), Path(place, "site")
        multiplied(CONTENT, content, PRACTICES)
        _measured("full", _read(content), site)
        _measured("nothing changed", _read(content), site)
        page = content / EDITED
        page.write_text(page.read_text(encoding="utf-8").replace("**A telephone helpline**", "**A helpline**"))
        _measured("one edit", _read(content), site)


def _read(content: Path) -> Library:
    return load_library(content)


def _measured(name: str, library: Library, site: Path) -> None:
    ids = [entry.id for entry in library.practices]
    near = {one: [*ids[place + 1 : place + 5], *ids[:4]][:4] for place, one in enumerate(ids)}
    wall, processor = time.perf_counter(), time.process_time()
    report = build_site(library, site, lambda one: near.get(one, ()))
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    load = os.getloadavg()[0]
    print(
        f"{name:<16} {report.pages} pages, {report.written} written: {wall:.1f} s, {processor:.1f} s of processor; load {load:.1f}"
    )


if __name__ == "__main__":
    main()
