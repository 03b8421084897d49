"""Every promise of `kb check`: a problem of each kind is found, at its line, with words that say what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.cli import cli
from kb.content import library
from kb.content.checks import check_library
from kb.content.library import Library, load_library, words_fingerprint
from kb.content.sections import UNDOCUMENTED
from kb.content.stamp import stamp_translations
from kb.errors import ContentError
from tests.conftest import ROOT
from tests.content.writing import ORIGINAL, PATH, TRANSLATED, TRANSLATION, changed, line_of, problems, write


def test_the_real_content_has_no_problem(library: Library) -> None:
    assert [str(problem) for problem in check_library(library)] == []
    assert len(library.practices) > 100


def test_a_valid_folder_has_no_problem(tmp_path: Path) -> None:
    write(tmp_path, PATH, ORIGINAL)
    write(tmp_path, TRANSLATED, TRANSLATION.format(fingerprint="x"))
    list(stamp_translations(load_library(tmp_path), ["all"]))
    assert problems(tmp_path) == []


# Each row: what is changed in the valid original, into what, where the problem is reported, and what it says.
BAD = [
    ("status: ongoing", "statsu: ongoing", "statsu: ongoing", "statsu", "is not a key of this file. Did you mean 'status'?"),
    ("status: ongoing", "status: onging", "status: onging", "status", "'onging' is not a term of status. Did you mean 'ongoing'?"),
    ("[legal-aid]", "[legal-help]", "themes:", "themes.1", "'legal-help' is not a term of themes. Did you mean 'legal-aid'?"),
    ("countries: [SV]", "countries: [XX]", "countries:", "countries.1", "'XX' is not a term of countries."),
    ("countries: [SV]", "countries: [HN]", "countries:", "countries", "must hold SV, the folder that the file stands in."),
    ("title: Drop-in legal desk at the bus terminal\n", "", "summary:", "title", "is missing."),
    ("date: 2024-02", "date: 2024-13", "date: 2024-13", "sources.1.date", "'2024-13' is not a date; write it as 2023, 2023-09"),
    ("date: 2024-02", "date: 12 de febrero de 2024", "date: 12", "sources.1.date", "2100. Did you mean '2024-02-12'?"),
    ("start: 2023", "start: soon", "period:", "period.start", "'soon' is not a date"),
    ("end: null", "end: 2020", "period:", "period.end", "2020 lies before 2023."),
    ("review_by: 2025-03-01", "review_by: 2021-03-01", "review_by:", "review_by", "2021-03-01 lies before 2024-03-01."),
    ("status: ongoing", "status: en curso", "status:", "status", "is not a term of status. Did you mean 'ongoing'?"),
    ("themes: [legal-aid]", "themes: [Asistencia legal]", "themes:", "themes.1", "Did you mean 'legal-aid'?"),
    ("year: 2023, source: 1", "year: 2023", "People advised", "results.1.source", "is missing; every figure"),
    ("value: 120", "value: '120'", "People advised", "results.1.value", "must be a number"),
    ("source: 1}", "source: 4}", "People advised", "results.1.source", "names source 4, which is not among `sources` (1)."),
    ("year: 2023, source", "year: 2025, source", "People advised", "results.1.year", "2025 lies after the last review"),
    ("url: https://example.org/report", "url: javascript:alert(1)", "url:", "sources.1.url", "is not a web address"),
    ("  - Can a town run a legal desk without lawyers of its own?\n", "", "questions:", "questions", "has 2 items; at least 3"),
    ("lawyers of its own?", "lawyers of its own", "Can a town", "questions.3", "is not a question"),
    ("lunch [1]", "lunch [2]", "lunch [2]", "body", "cites source [2], which is not among `sources` (1)."),
    ("lunch [1]", "lunch for 35 days", "lunch for 35", "body", "the figure 35 has no source"),
    ("## The need", "Call Ana at night.\n\n## The need", "Call Ana", "body", "text stands above the first heading"),
    ("## Results", "## Outcomes", "## Outcomes", "body", "heading 'Outcomes' is not one of this kind of page."),
    ("## The need", "# The need", "# The need", "body", "a heading with one `#` is the page's title"),
    ("paid their lunch [1]", "paid <b>lunch</b> [1]", "paid <b>", "body", "raw HTML is shown as text"),
    ("paid their lunch [1]", "paid jane.doe@example.org [1]", "paid jane", "body", "looks like a person's e-mail address"),
    ("paid their lunch [1]", "paid\n![lunch](https://example.org/a.png) [1]", "![lunch]", "body", "a picture is shown as text"),
    ("paid their lunch [1]", "paid\n[lunch](lunch.md) [1]", "[lunch](", "body", "a link to 'lunch.md' leads nowhere"),
    ("paid their lunch [1]", "paid [lunch](#need) [1]", "paid [lunch]", "body", "a link to '#need' leads nowhere"),
    ("paid their lunch [1]", "paid [lunch][l] [1]\n\n[l]: b.md", "paid [lunch]", "body", "a link to 'b.md"),
    ("paid their lunch [1]", "paid them [1](b.md) [1]", "paid them", "body", "a link to 'b.md"),
    ("paid their lunch [1]", "paid <mailto:info@example.org> [1]", "paid <mailto", "body", "a link to 'mailto:' is shown"),
    ("lunch [1]", "lunch [1-2]", "lunch [1-2]", "body", "[1-2] is shown as text and cites nothing; write each number"),
    ("lunch [1]", "lunch [1 y 2]", "lunch [1 y 2]", "body", "[1 y 2] is shown as text and cites nothing"),
    ("lunch [1]", "lunch [1, pág. 4]", "lunch [1, pág", "body", "[1, pág. 4] is shown as text and cites nothing"),
    ("paid their lunch [1]", "paid\ntheir lunch [^1].\n\n[^1]: Report", "their lunch [^1]", "body", "[^1]: pages have no footnotes"),
    ("paid their lunch [1]", "paid [1]\n\n[^a]: https://example.org/a", "[^a]:", "body", "[^a]: pages have no footnotes"),
    ("date: 2024-02", "date: 2031-02", "date: 2031-02", "sources.1.date", "2031-02 lies after the last review"),
    ("Students left", "Mr. Example left", "Mr. Example", "body", "looks like the name of a person"),
    ("Not documented yet.\n", "", "## Adapting it", "body", "nothing stands below 'Adapting it'"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "at", "key", "message"), BAD, ids=[row[3] + ":" + row[1] for row in BAD])
def test_each_problem_is_found_at_its_line(tmp_path: Path, old: str, new: str, at: str, key: str, message: str) -> None:
    text = changed(old, new)
    write(tmp_path, PATH, text)
    line = 1 if message == "is missing." else line_of(text, at)
    found = problems(tmp_path)
    start = f"{PATH}:{line}: {key}: "
    assert any(problem.startswith(start) and message in problem for problem in found), found


@pytest.mark.parametrize(
    "fine", ["[1, 1]", "[sic] [1]", "[12 people] [1]", "[a page](https://example.org/a) [1]", "`[a](b.md)` [1]"]
)
def test_brackets_that_pages_show_as_meant_are_no_problem(tmp_path: Path, fine: str) -> None:
    write(tmp_path, PATH, changed("lunch [1]", f"lunch {fine}"))
    assert problems(tmp_path) == []


def test_a_page_in_the_other_language_is_noticed(tmp_path: Path) -> None:
    write(tmp_path, "practices/sv/mesa.es.md", ORIGINAL)
    found = [
        problem for problem in problems(tmp_path) if "seems to be in English; a file that ends in .es.md" in problem
    ]
    assert [problem.split(": ")[1] for problem in found] == ["summary", "body"]
    front, english, spanish = ORIGINAL.split("---")[1], ORIGINAL.split("---")[2], TRANSLATION.split("---")[2]
    for theirs, ours in zip(_headings(spanish), _headings(english), strict=True):
        spanish = spanish.replace(theirs, ours)
    write(tmp_path, PATH, f"---{front}---{spanish}")
    found = [problem for problem in problems(tmp_path) if "seems to be in Spanish" in problem]
    assert [problem.split(": ")[:2] for problem in found] == [[f"{PATH}:{line}", "body"] for line in (30, 34, 38, 42)]


def _headings(body: str) -> list[str]:
    return [line for line in body.split("\n") if line.startswith("## ")]


@pytest.mark.parametrize("body", ["", "\nThe town put up a desk [1].\n"])
def test_a_page_without_headings_hears_which_it_needs(tmp_path: Path, body: str) -> None:
    write(tmp_path, PATH, "---" + ORIGINAL.split("---")[1] + "---\n" + body)
    assert any("body: heading missing: The need; What was done" in problem for problem in problems(tmp_path))


def test_a_footnote_is_called_a_footnote_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, PATH, changed("lunch [1].", "lunch [^1].\n\n[^1]: report.md"))
    found = problems(tmp_path)
    assert len(found) == 2, found
    assert all("[^1]: pages have no footnotes; put the document among the sources" in problem for problem in found)


def test_brackets_that_cite_nothing_are_said_once(tmp_path: Path) -> None:
    write(tmp_path, PATH, changed("lunch [1]", "lunch [1-2]"))
    assert len(problems(tmp_path)) == 1


def test_all_problems_are_reported_at_once(tmp_path: Path) -> None:
    text = ORIGINAL.replace("status: ongoing", "status: x").replace("2024-02", "x").replace("[legal-aid]", "[x]")
    write(tmp_path, PATH, text)
    write(tmp_path, "practices/sv/other.en.md", "no front matter")
    keys = {problem.split(": ")[1] for problem in problems(tmp_path)}
    assert keys == {"status", "sources.1.date", "themes.1", "front matter"}


def test_what_is_wrong_in_the_text_does_not_wait_for_the_front_matter(tmp_path: Path) -> None:
    wrong = changed("value: 120", "value: many").replace("lunch [1]", "lunch 45% [9]").replace("    language: en\n", "")
    write(tmp_path, PATH, wrong)
    found = problems(tmp_path)
    assert [problem.split(": ")[1] for problem in found] == ["results.1.value", "sources.1.language", "body"]
    assert any("numbers are written 1,140" in problem for problem in found)
    # Whether there is a source 9, or whether 120 has one, cannot be known yet.
    assert not any("cites source" in problem or "has no source" in problem for problem in found)
    write(tmp_path, PATH, changed("status: ongoing", "status: x").replace("lunch [1]", "lunch [9], 35 days"))
    assert len(problems(tmp_path)) == 3


def test_what_is_wrong_in_a_translation_does_not_wait_for_its_front_matter(tmp_path: Path) -> None:
    write(tmp_path, PATH, ORIGINAL)
    write(
        tmp_path,
        TRANSLATED,
        TRANSLATION.format(fingerprint="x").replace("title:", "titel:").replace("por semanas", '"lejos" [9]'),
    )
    found = problems(tmp_path)
    assert [problem.split(": ")[1] for problem in found] == ["title", "fingerprint", "titel", "body", "body"]


def test_an_unused_source_is_named(tmp_path: Path) -> None:
    extra = "    language: en\n  - n: 2\n    title: Unused\n    publisher: Nobody\n    language: en\n"
    write(tmp_path, PATH, ORIGINAL.replace("    language: en\n", extra))
    assert any("source 2 is never cited" in problem for problem in problems(tmp_path))


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"---\ntitle: caf\xe9\n---\n", 2, "is not UTF-8 (byte 0xe9)"),
        (b"title: x\n", 1, "must begin with a line `---`"),
        (b"---\ntitle: x\n", 1, "is not closed"),
        (b"---\ntitle: [x\n---\n", 2, "opens a `[` that is not closed with `]`"),
        (b"---\ntitle: x\nplaces: {a: b\nstatus: y\n---\n", 3, "opens a `{` that is not closed with `}`"),
        (b"---\nplaces: [a, , b]\n---\n", 2, "has an empty place between brackets or commas"),
        (b"---\nplaces: [\n---\n", 2, "or a bracket that is not closed"),
        (b"---\ntitle: ]x\n---\n", 2, "has a text that begins with ']'"),
        (b"---\ntitle: a: b\n---\n", 2, "has one `: ` too many"),
        (b'---\ntitle: "a\nsummary: b\n---\n', 2, "opens a quote mark that is never closed"),
        (b"---\ntitle: x\nsummary b\nplaces: y\n---\n", 3, "has no `: ` between key and text"),
        (b"---\ntitle: x\nplaces: @b\n---\n", 3, "has a text that begins with '@'"),
        (b"---\ntitle: x\nplaces: >50 of b\n---\n", 3, "has a text that begins with '>'"),
        (b"---\nplaces: x\ntitle: * b\n---\n", 3, "has a text that begins with '*'"),
        (b"---\nplaces: x\n  title: b\n---\n", 3, "is indented below a line that has its text already"),
        (b"---\nplaces:\n  - x\n - y\n---\n", 4, "does not stand in line with its neighbours"),
        (b'---\nplaces: x\ntitle: "b" y\n---\n', 3, "goes on behind a closing quote mark"),
        (b'---\nplaces: x\ntitle: "b\\q"\n---\n', 3, "holds a `\\` between double quotes"),
        (b"---\nplaces: - x\n---\n", 2, "begins a list behind its key"),
        (b"---\ntitle: x\n...\nplaces: y\n---\n", 4, "is not valid YAML"),
        (b"---\nresults:\n  - {label: a, value: 1,200, source: 1}\n---\n", 3, "results: 1,200 may be read in two ways"),
        (b"---\nresults:\n  - {label: a, value: 56,7}\n---\n", 3, "results: 56,7 may be read in two ways"),
        (b"---\nresults:\n  - {label: a, in town, value: 1}\n---\n", 3, "results: 'in town' stands alone"),
        (b"---\na: &x [1]\nb: *x\n---\n", 2, "uses `&` or `*`"),
        (b"---\na: !!python/name:os.system x\n---\n", 2, "uses `!`"),
        (b"---\ntitle: x\ntitle: y\n---\n", 3, "stands twice"),
        (b"---\n- x\n---\n", 2, "must be a list of `key: value` lines"),
        (b"---\na: [[[[[[[[[[1]]]]]]]]]]\n---\n", 2, "is nested deeper than 6 levels"),
        ("---\ntitle: abc\u202etxt\n---\n".encode(), 2, "holds the invisible character U+202E"),
        (b"---\ntitle: x\nresults:\n  - value: 1.200\n---\n", 4, "results: 1.200 may be read in two ways"),
        (b"---\ntitle: x\nresults:\n  - value: 12,000\n---\n", 4, "results: 12,000 may be read in two ways"),
        (
            b"---\ntitle: x  # a remark\nsummary: Window #1 of the register\n---\n",
            3,
            "'#1 of the register' would be left out",
        ),
        ("---\nplaces:\n  - Sector más allá #4\n---\n".encode(), 3, "'#4' would be left out"),
        (b"---\ntitle: x\n\tplaces: y\n---\n", 3, "holds a tab"),
        (b"---\n<<<<<<< HEAD\ntitle: x\n=======\ntitle: y\n>>>>>>> other\n---\n", 2, "holds the marks of a conflict"),
        (b'---\nsummary: x\ntitle: "abc \\u200b txt"\n---\n', 3, "title: holds the invisible character U+200B"),
        (b'---\ntitle: ["abc", "\\uffff"]\n---\n', 2, "title: holds the invisible character U+FFFF"),
        ("---\ntitle: x\n---\nabc\u0085txt\n".encode(), 4, "holds the invisible character U+0085"),
        (b"---\ntitle: x\n---\n" + b"x" * 300_000, 1, "is larger than 64 kB"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(tmp_path: Path, content: bytes, line: int, message: str) -> None:
    write(tmp_path, PATH, content)
    write(tmp_path, "practices/sv/good.en.md", ORIGINAL)
    found = problems(tmp_path)
    assert len(found) == 1
    assert found[0].startswith(f"{PATH}:{line}: ")
    assert message in found[0]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("practices/sv/Legal Desk.en.md", "is not named practices/<country>/<name>"),
        ("practices/sv/legal-desk.fr.md", "is not named practices/<country>/<name>"),
        ("practices/sv/notes.txt", "is not named practices/<country>/<name>"),
        ("practices/legal-desk.en.md", "is not named practices/<country>/<name>"),
        ("practices/xx/legal-desk.en.md", "stands in 'xx', which is no country code"),
        ("practices/SV/legal-desk.en.md", "stands in 'SV'; write the name of the folder in small letters, 'sv'."),
        ("commitments/Regional/plan.en.md", "write the name of the folder in small letters, 'regional'."),
        ("practices/sv/l\u0435gal-desk.en.md", "is not named practices/<country>/<name>"),  # Cyrillic e
    ],
)
def test_a_file_in_the_wrong_place(tmp_path: Path, path: str, message: str) -> None:
    write(tmp_path, path, ORIGINAL)
    assert any(message in problem for problem in problems(tmp_path))


def test_a_file_that_goes_while_the_folder_is_read_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Editors write beside a file and rename; what was listed may be gone when it is looked at."""
    write(tmp_path, PATH, ORIGINAL)
    walk = library._walk
    gone = tmp_path / "practices/sv/gone.en.md"
    monkeypatch.setattr(
        library, "_walk", lambda folder: [*walk(folder), *([gone] if folder.name == "practices" else [])]
    )
    found = load_library(tmp_path)
    assert len(found.practices) == 1
    assert [problem.path for problem in found.problems] == ["practices/sv/gone.en.md"]


