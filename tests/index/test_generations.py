"""Damaged snapshots are refused and the newest good one is served; earlier ones can be gone back to."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.cli import cli
from kb.errors import NoSnapshotError, SnapshotError
from kb.index.generations import generations, open_newest_good, roll_back
from kb.index.layout import Layout, Manifest
from kb.pipeline import build
from kb.search.engine import SearchEngine
from kb.search.opening import query_encoder
from kb.search.request import search_request
from kb.settings import Settings, load_settings
from tests.api.serving import environment
from tests.content.writing import ORIGINAL, PATH, changed, write

TITLES = ("Drop-in legal desk at the bus terminal", "Open-air legal desk")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Settings:
    """An index with two generations; the second has another title."""
    place = tmp_path_factory.mktemp("two")
    made = load_settings(
        {}, content=place / "content", index=place / "index", site=place / "site", cache=settings.cache
    )
    write(made.content, PATH, ORIGINAL)
    build(made)
    write(made.content, PATH, changed(*TITLES))
    build(made)
    return made


@pytest.fixture
def layout(two: Settings, tmp_path: Path) -> Layout:
    """A copy of them without the encoder, which is 120 MB of every snapshot and is damaged in a test of its own."""
    for generation in Layout(two.index).generations():
        source = Layout(two.index).snapshot(generation).folder
        folder = tmp_path / "index" / generation
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("encoder"))
        manifest = Manifest.read(folder / "manifest.json")
        files = {name: told for name, told in manifest.files.items() if not name.startswith("encoder/")}
        Manifest(**{**vars(manifest), "files": files}).write(folder / "manifest.json")
    shutil.copy(two.index / "current", tmp_path / "index" / "current")
    return Layout(tmp_path / "index")


def _damage(folder: Path, by_chance: random.Random) -> str:
    """Flips bits in a file of a snapshot, cuts it, empties it or takes it away; returns what was done."""
    names = sorted(Manifest.read(folder / "manifest.json").files)
    victim = folder / by_chance.choice([*names, "manifest.json"])
    content = bytearray(victim.read_bytes())
    how = by_chance.choice(("flip", "flip", "cut", "zeros", "gone"))
    if how == "flip":
        for _ in range(by_chance.choice((1, 1, 8))):
            content[by_chance.randrange(len(content))] ^= 1 << by_chance.randrange(8)
    elif how == "cut":
        del content[by_chance.randrange(len(content)) :]
    elif how == "zeros":  # what a power cut leaves of a file
        content = bytearray(len(content))
    before = victim.read_bytes()
    victim.unlink()
    if how != "gone":
        victim.write_bytes(content)
    return "" if how != "gone" and bytes(content) == before else f"{how} {victim.relative_to(folder)}"


def test_of_200_damages_none_is_served(layout: Layout, tmp_path: Path) -> None:
    by_chance = random.Random(20261122)
    old, new = layout.generations()
    folder = layout.snapshot(new).folder
    kept = tmp_path / "kept"
    shutil.copytree(folder, kept)
    done = 0
    while done < 200:
        how = _damage(folder, by_chance)
        if how:
            done += 1
            refusals: list[str] = []
            served = open_newest_good(layout, lambda error: refusals.append(str(error)))  # noqa: B023
            assert served.generation == old, how
            assert served.items[0].titles["en"] == TITLES[0]
            assert len(refusals) == 1, how
            assert refusals[0].endswith("run `kb build`."), how
            assert "\n" not in refusals[0]
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)
    assert open_newest_good(layout, lambda error: pytest.fail(str(error))).generation == new


def test_a_damaged_encoder_is_refused_too(two: Settings) -> None:
    layout = Layout(two.index)
    old, new = layout.generations()
    weights = max(layout.snapshot(new).encoder.iterdir(), key=lambda path: path.stat().st_size)
    content = weights.read_bytes()
    weights.unlink()  # the file is linked to the cache; what is written now is not
    weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    served = open_newest_good(layout, lambda _: None)
    assert served.generation == old
    found = SearchEngine(served, query_encoder(served, two)).search(search_request("legal desk", "en"))
    assert found.hits[0].item.titles["en"] == TITLES[0]
    weights.write_bytes(content)


@pytest.mark.parametrize(
    "pointer", [b"", b"\n", b"\x00" * 27, b"../../etc", b"\xff\xfe", b"x" * 5000, b"20990101T000000-gone\n"]
)
def test_a_torn_pointer_leads_to_the_newest_good_snapshot(layout: Layout, pointer: bytes) -> None:
    layout.pointer.write_bytes(pointer)
    refusals: list[str] = []
    try:
        served = open_newest_good(layout, lambda error: refusals.append(str(error)))
    except NoSnapshotError as error:
        assert str(error) == "There is no index yet; run `kb build`."  # noqa: PT017 - one of two good ends
    else:
        assert served.generation == layout.generations()[-1]
        assert refusals


def test_when_all_are_damaged_the_published_one_is_named(layout: Layout) -> None:
    for generation in layout.generations():
        layout.snapshot(generation).items.write_text("[]")
    with pytest.raises(SnapshotError, match=f"Snapshot {layout.current()} is damaged"):
        open_newest_good(layout, lambda _: None)


def test_going_back_and_forth(layout: Layout) -> None:
    old, new = layout.generations()
    assert roll_back(layout) == old
    assert [(one.name, one.served) for one in generations(layout)] == [(new, False), (old, True)]
    with pytest.raises(SnapshotError, match="There is no earlier snapshot"):
        roll_back(layout)
    assert roll_back(layout, new) == new
    with pytest.raises(SnapshotError, match=r"There is no snapshot '\.\./x'"):
        roll_back(layout, "../x")
    layout.snapshot(old).items.write_text("[]")
    with pytest.raises(SnapshotError, match="damaged"):
        roll_back(layout, old)
    assert layout.current() == new
    with pytest.raises(SnapshotError, match="There is no earlier snapshot"):
        roll_back(layout)


def test_the_list_says_what_is_served_and_what_is_damaged(layout: Layout, two: Settings) -> None:
    old, new = layout.generations()
    run = CliRunner(env={**environment(two), "KB_INDEX": str(layout.root)})
    listed = run.invoke(cli, ["snapshots"]).output.splitlines()
    assert listed[0].startswith(f"* {new}  built 20")
    assert listed[1].startswith(f"  {old}  built 20")
    layout.snapshot(new).items.write_text("[]")
    assert "is damaged (items.json differs" in run.invoke(cli, ["snapshots"]).output


def test_without_a_build_the_list_says_what_to_run(tmp_path: Path) -> None:
    done = CliRunner(env={"KB_INDEX": str(tmp_path / "index")}).invoke(cli, ["snapshots"])
    assert done.output == "There is no snapshot yet; run `kb build`.\n"
