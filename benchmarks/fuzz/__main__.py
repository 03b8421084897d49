"""python -m benchmarks.fuzz [seconds]: looks for content that makes the reader fail, or HTML that the allow-list does not know.

Needs atheris (`pip install atheris`), which exists for Linux and some versions of Python, and is no dependency of ours for that reason.
What it finds is written to a file named crash-...; the same command with that file as its argument tries it again.
"""

from __future__ import annotations

import sys
import tempfile

try:
    import atheris
except ImportError:
    sys.exit("Fuzzing needs atheris; install it with `.venv/bin/pip install atheris`.")

with atheris.instrument_imports(include=["kb.content", "markdown_it", "yaml"]):
    from kb.content.frontmatter import MalformedError, parse
    from kb.content.markdown import blocks, cited, outline, raw_html_line, render
    from tests.content.test_markdown import assert_safe

SECONDS = 300


def attempt(data: bytes) -> None:
    """Reads `data` as a content file, and its text as Markdown."""
    try:
        body = parse("practices/sv/x.en.md", data).body
    except MalformedError:
        body = data.decode("utf-8", "replace")
    assert_safe(render(body))
    for block in blocks(body):
        cited(block.text)
    outline(body)
    raw_html_line(body)


def main() -> None:
    given = sys.argv[1:]
    if given and not given[0].isdigit():
        options = given  # a crash to be tried again
    else:
        # What it finds worth keeping goes to a folder of the moment; it begins with the pages that there are.
        found = tempfile.mkdtemp(prefix="fuzz-")
        options = [f"-max_total_time={given[0] if given else SECONDS}", "-len_control=0", found, "content/practices"]
    atheris.Setup([sys.argv[0], "-max_len=8192", "-timeout=10", *options], attempt)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
