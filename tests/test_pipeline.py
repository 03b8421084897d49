"""Builds that are killed, that run out of disk, that run twice at once: what was published is served on."""

from __future__ import annotations

import errno
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.cli import cli
from kb.errors import NoSnapshotError, StorageError
from kb.index.build import KEEP
from kb.index.layout import Layout, Manifest
from kb.index.snapshot import open_snapshot
from kb.pipeline import build, roll_back
from kb.settings import Settings, load_settings
from tests.api.serving import environment, start, until
from tests.content.writing import ORIGINAL, PATH, changed, write

KILLS = 50

# Builders are forked from a process that has everything imported: a build then takes a second, most of it the work itself.
_forked = get_context("forkserver")
_forked.set_forkserver_preload(["kb.pipeline", "kb.encoding.runtime", "faiss", "tantivy", "onnxruntime"])


@pytest.fixture
def small(tmp_path: Path, settings: Settings) -> Settings:
    """One practice, with kept embeddings of its own; the unpacked model is the session's."""
    (tmp_path / "cache").mkdir()
    for kept in settings.cache.iterdir():
        if not kept.name.startswith("embeddings"):
            (tmp_path / "cache" / kept.name).symlink_to(kept.resolve())
    write(tmp_path / "content", PATH, ORIGINAL)
    return load_settings(
        {}, content=tmp_path / "content", index=tmp_path / "index", site=tmp_path / "site", cache=tmp_path / "cache"
    )


def _edit(settings: Settings, number: int) -> None:
    write(settings.content, PATH, changed("Drop-in legal desk", f"Legal desk {number}"))


def _builder(settings: Settings) -> BaseProcess:
    process = _forked.Process(target=build, args=(settings,))
    process.start()
    return process


def test_a_build_killed_at_any_moment_harms_nothing(small: Settings, tmp_path: Path) -> None:
    by_chance = random.Random(50)
    _edit(small, 0)
    _builder(small).join()
    server = start(small, tmp_path / "log")
    whole = 10.0
    number = killed_at_work = 0
    while killed_at_work < KILLS:
        number += 1
        _edit(small, number)
        started = time.monotonic()
        builder = _builder(small)
        builder.join(by_chance.uniform(0, whole))
        if builder.is_alive():
            builder.kill()
            killed_at_work += 1
        else:  # it was done before its moment came: the moments of the next ones lie within what a build takes
            assert builder.exitcode == 0
            whole = min(whole, time.monotonic() - started)
        builder.join()
        answer = server.get("/api/v1/search", q="legal desk", lang="en").json()
        named = int(re.findall(r"\d+", answer["results"][0]["title"])[0])
        assert 0 <= named <= number
        assert open_snapshot(Layout(small.index)).items[0].titles["en"].startswith("Legal desk")
        if number % 10 == 0:
            build(small)
            assert open_snapshot(Layout(small.index)).items[0].titles["en"].startswith(f"Legal desk {number} ")
            _assert_no_litter(small)
    assert server.stop() == 0


def _assert_no_litter(settings: Settings) -> None:
    named = {path.name for path in settings.index.iterdir()}
    generations = {name for name in named if name[0].isdigit()}
    assert len(generations) <= KEEP
    assert named - generations <= {"current", ".lock", ".build-lock", ".asked.npz"}
    assert not list(settings.site.rglob("*.new"))
    assert {path.name.partition("-")[0] for path in settings.cache.glob("embeddings*")} == {"embeddings.sqlite"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 300 MB; a test that may not mount one is left to the limit on the size of files, below."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting needs root")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)  # the engine may still map files of it


# Bytes left on the disk: none; too few for the encoder; the encoder fits, but not the indexes; and all but the last of them.
@pytest.mark.parametrize("left", [0, 60_000_000, -80_000, -20_000])
def test_a_full_disk_is_said_in_one_sentence(small: Settings, small_disk: Path, left: int) -> None:
    disk = small_disk / "index"
    settings = load_settings({}, content=small.content, index=disk, site=small.site, cache=small.cache)
    before = build(settings).index.generation
    size = sum(path.stat().st_size for path in disk.rglob("*") if path.is_file())
    _edit(settings, 1)
    _fill(small_disk, left if left >= 0 else size + left)
    with pytest.raises(StorageError, match=f"The disk of {disk} is full; make room and run `kb build` again"):
        build(settings)
    assert open_snapshot(Layout(disk)).generation == before
    assert not list(disk.glob(".building-*"))
    (small_disk / "filler").unlink()
    build(settings)
    assert open_snapshot(Layout(disk)).items[0].titles["en"].startswith("Legal desk 1 ")


@pytest.mark.parametrize("place", ["cache", "site"])
def test_a_full_disk_of_the_cache_or_the_site(small: Settings, small_disk: Path, place: str) -> None:
    if place == "cache":
        shutil.copytree(small.cache, small_disk / place, symlinks=True)
    places = {name: getattr(small, name) for name in ("content", "index", "site", "cache")} | {
        place: small_disk / place
    }
    settings = load_settings({}, **places)
    build(settings)
    _edit(settings, 1)
    _fill(small_disk, 0)
    with pytest.raises(StorageError, match=f"The disk of {small_disk / place} is full"):
        build(settings)
    (small_disk / "filler").unlink()
    # What was kept is kept: only the title is new, and every passage carries it as its context.
    write(settings.content, PATH, ORIGINAL)
    assert build(settings).index.encoded == 0