def test_a_link_out_of_the_tree_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text(ORIGINAL)
    write(tmp_path / "content", "practices/sv/good.en.md", ORIGINAL)
    (tmp_path / "content" / "practices" / "sv" / "bad.en.md").symlink_to(secret)
    (tmp_path / "content" / "practices" / "hn").symlink_to(tmp_path)
    found = problems(tmp_path / "content")
    assert len(found) == 2
    assert all("is a link or a device" in problem for problem in found)


def test_two_originals_of_one_id(tmp_path: Path) -> None:
    write(tmp_path, PATH, ORIGINAL)
    write(tmp_path, TRANSLATED, ORIGINAL)
    assert any("has the same id as practices/sv/legal-desk.en.md, 'sv-legal-desk'" in p for p in problems(tmp_path))


def test_a_translation_without_its_original(tmp_path: Path) -> None:
    write(tmp_path, TRANSLATED, TRANSLATION.format(fingerprint="x"))
    assert any("translates a page that is not there" in problem for problem in problems(tmp_path))


def _pair(folder: Path, translation: str) -> list[str]:
    write(folder, PATH, ORIGINAL)
    write(folder, TRANSLATED, ORIGINAL)
    current = words_fingerprint(load_library(folder).entries["sv-legal-desk"].original)
    write(folder, TRANSLATED, translation.format(fingerprint=current))
    return problems(folder)


