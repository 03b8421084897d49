"""Contributions that mean harm: each gets one clear sentence, costs little memory, and the rest still builds."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.content.library import load_library
from kb.content.markdown import render
from kb.contribute.proposal import propose
from kb.contribute.word_import import import_word
from kb.contribute.word_template import template
from kb.contribute.writing import name_from
from kb.errors import ContributionError
from kb.site.build import build_site
from tests.content.writing import ORIGINAL, PATH, changed, problems, write

BAD = "practices/sv/bad.en.md"
MEGABYTES = 150
"""Most memory that a hostile file may add to a process: a 50 MB file read whole, or a bomb unpacked, takes more."""

BOMB = (
    "---\n"
    + "".join(f"{c}: &{c} [{', '.join(['*' + p] * 9)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True))
    + "---\n"
)

# Each row: what it is, the file, what its one sentence says.
HOSTILE: list[tuple[str, Callable[[], str], str]] = [
    ("yaml bomb", lambda: BOMB.replace("---\n", "---\na: &a [x]\n", 1), "uses `&` or `*` (YAML anchors)"),
    ("alias to itself", lambda: "---\na: &a [*a]\n---\n", "uses `&` or `*` (YAML anchors)"),
    ("code in a tag", lambda: "---\na: !!python/object/apply:os.system ['touch x']\n---\n", "uses `!` (a YAML tag)"),
    ("deep nesting in flow style", lambda: "---\na: " + "[" * 20_000 + "\n---\n", "goes on for 20000 characters"),
    ("deep nesting with spaces", lambda: "---\na: " + "[ " * 20_000 + "\n---\n", "is nested deeper than 6 levels"),
    ("deep nesting in blocks", lambda: "---\n" + "".join(" " * i + "a:\n" for i in range(250)) + "---\n", "is nested deeper than 6"),
    ("50 MB", lambda: ORIGINAL + "word " * 10_000_000, "is larger than 64 kB"),
    ("a million headings", lambda: ORIGINAL + "# x\n" * 1_000_000, "is larger than 64 kB"),
    ("thousands of headings", lambda: ORIGINAL + "# x\n" * 14_000, "headings and rules; a page has the few headings"),
    ("thousands of underlined headings", lambda: ORIGINAL + "x\n=\n\n" * 10_000, "headings and rules; a page has the few"),
    ("thousands of keys", lambda: ORIGINAL.replace("---\n", "---\n" + "".join(f"k{i}: 1\n" for i in range(6000)), 1), "has more problems than these 50; mend them first"),
    ("brackets without end", lambda: changed("paid their lunch", "[" * 60_000), "goes on for 60000 characters without a space"),
    ("a script", lambda: changed("paid their lunch", "<script>alert(1)</script> lunch"), "raw HTML is shown as text"),
    ("a javascript link", lambda: changed("paid their lunch", "paid [lunch](javascript:alert(1))"), "a link to 'javascript:' is shown as text"),
    ("a data link", lambda: changed("paid their lunch", "paid <data:text/html,x>"), "a link to 'data:' is shown as text"),
    ("a javascript source", lambda: changed("https://example.org/report", "javascript:alert(1)"), "is not a web address"),
    ("right-to-left override", lambda: changed("Drop-in", "Drop\u202ein"), "holds the invisible character U+202E"),
    ("isolate", lambda: changed("Drop-in", "Drop\u2066in"), "holds the invisible character U+2066"),
    ("homoglyph in a word", lambda: changed("Drop-in legal", "Drop-in l\u0435gal"), "a letter of another alphabet, CYRILLIC SMALL LETTER IE"),
    ("homoglyph in an id", lambda: changed("tier:", "related: [sv-l\u0435gal-desk]\ntier:"), "a letter of another alphabet, CYRILLIC"),
    ("null byte", lambda: changed("Drop-in", "Drop\x00in"), "holds the invisible character U+0000"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_one_clear_sentence_and_the_rest_still_builds(tmp_path: Path, text: Callable[[], str], sentence: str) -> None:
    content = tmp_path / "content"
    write(content, PATH, ORIGINAL.replace("legal desk", "paper desk").replace("Students left", "Pupils went"))
    write(content, BAD, text())
    own = [problem for problem in problems(content) if problem.startswith(BAD)]
    assert any(sentence in problem for problem in own), own[:3]
    assert len(own) <= 51
    assert all(len(problem) < 1000 for problem in own)
    library = load_library(content)
    assert "sv-legal-desk" in library.entries
    build_site(library, tmp_path / "site")
    page = (tmp_path / "site/en/practices/sv-legal-desk/index.html").read_text(encoding="utf-8")
    assert "paper desk" in page
    for made in (tmp_path / "site").rglob("*.html"):
        shown = made.read_text(encoding="utf-8")
        assert "<script>" not in shown
        assert 'href="javascript' not in shown


def test_links_out_of_the_tree_are_refused_and_never_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    write(secret, "sv/stolen.en.md", ORIGINAL)
    content = tmp_path / "content"
    write(content, "practices/sv/good.en.md", ORIGINAL)
    (content / "practices/sv/linked.en.md").symlink_to(secret / "sv/stolen.en.md")
    (content / "practices/hn").symlink_to(secret / "sv")
    (content / "commitments").symlink_to(secret)
    (content / "practices/gt").symlink_to(content / "practices")
    found = problems(content)
    assert [problem.split(":")[0] for problem in found] == [
        "commitments", "practices/gt", "practices/hn", "practices/sv/linked.en.md",
    ]  # fmt: skip
    assert all("is a link or a device" in problem for problem in found)
    assert list(load_library(content).entries) == ["sv-good"]


@pytest.mark.parametrize("name", ["../../evil", "..", "a/b", "/etc/passwd", "A B", "l\u0435gal", "x\n", "-rf", ""])
def test_no_name_leads_out_of_its_folder(name: str) -> None:
    answers = {"countries": ["SV"], "title": f"{name} title"}
    if name:
        with pytest.raises(ContributionError, match="cannot be the name of a file"):
            propose(answers, "en", name)
    assert propose(answers, "en").path.startswith("practices/sv/")
    assert ".." not in propose(answers, "en").path
    assert set(name_from(name)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def _zip(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def _word(**changes: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(template("en"))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return _zip(parts | {name.replace("__", "/").replace("_DOT_", "."): content for name, content in changes.items()})


ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "' + b"&a;" * 1000 + b'">]><x>&b;</x>'
DEEP = b"<?xml version='1.0'?>" + b"<x>" * 100_000 + b"</x>" * 100_000

# Each row: what it is, the file's bytes, what the sentence says.
WORDS: list[tuple[str, Callable[[], bytes], str]] = [
    ("zip bomb in a picture", lambda: _word(word__media__a_DOT_png=bytes(200 * 2**20)), "unpacks to"),
    ("zip bomb in the text", lambda: _word(word__document_DOT_xml=b" " * (30 * 2**20)), "unpacks to"),
    ("thousands of parts", lambda: _zip({f"{i}.xml": b"" for i in range(2000)}), "unpacks to 2000 parts"),
    ("external entity", lambda: _word(word__document_DOT_xml=ENTITY), "holds XML with a DOCTYPE"),
    ("external entity in UTF-16", lambda: _word(word__document_DOT_xml=ENTITY.decode().encode("utf-16")), "holds XML with a DOCTYPE"),
    ("billion laughs", lambda: _word(word__styles_DOT_xml=LAUGHS), "holds XML with a DOCTYPE"),
    ("deep XML", lambda: _word(word__document_DOT_xml=DEEP), "is not a Word document that can be read"),
    ("no XML", lambda: _word(word__document_DOT_xml=b"hello"), "is not a Word document that can be read"),
    ("old Word", lambda: b"\xd0\xcf\x11\xe0" + bytes(100), "protected by a password or of an old Word"),
    ("not a zip", lambda: b"hello", "is not a Word document that can be read"),
    ("an empty file", lambda: b"", "is not a Word document that can be read"),
    ("another zip", lambda: _zip({"a.txt": b"x"}), "is not a Word document that can be read"),
    ("cut in the middle", lambda: template("en")[:9000], "is not a Word document that can be read"),
    ("21 MB", lambda: bytes(21 * 2**20), "is larger than 20 MB"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "sentence"), [row[1:] for row in WORDS], ids=[row[0] for row in WORDS])
def test_a_hostile_word_file_gets_one_sentence(tmp_path: Path, content: Callable[[], bytes], sentence: str) -> None:
    file = tmp_path / "x.docx"
    file.write_bytes(content())
    with pytest.raises(ContributionError, match=r"x\.docx") as caught:
        import_word(file)
    assert sentence in str(caught.value)
    assert len(str(caught.value)) < 300
    assert [one.name for one in tmp_path.iterdir()] == ["x.docx"]


def test_a_part_with_a_path_out_of_the_archive_is_never_written(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "er"
    place.mkdir(parents=True)
    file = place / "x.docx"
    with zipfile.ZipFile(file, "w") as archive, zipfile.ZipFile(io.BytesIO(template("en"))) as source:
        for name in source.namelist():
            archive.writestr(name, source.read(name))
        archive.writestr("../../evil.xml", b"<x/>")
    with pytest.raises(ContributionError, match="State"):  # an empty template names no State
        import_word(file)
    assert not list(tmp_path.rglob("evil*"))


MEASURE = """
import json, resource, sys
from pathlib import Path
from kb.content.checks import check_library
from kb.content.library import load_library
from kb.contribute.word_import import import_word
from kb.errors import KnowledgeBaseError
import docx
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
place = Path(sys.argv[1])
found = len(check_library(load_library(place / "content")))
for file in sorted(place.glob("*.docx")):
    try:
        import_word(file)
    except KnowledgeBaseError:
        found += 1
print(json.dumps([found, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024]))
"""


def test_memory_stays_bounded_over_all_of_them(tmp_path: Path) -> None:
    for number, (_, text, _) in enumerate(HOSTILE):
        write(tmp_path / "content", f"practices/sv/bad-{number}.en.md", text())
    for number, (_, content, _) in enumerate(WORDS):
        (tmp_path / f"{number}.docx").write_bytes(content())
    command = [sys.executable, "-c", MEASURE, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr
    found, megabytes = json.loads(done.stdout)
    assert found >= len(HOSTILE) + len(WORDS)
    assert megabytes < MEGABYTES


@pytest.mark.parametrize(
    "text", ["[x](java\tscript:alert(1))", "[x](&#106;avascript:alert(1))", "[x]: javascript:alert(1)\n\n[x]"]
)
def test_a_link_in_disguise_is_never_a_link(text: str) -> None:
    assert "javascript:" not in render(text).replace("&#106;", "j").split("href")[-1] or "href" not in render(text)
