"""Drafts reach neither site nor index; a withdrawn page says why; a page past its date says so."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.cli import cli
from kb.content.library import load_library
from kb.content.review import review_as_text
from kb.errors import SettingError
from kb.index.layout import Layout
from kb.index.snapshot import open_snapshot
from kb.pipeline import build
from kb.settings import Settings, load_settings
from kb.site.build import build_site
from kb.site.forge import forge
from tests.content.writing import ORIGINAL, PATH, changed, problems, write

WITHDRAWN = "{status: withdrawn, decided: 2026-01-02, reviewers: [Ministry of Example], reason: {en: It never began., es: Nunca comenzó.}}"


def _with(review: str, country: str = "sv") -> str:
    text = ORIGINAL.replace("[SV]", f"[{country.upper()}]").replace(
        "tier: snapshot", f"tier: snapshot\nreview: {review}"
    )
    # No sentence in two pages.
    return (
        text.replace(" bus", f" {country}bus")
        .replace("Students", f"Students of {country}")
        .replace("The town", f"The {country} town")
        .replace("The desk", f"The {country} desk")
    )


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    write(folder, PATH, changed("tier: snapshot", "tier: snapshot\nrelated: [hn-draft]"))
    write(folder, "practices/hn/draft.en.md", _with("{status: draft}", "hn"))
    write(folder, "practices/gt/waiting.en.md", _with("{status: in-review, reviewers: [Ministry of Example]}", "gt"))
    write(folder, "practices/pa/gone.en.md", _with(WITHDRAWN, "pa"))
    write(
        folder,
        "practices/mx/done.en.md",
        _with("{status: published, reviewers: [Ministry of Example], decided: 2026-01-02}", "mx"),
    )
    return folder


def test_every_status_passes_the_checks(content: Path) -> None:
    assert problems(content) == []


def test_only_what_is_published_is_in_the_index_and_on_the_site(
    content: Path, tmp_path: Path, settings: Settings
) -> None:
    own = load_settings({}, content=content, index=tmp_path / "index", site=tmp_path / "site", cache=settings.cache)
    build(own)
    snapshot = open_snapshot(Layout(own.index))
    assert [item.id for item in snapshot.items] == ["mx-done", "sv-legal-desk"]
    assert set(snapshot.documents) == {"mx-done", "sv-legal-desk"}
    pages = {
        page.parent.name: page.read_text(encoding="utf-8") for page in (own.site / "en/practices").glob("*/index.html")
    }
    assert set(pages) == {"mx-done", "sv-legal-desk", "pa-gone"}
    for page in own.site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "hn-draft" not in text
        assert "gt-waiting" not in text
        if "pa-gone" not in str(page):
            assert "pa-gone" not in text
    assert "It never began." in pages["pa-gone"]
    assert "2 January 2026" in pages["pa-gone"]
    assert "Ministry of Example" in pages["pa-gone"]
    assert "ticket counter" not in pages["pa-gone"]
    assert "Nunca comenzó." in (own.site / "es/practicas/pa-gone/index.html").read_text(encoding="utf-8")
    assert "Reviewed by: Ministry of Example (2 January 2026)" in pages["mx-done"]


def test_a_page_past_its_date_says_so(tmp_path: Path) -> None:
    write(tmp_path / "content", PATH, ORIGINAL)
    write(tmp_path / "content", "practices/hn/later.en.md", changed("2025-03-01", "2099"))
    build_site(load_library(tmp_path / "content"), tmp_path / "site")
    for path, words in (
        ("en/practices/sv-legal-desk", "should have been reviewed by 1 March 2025"),
        ("es/practicas/sv-legal-desk", "ya pasó (1 de marzo de 2025)"),
    ):
        assert words in (tmp_path / "site" / path / "index.html").read_text(encoding="utf-8")
    assert "should have been reviewed" not in (tmp_path / "site/en/practices/hn-later/index.html").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("review_by", "today", "overdue"),
    [("2025-03-01", "2025-03-01", False), ("2025-03-01", "2025-03-02", True), ("2025-03", "2025-03-31", False),
     ("2025-03", "2025-04-01", True), ("2025", "2025-12-31", False), ("2025", "2026-01-01", True)],
)  # fmt: skip
def test_a_month_or_year_counts_to_its_end(tmp_path: Path, review_by: str, today: str, overdue: bool) -> None:
    write(tmp_path, PATH, changed("2025-03-01", review_by))
    entry = load_library(tmp_path).entries["sv-legal-desk"]
    assert entry.is_overdue(datetime.date.fromisoformat(today)) is overdue


def test_the_report_lists_what_is_due_and_what_is_on_its_way(content: Path) -> None:
    said = review_as_text(load_library(content), datetime.date(2025, 3, 2))
    assert said.splitlines() == [
        "Past their date of review: 2", "  mx-done  2025-03-01", "  sv-legal-desk  2025-03-01", "",
        "In review: 1", "  gt-waiting  Ministry of Example", "",
        "Drafts: 1", "  hn-draft  no reviewer yet", "",
        "Withdrawn: 1", "  pa-gone  It never began.",
    ]  # fmt: skip
    assert "Drafts: 1" in CliRunner().invoke(cli, ["report", "review", "--content", str(content)]).output


@pytest.mark.parametrize(
    ("review", "message"),
    [
        ("{status: gone}", "'gone' is not a term of review_status"),
        ("{status: withdrawn, decided: 2026}", "is withdrawn without `reason: {en: ..., es: ...}`"),
        ("{status: withdrawn, reason: {en: A., es: B.}}", "is withdrawn without `decided`"),
        ("{status: withdrawn, decided: 2026, reason: {en: A.}}", "review.reason.es: is missing"),
        ("{status: withdrawn, decided: 2026, reason: {en: A., es: B., fr: C.}}", "Allowed: en, es."),
        ("{status: draft, reason: {en: A., es: B.}}", "is only for pages whose status is `withdrawn`"),
        ("{status: draft, decided: 2026}", "nothing is decided yet"),
        ("{sttaus: draft}", "Did you mean 'status'?"),
    ],
)
def test_a_review_that_makes_no_sense_is_named(tmp_path: Path, review: str, message: str) -> None:
    write(tmp_path, PATH, _with(review))
    assert any(message in problem for problem in problems(tmp_path)), problems(tmp_path)


def test_a_published_page_names_no_withdrawn_one(content: Path) -> None:
    write(content, PATH, changed("tier: snapshot", "tier: snapshot\nrelated: [pa-gone]"))
    assert any("'pa-gone' was withdrawn" in problem for problem in problems(content))


@pytest.mark.parametrize(
    ("repository", "kind", "address"),
    [
        ("", "", ""),
        ("https://github.com/a/b", "github", "https://github.com/a/b/new/main"),
        ("https://gitlab.com/a/b/c.git", "gitlab", "https://gitlab.com/a/b/c/-/new/main"),
        ("gitlab:https://git.example.org/a/b/", "gitlab", "https://git.example.org/a/b/-/new/main"),
    ],
)
def test_where_a_new_file_is_opened(repository: str, kind: str, address: str) -> None:
    assert (forge(repository).kind, forge(repository).new_file) == (kind, address)


@pytest.mark.parametrize(
    "repository", ["javascript:alert(1)", "http://github.com/a/b", "github.com/a/b", 'https://x.org/"><a']
)
def test_an_address_that_is_no_repository_is_refused(repository: str) -> None:
    with pytest.raises(SettingError, match="KB_REPOSITORY must be a repository's address"):
        forge(repository)