def test_other_quotation_marks_are_seen_in_spanish(tmp_path: Path) -> None:
    quoted = TRANSLATION.replace("Mesa legal en", 'Mesa "legal" en').replace("por semanas", 'por "semanas"')
    found = _pair(tmp_path, quoted)
    assert [problem.split(": ")[1] for problem in found] == ["title", "body"]
    assert all("quotes with other marks than «...»" in problem for problem in found)
    assert len(_pair(tmp_path, quoted.replace('"legal"', "“legal”").replace('"semanas"', "“semanas”"))) == 2
    assert _pair(tmp_path, quoted.replace('"legal"', "«legal»").replace('"semanas"', "«casi “semanas”»")) == []


@pytest.mark.parametrize("written", ["45%", "45 %", "3,5 million", "12 500 meals", "1’250 meals"])
def test_numbers_written_another_way_are_seen(tmp_path: Path, written: str) -> None:
    write(
        tmp_path, PATH, changed("paid their lunch [1]", f"paid {written} of it [1]; see <https://example.org/a1%20b>")
    )
    assert any("numbers are written 1,140 and 56.7" in problem for problem in problems(tmp_path))
    write(
        tmp_path,
        PATH,
        changed("paid their lunch [1]", "paid 45 per cent, 1,250 or 3.5 [1]; <https://example.org/a1%20b>"),
    )
    assert not any("numbers are written" in problem for problem in problems(tmp_path))


