"""Building, publishing, refusing: what a snapshot promises, with the real model on a small content folder."""

from __future__ import annotations

import json
import os
import random
import re
import secrets
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kb.errors import NoSnapshotError, SnapshotError
from kb.index.build import KEEP
from kb.index.layout import Layout, Manifest
from kb.index.snapshot import open_snapshot
from kb.pipeline import build, open_engine
from kb.search.request import search_request
from kb.settings import Settings, load_settings
from tests.content.writing import ORIGINAL, PATH, TRANSLATED, TRANSLATION, changed, write

OTHER = "practices/hn/water-tank.en.md"


def _water() -> str:
    front, body = ORIGINAL.split("## The need")
    front = (
        front.replace("[SV]", "[HN]")
        .replace("[legal-aid]", "[health]")
        .replace("Drop-in legal desk at the bus terminal", "Water tank")
    )
    return (
        front
        + "## The need"
        + re.sub(r"[^\n]+ \[1\]\.", lambda found: f"Tank water, pump {len(found.group())} and pipe for all [1].", body)
    )


@pytest.fixture
def small(tmp_path: Path, settings: Settings) -> Settings:
    """Two practices in a place of their own; the model and its export come from the session's cache."""
    write(tmp_path / "content", PATH, ORIGINAL)
    write(tmp_path / "content", OTHER, _water())
    return load_settings(
        {}, content=tmp_path / "content", index=tmp_path / "index", site=tmp_path / "site", cache=settings.cache
    )


def _found(settings: Settings, query: str) -> list[str]:
    return [item_id for item_id, _ in open_engine(settings).ranking(search_request(query))]


def test_what_is_built_is_found(small: Settings) -> None:
    report = build(small)
    assert (report.index.items, report.problems) == (2, ())
    assert _found(small, "legal advice for people who arrive by bus")[0] == "sv-legal-desk"


def test_only_what_changed_is_encoded_again(small: Settings) -> None:
    first = build(small)
    assert build(small).index.encoded == 0
    # Embeddings are kept between runs too: the new words must be new.
    write(small.content, PATH, changed("paid their lunch", f"gave them badge {secrets.token_hex(4)}"))
    second = build(small)
    assert second.index.encoded == 1
    assert second.index.passages == first.index.passages
    assert second.index.generation != first.index.generation


def test_a_deleted_practice_is_found_no_more(small: Settings) -> None:
    build(small)
    assert "hn-water-tank" in _found(small, "water tank")
    (small.content / OTHER).unlink()
    build(small)
    assert _found(small, "water tank") == ["sv-legal-desk"]
    assert not (small.site / "en/practices/hn-water-tank").exists()


def test_a_file_that_cannot_be_read_does_not_stop_the_others(small: Settings) -> None:
    write(small.content, OTHER, b"\xff\xfe")
    report = build(small)
    assert report.index.items == 1
    assert [problem.path for problem in report.problems] == [OTHER]


def test_without_a_build_the_error_says_what_to_run(small: Settings) -> None:
    with pytest.raises(NoSnapshotError, match="run `kb build`"):
        open_engine(small)


def test_old_snapshots_are_removed_and_some_are_kept(small: Settings) -> None:
    for _ in range(KEEP + 2):
        build(small)
    layout = Layout(small.index)
    assert len(layout.generations()) == KEEP
    assert layout.current() == layout.generations()[-1]
    assert [path.name for path in small.index.iterdir() if path.name.startswith(".building")] == []


def test_what_a_killed_build_left_is_removed(small: Settings) -> None:
    """Killed while it was made, and killed while it was removed."""
    build(small)
    for name in (".building-x", ".building-20200101T000000000000-x"):
        (small.index / name / "en").mkdir(parents=True)
    build(small)
    assert [path.name for path in small.index.iterdir() if path.name.startswith(".building")] == []


def _sums(settings: Settings) -> dict[str, tuple[int, str]]:
    """Checksums of the snapshot that is served."""
    layout = Layout(settings.index)
    files = Manifest.read(layout.snapshot(layout.current()).manifest).files
    return {name: (size, digest) for name, (size, digest) in files.items()}


def _of(lang: str, sums: dict[str, tuple[int, str]]) -> dict[str, tuple[int, str]]:
    return {name: found for name, found in sums.items() if name.startswith(f"{lang}/")}


@pytest.fixture
def bilingual(small: Settings) -> Settings:
    """One of the two practices stands in Spanish too."""
    write(small.content, TRANSLATED, TRANSLATION.format(fingerprint="0" * 12))
    return small


def test_a_language_that_an_edit_does_not_touch_is_taken_over(bilingual: Settings) -> None:
    build(bilingual)
    before = _sums(bilingual)
    write(bilingual.content, PATH, changed("paid their lunch", "paid their breakfast"))
    build(bilingual)
    after = _sums(bilingual)
    # Tantivy names its files by chance: only copies are the same.
    assert _of("es", after) == _of("es", before)
    assert _of("en", after) != _of("en", before)
    write(bilingual.content, PATH, changed("themes: [legal-aid]", "themes: [shelter]"))
    build(bilingual)
    assert _of("es", _sums(bilingual)) != _of("es", after)  # what it is filtered by has changed


