"""What a reviewer sees, and that nothing in a proposal can command the reviewer's tools."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml
from click.testing import CliRunner

from kb.cli import cli
from kb.content.checks import check_library
from kb.content.library import load_library
from kb.content.vocabulary import vocabulary
from kb.contribute.annotations import github_lines
from kb.contribute.comment import comment
from kb.contribute.duplicates import nearest_practices
from kb.contribute.links import dead_links, is_public
from kb.contribute.reviewing import findings
from kb.search.engine import SearchEngine
from kb.settings import Settings
from tests.conftest import CONTENT, ROOT
from tests.content.writing import ORIGINAL, PATH, changed, line_of, write
from tests.repositories import git


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one published page, and a branch to propose on."""
    write(tmp_path / "content", PATH, ORIGINAL)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "published")
    git(tmp_path, "checkout", "-q", "-b", "proposal")
    return tmp_path


def _propose(repository: Path, path: str, text: str) -> None:
    write(repository / "content", path, text)
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "proposal")


def _check(repository: Path, *options: str, settings: Settings | None = None) -> str:
    environment = {"KB_INDEX": str(settings.index)} if settings else {"KB_INDEX": str(repository / "none")}
    arguments = ["check", "--content", str(repository / "content"), "--since", "main", *options]
    return CliRunner().invoke(cli, arguments, env=environment).output


def test_only_what_the_proposal_changes_is_looked_at(repository: Path) -> None:
    write(repository / "content", "practices/sv/old.en.md", changed("status: ongoing", "status: wrong"))
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "old")
    git(repository, "branch", "-f", "main")
    _propose(repository, "practices/hn/new.en.md", changed("[legal-aid]", "[legal-help]"))
    output = _check(repository, "--format", "github")
    assert "old.en.md" not in output
    line = line_of(ORIGINAL, "themes:")
    assert (
        f"::error file=content/practices/hn/new.en.md,line={line},title=themes.1::'legal-help' is not a term" in output
    )


def test_the_comment_says_what_passes_and_what_does_not(repository: Path, settings: Settings) -> None:
    text = changed("paid their lunch [1]", "paid their lunch [1]. Call +503 7123-4567 or write 35 letters")
    _propose(repository, PATH.replace("legal-desk", "second-desk"), text)
    said = _check(repository, "--format", "markdown", settings=settings)
    for part in (
        "## What the checks say",
        "### Drop-in legal desk at the bus terminal",
        "Words (en): 6",
        "the figure 35 has no source",
        "**Possible personal data** (1)",
        "'\\+503 7123-4567' looks like a telephone number",
        "`practices/sv/second-desk.en.md`, line 36",
        "**Nearest published practices**",
        "<details><summary>The page as it will look: Drop-in legal desk at the bus terminal</summary>",
        "<h4>The need</h4>",
    ):
        assert part in said, said
    assert len(re.findall(r"^- 0\.\d\d ", said, re.MULTILINE)) == 5


def test_a_page_that_passes_says_so_in_its_language(repository: Path) -> None:
    from tests.content.writing import TRANSLATED, TRANSLATION

    es = ORIGINAL.split("---\n")[1].replace(
        "Where can people who just arrived ask about their papers?", "¿Dónde preguntan?"
    )
    es = es.replace("How do we advise people who stay one night only?", "¿Cómo orientar en una noche?")
    es = es.replace("Can a town run a legal desk without lawyers of its own?", "¿Puede un pueblo hacerlo sin abogados?")
    es = re.sub(
        r"(?m)^summary: .*", "summary: La municipalidad orientó a 120 personas en su terminal de buses en 2023.", es
    )
    body = TRANSLATION.split("---\n")[2]
    _propose(repository, TRANSLATED.replace("legal-desk", "mesa"), f"---\n{es}---\n{body}")
    said = _check(repository, "--format", "markdown")
    assert "## Qué dicen las revisiones automáticas" in said
    assert "Cumple todas las revisiones. ✅" in said
    assert "sin comparar: no hay índice" in said


def test_a_duplicate_in_the_other_language_is_noticed(engine: SearchEngine) -> None:
    from dataclasses import replace

    library = load_library(CONTENT)
    entry = library.entries["pa-technical-standard-mental-health"]
    for lang, page in entry.pages.items():
        proposed = replace(entry, id="gt-copy", pages={lang: replace(page, translation=None)})
        near = nearest_practices(engine, proposed)
        assert (near[0].item.id, near[0].is_likely_duplicate) == (entry.id, True)
        assert not near[1].is_likely_duplicate


HOSTILE = (
    "@everyone [x](javascript:alert(1)) ![i](https://example.org/t.png) <img src=x> </details> `c` ::error::x ${{ 1 }}"
)


def test_the_comment_quotes_what_a_stranger_wrote(repository: Path) -> None:
    _propose(
        repository,
        "practices/sv/x.en.md",
        changed("title: Drop-in legal desk at the bus terminal", f'title: "{HOSTILE}"').replace(
            "paid their lunch", HOSTILE
        ),
    )
    said = _check(repository, "--format", "markdown")
    assert "@everyone" not in said
    assert "<img" not in said
    assert "![" not in said
    assert 'href="javascript' not in said
    assert said.count("</details>") == said.count("<details>")