def test_a_stale_translation_is_seen(tmp_path: Path) -> None:
    assert _pair(tmp_path, TRANSLATION) == []
    write(tmp_path, PATH, changed("two law students", "three law students"))
    assert any("has changed since this translation was made" in problem for problem in problems(tmp_path))


def test_facts_that_change_do_not_make_a_translation_stale(tmp_path: Path) -> None:
    _pair(tmp_path, TRANSLATION)
    write(tmp_path, PATH, changed("status: ongoing", "status: completed"))
    assert problems(tmp_path) == []


def test_stamping_says_what_it_did_and_what_there_was_to_do(tmp_path: Path) -> None:
    write(tmp_path, PATH, ORIGINAL)
    write(tmp_path, TRANSLATED, TRANSLATION.format(fingerprint="old"))
    write(tmp_path, "practices/sv/alone.en.md", ORIGINAL)

    def said(*ids: str) -> str:
        return CliRunner(env={"KB_LANG": "en"}).invoke(cli, ["stamp", *ids, "--content", str(tmp_path)]).output

    assert said("sv-legal-desk") == f"Stamped {tmp_path}/{TRANSLATED}.\n"
    assert said("sv-legal-desk", "sv-legal-desk") == "The translation of sv-legal-desk is stamped already.\n"
    assert said("all") == "All translations are stamped already.\n"
    assert said("sv-alone").startswith("sv-alone has no translation that can be read; `kb check` says")
    in_spanish = CliRunner(env={"KB_LANG": "es"}).invoke(cli, ["stamp", "all", "--content", str(tmp_path)])
    assert in_spanish.output == "Todas las traducciones ya están marcadas como actualizadas.\n"