def _fill(disk: Path, left: int) -> None:
    found = os.statvfs(disk)
    remaining = max(0, found.f_bavail * found.f_frsize - left)
    with (disk / "filler").open("wb") as filler:
        try:
            while remaining > 0:
                remaining -= filler.write(bytes(min(remaining, 1 << 20)))
                filler.flush()
        except OSError as error:
            assert error.errno == errno.ENOSPC  # noqa: PT017


def test_a_limit_on_the_size_of_files_is_said_in_one_sentence(small: Settings) -> None:
    """What a quota does, for those who may not mount a disk."""
    before = build(small).index.generation
    _edit(small, 1)

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    done = subprocess.run(
        [sys.executable, "-c", "from kb.cli import main; main()", "build"],
        env=environment(small), capture_output=True, text=True, check=False, preexec_fn=limited,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    # SQLite meets the limit first, and says no more than that it cannot write.
    last = done.stderr.splitlines()[-1]
    assert last.startswith("kb: The kept embeddings cannot be written (disk I/O error); make room for this user in ")
    assert last.endswith("then run `kb build`.")
    assert "Traceback" not in done.stderr
    assert open_snapshot(Layout(small.index)).generation == before


def test_of_two_builds_at_once_the_second_waits(small: Settings) -> None:
    _builder(small).join()
    for number in range(1, 4):
        _edit(small, number)
        builders = [_builder(small) for _ in range(3)]
        for builder in builders:
            builder.join()
        assert [builder.exitcode for builder in builders] == [0, 0, 0]
        assert open_snapshot(Layout(small.index)).items[0].titles["en"].startswith(f"Legal desk {number} ")
        assert f"Legal desk {number} " in (small.site / "en/practices/sv-legal-desk/index.html").read_text()
    _assert_no_litter(small)


def test_waiting_for_another_build_is_said(small: Settings) -> None:
    from kb.index.locking import alone

    said: list[str] = []
    small.index.mkdir()
    with alone(small.index / ".build-lock", said.append):
        waiting = subprocess.Popen(
            [sys.executable, "-c", "from kb.cli import main; main()", "build"],
            env=environment(small), stderr=subprocess.PIPE, text=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        assert waiting.stderr is not None
        assert waiting.stderr.readline() == "  another build is running; waiting for it\n"
    waiting.communicate()
    assert (waiting.returncode, said) == (0, [])


def _pages(settings: Settings) -> dict[str, bytes]:
    """The site's files but the memory of the build and the search of plain files, which names its parts by their words."""
    files = {path.relative_to(settings.site).as_posix(): path for path in settings.site.rglob("*") if path.is_file()}
    return {
        name: path.read_bytes() for name, path in files.items() if name[0] != "." and not name.startswith("pagefind")
    }


def _kb(settings: Settings, *words: str) -> str:
    done = CliRunner(env=environment(settings)).invoke(cli, list(words))
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_build_without_a_page_names_it_and_its_exit_status_tells(small: Settings) -> None:
    """The rest is published: what is wrong in one page must not keep the others from their readers."""
    broken = "practices/sv/broken.en.md"
    write(small.content, broken, changed("title: Drop-in legal desk", 'title: "Second desk'))
    write(
        small.content, "practices/sv/draft.en.md", changed("status: ongoing", "status: soon\nreview: {status: draft}")
    )
    _edit(small, 1)
    done = CliRunner(env=environment(small) | {"KB_LANG": "en"}).invoke(cli, ["build"])
    assert done.exit_code == 1
    assert str(done.exception) == (
        f"Built without {broken}: what is wrong there stands above. Mend it, and run `kb build` again."
    )
    assert f"{broken}:2: front matter: opens a quote mark that is never closed; close it.\n" in done.stderr
    assert open_snapshot(Layout(small.index)).items[0].titles["en"].startswith("Legal desk 1 ")
    assert "Legal desk 1 " in (small.site / "en/practices/sv-legal-desk/index.html").read_text()


def test_readers_miss_nothing_by_a_draft_that_cannot_be_read(small: Settings) -> None:
    draft = changed("status: ongoing", "status: soon\nreview: {status: draft}").replace(" [1].", " there [1].")
    write(small.content, "practices/sv/draft.en.md", draft)
    done = CliRunner(env=environment(small)).invoke(cli, ["build"])
    assert done.exit_code == 0
    assert "practices/sv/draft.en.md:12: status: 'soon'" in done.stderr
    assert "One problem in the content; run `kb check`.\n" in done.stderr


def test_a_build_speaks_the_language_of_its_user(small: Settings) -> None:
    said = {}
    for lang in ("en", "es"):
        done = CliRunner(env=environment(small) | {"KB_LANG": lang}).invoke(cli, ["build"])
        assert done.exit_code == 0
        said[lang] = (done.stderr, done.stdout)
    assert "  read the entries: 1\n" in said["en"][0]
    assert said["en"][1].startswith("1 practices, ")
    assert "  fichas leídas: 1\n" in said["es"][0]
    assert "  se escribe el sitio\n" in said["es"][0]
    assert said["es"][1].startswith("Prácticas: 1; pasajes: ")
    assert not re.search("read|writing|passages|pages", "".join(said["es"]))


def test_a_translation_that_cannot_be_read_is_missed(small: Settings) -> None:
    write(small.content, "practices/sv/legal-desk.es.md", "---\ntranslates: en\n---\n")
    assert build(small).left_out == ("practices/sv/legal-desk.es.md",)
    write(small.content, PATH, "---\ntitle: [\n---\n")
    write(small.content, "practices/hn/other.en.md", ORIGINAL.replace("[SV]", "[HN]"))
    report = build(small)
    assert report.left_out == (PATH, "practices/sv/legal-desk.es.md")
    assert not any("translates a page that is not there" in str(problem) for problem in report.problems)


@pytest.fixture
def three_pages(small: Settings) -> Settings:
    """Beside the legal desk a draft, and a page that was withdrawn."""
    draft, withdrawn = (
        changed("tier: snapshot", f"tier: snapshot\nreview: {review}")
        for review in ("{status: draft}", "{status: withdrawn, reason: {en: It ended., es: Terminó.}}")
    )
    write(small.content, "practices/sv/unfinished.en.md", draft)
    write(small.content, "practices/sv/ended.en.md", withdrawn)
    return small


@pytest.mark.parametrize("options", [[], ["--static"]])
def test_going_back_brings_the_pages_back(three_pages: Settings, options: list[str]) -> None:
    settings = three_pages
    _kb(settings, "build", *options)
    before = _pages(settings)
    old = Layout(settings.index).current()
    _edit(settings, 1)
    write(settings.content, "practices/sv/second.en.md", changed("Drop-in legal desk", "Second desk"))
    (settings.content / "practices/sv/ended.en.md").unlink()
    _kb(settings, "build", *options)
    after = _pages(settings)
    assert "en/practices/sv-second/index.html" in after.keys() - before.keys()
    assert "en/practices/sv-ended/index.html" in before.keys() - after.keys()
    said = _kb(settings, "rollback").splitlines()
    assert said[0] == f"serving {old}"
    assert re.fullmatch(r"site: \d+ pages \([1-9]\d* files written, [1-9]\d* removed\)", said[1])
    assert _pages(settings) == before
    assert (settings.site / "pagefind").exists() == bool(options)
    with zipfile.ZipFile(Layout(settings.index).snapshot(old).content) as carried:
        assert set(carried.namelist()) == {PATH, "practices/sv/ended.en.md"}
    # The next build publishes the content as it then is.
    _kb(settings, "build", *options)
    assert _pages(settings) == after


def test_a_server_gives_pages_and_answers_of_the_snapshot_gone_back_to(small: Settings, tmp_path: Path) -> None:
    build(small)
    _edit(small, 1)
    build(small)
    server = start(small, tmp_path / "log")

    def title() -> str:
        return str(server.get("/api/v1/search", q="legal desk", lang="en").json()["results"][0]["title"])

    assert title().startswith("Legal desk 1 ")
    _kb(small, "rollback")
    until(lambda: title().startswith("Drop-in legal desk "))
    page = server.get("/en/practices/sv-legal-desk/").text
    assert "Drop-in legal desk " in page
    assert "Legal desk 1 " not in page
    assert server.stop() == 0


def test_going_back_without_room_for_the_site_says_what_finishes_it(small: Settings, small_disk: Path) -> None:
    site = small_disk / "site"
    settings = load_settings({}, content=small.content, index=small.index, site=site, cache=small.cache)
    build(settings)
    before, old = _pages(settings), Layout(settings.index).current()
    _edit(settings, 1)
    build(settings)
    _fill(small_disk, 0)
    with pytest.raises(StorageError, match=f"The disk of {site} is full; make room and run `kb rollback {old}` again"):
        roll_back(settings)
    (small_disk / "filler").unlink()
    _kb(settings, "rollback", old)
    assert _pages(settings) == before


def test_a_snapshot_of_an_earlier_make_carries_no_pages(small: Settings) -> None:
    build(small)
    old = Layout(small.index).snapshot(Layout(small.index).current())
    _edit(small, 1)
    build(small)
    after = _pages(small)
    manifest = Manifest.read(old.manifest)
    files = {name: told for name, told in manifest.files.items() if name != old.content.name}
    Manifest(**{**vars(manifest), "files": files}).write(old.manifest)
    old.content.unlink()
    assert "site: left as it is; this snapshot carries no content" in _kb(small, "rollback")
    assert _pages(small) == after


def test_going_back_before_anything_was_built_is_said(small: Settings) -> None:
    with pytest.raises(NoSnapshotError, match="There is no index yet"):
        roll_back(small)