def test_an_annotation_stays_one_command(tmp_path: Path) -> None:
    name = "practices/sv/a\n::set-output name=x::y,line=1.en.md"
    write(tmp_path / "content", name, ORIGINAL)
    lines = github_lines(check_library(load_library(tmp_path / "content")), "content")
    assert len(lines) == 1
    assert "\n" not in lines[0]
    assert lines[0].startswith(
        "::error file=content/practices/sv/a%0A%3A%3Aset-output name=x%3A%3Ay%2Cline=1.en.md,line=1,"
    )


def test_a_file_name_is_never_a_command(repository: Path) -> None:
    for name in ("$(touch pwned).en.md", "-rf.en.md", "`touch pwned`.en.md", "a;touch pwned;.en.md"):
        _propose(repository, f"practices/sv/{name}", ORIGINAL)
    output = _check(repository)
    assert output.count("is not named practices/<country>/<name>") == 4
    assert not list(repository.rglob("pwned"))


def test_a_reference_that_is_none_is_one_sentence(repository: Path) -> None:
    for reference, words in (("nowhere", "Git does not know what changed"), ("--output=x", "is no commit or branch")):
        arguments = ["check", "--content", str(repository / "content"), f"--since={reference}"]
        done = CliRunner().invoke(cli, arguments)
        assert words in str(done.exception)
    assert not (repository / "content" / "x").exists()


WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
OURS = ("check.yml", "review.yml")
SAFE_IN_RUN = re.compile(r"(make|\.venv/bin/kb)( |$)")


@pytest.mark.parametrize("file", [ROOT / ".github" / "workflows" / name for name in OURS], ids=OURS)
def test_a_workflow_has_read_only_rights_no_secrets_and_no_expression_in_a_command(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in text
    assert "secrets" not in re.sub(r"#.*", "", text)
    for job in workflow["jobs"].values():
        assert "permissions" not in job
        for step in job["steps"]:
            command = step.get("run", "")
            assert "${{" not in command
            assert not command or SAFE_IN_RUN.match(command), command
            if step.get("uses", "").startswith("actions/checkout"):
                assert step["with"]["persist-credentials"] is False


def test_the_review_runs_no_code_of_the_proposal() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/review.yml").read_text(encoding="utf-8"))
    checkouts = [s["with"] for s in workflow["jobs"]["review"]["steps"] if "checkout" in s.get("uses", "")]
    assert [(c.get("path"), "base" in c["ref"]) for c in checkouts] == [(None, True), ("proposal", False)]
    for step in workflow["jobs"]["review"]["steps"]:
        assert "proposal" not in step.get("run", "")
        assert "working-directory" not in step


def test_the_pipeline_of_gitlab_calls_only_kb_and_make() -> None:
    jobs = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    scripts = [line for job in jobs.values() if isinstance(job, dict) for line in job.get("script", [])]
    assert len(scripts) == 3
    for line in scripts:
        assert SAFE_IN_RUN.match(line)
        assert set(re.findall(r"\$\w+", line)) <= {"$CI_MERGE_REQUEST_DIFF_BASE_SHA"}


def test_every_state_has_an_owner() -> None:
    owners = (ROOT / ".github" / "CODEOWNERS").read_text(encoding="utf-8")
    for code, term in vocabulary()["countries"].items():
        assert (f"/content/*/{code.lower()}/ " in owners) == term.mirps


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status = {"/fine": 200, "/gone": 404, "/robots": 403, "/away": 302}.get(self.path, 500)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://internal.example/secret")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing on the test's output."""


@pytest.fixture
def pages() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_links_that_lead_nowhere_are_named(pages: str) -> None:
    asked: list[str] = []

    def may_visit(host: str) -> bool:
        asked.append(host)
        return host == "127.0.0.1"

    addresses = [f"{pages}/{name}" for name in ("fine", "gone", "robots", "away", "gone")] + ["http://127.0.0.1:1/"]
    found = {link.url.removeprefix(pages): link.why for link in dead_links(addresses, may_visit)}
    assert found.keys() == {"/gone", "http://127.0.0.1:1/"}
    assert found["/gone"] == "answers 404"
    assert "internal.example" in asked


@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "localhost"])
def test_only_public_hosts_are_asked(host: str) -> None:
    assert not is_public(host)


def test_links_of_a_proposal_are_in_its_comment(tmp_path: Path) -> None:
    from dataclasses import replace

    from kb.contribute.links import DeadLink

    write(tmp_path, PATH, ORIGINAL)
    library = load_library(tmp_path)
    found = findings(library, [], [PATH], None, links=False)
    assert "not tried: no network" in comment(found)
    assert "every link answers" in comment(replace(found, dead=[]))
    said = comment(replace(found, dead=[DeadLink("https://example.org/report", "answers 404")]))
    assert "`https://example.org/report` (answers 404)" in said