def test_stamping_what_does_not_exist_is_said_and_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path, PATH, ORIGINAL)
    write(tmp_path, TRANSLATED, TRANSLATION.format(fingerprint="old"))
    for ids in (["sv-legal-desk", "sv-nothing"], ["all", "sv-nothing"]):
        done = CliRunner().invoke(cli, ["stamp", *ids, "--content", str(tmp_path)])
        assert str(done.exception).startswith("There is no entry 'sv-nothing'.")
    assert "fingerprint: old" in (tmp_path / TRANSLATED).read_text()
    write(tmp_path, PATH, changed("status: ongoing", "status: soon"))
    done = CliRunner().invoke(cli, ["stamp", "sv-legal-desk", "--content", str(tmp_path)])
    assert str(done.exception).startswith("sv-legal-desk cannot be read; run `kb check`")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("a 120 personas en su", "a 210 personas en su", "120 is missing; 210 is not in the original"),
        ("  - Personas orientadas\n", "  - Personas orientadas\n  - Otra\n", "has 2 items; the original has 1"),
        ("results:\n  - Personas orientadas\n", "", "has 0 items; the original has 1"),
        ("¿Cómo orientamos", "Cómo orientamos", "opens without ¿"),
        ("translates: en", "translates: es", "must name the language of the original"),
        ("translation: machine-assisted", "translation: perfect", "'perfect' is not a term of translation"),
        ("implementers:", "countries: [SV]\nimplementers:", "is not a key of this file"),
    ],
)
def test_a_translation_must_match_its_original(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in TRANSLATION
    assert any(message in problem for problem in _pair(tmp_path, TRANSLATION.replace(old, new)))


def test_a_sentence_in_two_practices(tmp_path: Path) -> None:
    write(tmp_path, PATH, ORIGINAL)
    write(tmp_path, "practices/sv/other.en.md", ORIGINAL)
    assert any("stands in practices/sv/legal-desk.en.md too" in problem for problem in problems(tmp_path))


def test_personal_data_is_found_though_the_front_matter_is_wrong(tmp_path: Path) -> None:
    text = changed("status: ongoing", "status: soon").replace("paid their lunch [1]", "paid jane.doe@example.org [1]")
    write(tmp_path, PATH, text)
    found = problems(tmp_path)
    assert any("'soon' is not a term of status" in problem for problem in found)
    assert any("looks like a person's e-mail address" in problem for problem in found)


def test_a_source_names_its_authors_and_nothing_else_of_a_person(tmp_path: Path) -> None:
    author = changed("publisher: Municipality of Example Town", "publisher: María González (blog)")
    write(tmp_path, PATH, author)
    assert problems(tmp_path) == []
    write(tmp_path, PATH, author.replace("report of the town", "report, from jane.doe@example.org"))
    (mailbox,) = problems(tmp_path)
    assert mailbox.startswith(
        f"{PATH}:{line_of(ORIGINAL, 'title: Yearly')}: sources.1.title: 'jane.doe@example.org' looks"
    )
    write(tmp_path, PATH, author.replace("(blog)", "(+503 7123-4567)"))
    assert any(
        "sources.1.publisher: '+503 7123-4567' looks like a telephone" in problem for problem in problems(tmp_path)
    )
    write(tmp_path, PATH, author.replace("example.org/report", "example.org/@13.69812,-89.19145"))
    assert any("sources.1.url: " in problem and "looks like coordinates" in problem for problem in problems(tmp_path))


def test_a_reviewer_is_an_institution(tmp_path: Path) -> None:
    write(tmp_path, PATH, changed("tier: snapshot", "tier: snapshot\nreview:\n  reviewers:\n    - Lic. Ana Ramos"))
    (found,) = problems(tmp_path)
    assert f"{PATH}:19: review.reviewers.1: " in found
    assert "looks like the name of a person" in found


def test_what_is_not_known_may_be_the_same_in_two_practices(tmp_path: Path) -> None:
    unknown = UNDOCUMENTED["en"] + ": what it cost, who paid for it, and how many people still come today."
    for path in (PATH, "practices/sv/other.en.md"):
        write(tmp_path, path, ORIGINAL.rstrip("\n") + f"\n\n{unknown}\n")
    assert not any("cost, who paid" in problem or "what it cost" in problem for problem in problems(tmp_path))


def test_a_body_that_is_too_short_or_too_long(tmp_path: Path) -> None:
    write(tmp_path, PATH, changed("tier: snapshot\n", ""))
    write(tmp_path, "practices/sv/long.en.md", changed("paid their lunch [1]", "word " * 500 + "[1]"))
    found = problems(tmp_path)
    assert any("between 120 and 450 are wanted. A shorter page sets `tier: snapshot`." in problem for problem in found)
    assert any("practices/sv/long.en.md" in problem and "words; between 30 and 450" in problem for problem in found)


def test_a_reference_to_nothing(tmp_path: Path) -> None:
    write(tmp_path, PATH, changed("tier: snapshot", "tier: snapshot\nrelated: [sv-legal-deks]"))
    assert any(
        "'sv-legal-deks' is no entry. Did you mean 'sv-legal-desk'?" in problem for problem in problems(tmp_path)
    )


def test_who_names_a_page_that_cannot_be_read_is_not_blamed(tmp_path: Path) -> None:
    write(tmp_path, PATH, changed("tier: snapshot", "tier: snapshot\nrelated: [sv-other]"))
    write(tmp_path, "practices/sv/other.en.md", changed("status: ongoing", "status: soon"))
    found = problems(tmp_path)
    assert found
    assert all("practices/sv/other.en.md" in problem for problem in found)


def test_a_path_that_names_no_file_is_said_and_one_that_starts_at_the_content_folder_is_understood(
    tmp_path: Path,
) -> None:
    write(tmp_path, PATH, changed("status: ongoing", "status: runing"))
    wrong = CliRunner().invoke(cli, ["check", "practices/zz", "--content", str(tmp_path)])
    assert isinstance(wrong.exception, ContentError)
    assert "No file" in str(wrong.exception)
    found = CliRunner().invoke(cli, ["check", f"{tmp_path}/practices/sv", "--content", str(tmp_path)])
    assert "runing" in found.output


def test_the_entries_that_were_asked_for_are_counted(library: Library) -> None:
    def said(*words: str) -> str:
        return CliRunner().invoke(cli, ["check", *words, "--content", str(ROOT / "content")]).output

    honduran = sum(entry.original.path.startswith("practices/hn/") for entry in library.everything.values())
    assert 1 < honduran < len(library.everything)
    assert said("practices/hn", "--lang", "es") == f"{honduran} fichas, sin problemas.\n"
    assert said("hn/transit-fine-amnesty", "--lang", "es") == "Una ficha, sin problemas.\n"
    assert said("hn/transit-fine-amnesty", "--lang", "en") == "One entry, no problems.\n"