@pytest.mark.parametrize("spoil", [lambda file: file.write_bytes(b"torn"), Path.unlink])
def test_a_damaged_part_is_not_taken_over(bilingual: Settings, spoil: Callable[[Path], object]) -> None:
    build(bilingual)
    layout = Layout(bilingual.index)
    spoil(layout.snapshot(layout.current()).language("es").vectors)
    build(bilingual)
    assert open_snapshot(layout).generation == layout.current()
    assert _found(bilingual, "mesa legal")[0] == "sv-legal-desk"


def test_a_build_after_edits_finds_what_a_build_from_nothing_finds(bilingual: Settings, tmp_path: Path) -> None:
    build(bilingual)
    for edit in ("paid their breakfast", "gave them a lamp", "paid their lunch"):
        write(bilingual.content, PATH, changed("paid their lunch", edit))
        build(bilingual)
        elsewhere = replace(bilingual, index=tmp_path / f"index {edit}")
        build(elsewhere)
        for query in ("lamp for students", "abogados para quien llega", "water tank"):
            request = search_request(query)
            assert open_engine(bilingual).ranking(request) == open_engine(elsewhere).ranking(request)


def test_a_torn_snapshot_is_refused(small: Settings, tmp_path: Path) -> None:
    build(small)
    layout = Layout(small.index)
    folder = layout.snapshot(layout.current()).folder
    files = sorted(Manifest.read(folder / "manifest.json").files)
    randomly = random.Random(7)
    for number in range(40):
        copy = tmp_path / f"torn-{number}"
        shutil.copytree(folder, copy / folder.name, copy_function=os.link)
        (copy / "current").write_text(folder.name + "\n")
        victim = copy / folder.name / randomly.choice([*files, "manifest.json"])
        content = bytearray(victim.read_bytes())
        victim.unlink()
        if number % 2 and content:
            content[randomly.randrange(len(content))] ^= 1 << randomly.randrange(8)
            victim.write_bytes(content)
        elif number % 4 == 0:
            victim.write_bytes(content[: len(content) // 2])
        with pytest.raises(SnapshotError, match="run `kb build`"):
            open_snapshot(Layout(copy))
        shutil.rmtree(copy)


def test_a_snapshot_of_another_make_is_refused(small: Settings) -> None:
    build(small)
    layout = Layout(small.index)
    path = layout.snapshot(layout.current()).manifest
    manifest = Manifest.read(path)
    Manifest(**{**json.loads(json.dumps(manifest.__dict__)), "schema": 99}).write(path)
    with pytest.raises(SnapshotError, match="has format 99, this software reads"):
        open_snapshot(layout)


def test_a_pointer_to_nothing_is_refused(small: Settings) -> None:
    small.index.mkdir()
    for name in ("20990101T000000-x", "../../etc", ""):
        (small.index / "current").write_text(name)
        with pytest.raises(SnapshotError, match="run `kb build`"):
            open_snapshot(Layout(small.index))


def test_an_index_that_the_system_does_not_let_be_read_is_not_taken_for_none(small: Settings) -> None:
    """`kb build` would be the wrong advice: there is one."""
    (small.index / "current").mkdir(parents=True)
    with pytest.raises(SnapshotError) as refused:
        open_snapshot(Layout(small.index))
    assert str(refused.value) == (
        f"The index in {small.index} cannot be read (Is a directory); mend that, or set KB_INDEX to another folder."
    )


def test_kept_embeddings_that_are_damaged_are_made_again(small: Settings, tmp_path: Path) -> None:
    own = replace(small, cache=tmp_path / "cache")
    for kept in ("models", "exports"):
        shutil.copytree(small.cache / kept, own.cache / kept, copy_function=os.link)
    passages = build(own).index.encoded
    assert passages > 0
    file = own.cache / "embeddings.sqlite"
    content = bytearray(file.read_bytes())
    for page in range(1, len(content) // 4096 - 1):  # the first says what the file is, and is read when it is opened
        content[page * 4096 : (page + 1) * 4096] = secrets.token_bytes(4096)
    file.write_bytes(content)
    assert build(own).index.encoded == passages
    assert _found(own, "legal advice for people who arrive by bus")[0] == "sv-legal-desk"
    assert build(own).index.encoded == 0


def test_files_that_vanish_while_a_snapshot_is_opened_are_no_surprise(
    small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(small)
    layout = Layout(small.index)

    def verified(folder: Path, files: object) -> None:
        (folder / "items.json").unlink()

    monkeypatch.setattr("kb.index.snapshot.verify", verified)
    with pytest.raises(SnapshotError, match="lost files while it was opened; run `kb build`"):
        open_snapshot(layout)
