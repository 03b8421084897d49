"""Builds encode through the export, and load PyTorch only for a model that was never exported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kb.encoding.model import SentenceTransformerEncoder
from kb.encoding.opening import OnnxEncoder, open_encoder
from kb.errors import EncoderError
from kb.settings import load_settings
from tests.encoding.conftest import SENTENCES


def test_passages_agree_with_the_model_and_keep_their_order(
    encoder: SentenceTransformerEncoder, model_cache: Path
) -> None:
    opened = open_encoder(load_settings({}, cache=model_cache))
    assert isinstance(opened, OnnxEncoder)
    done: list[int] = []
    found = list(opened.encode_passages(SENTENCES, done.append))
    exact = list(encoder.encode_passages(SENTENCES))
    assert sum(done) == len(found) == len(SENTENCES)
    for one, other in zip(found, exact, strict=True):
        assert float(one.vector @ other.vector) > 0.99
        np.testing.assert_array_equal(one.token_ids, other.token_ids)
    assert [opened.count_tokens(text) for text in SENTENCES] == [encoder.count_tokens(text) for text in SENTENCES]


def test_the_second_time_nothing_of_pytorch_is_imported(model_cache: Path) -> None:
    open_encoder(load_settings({}, cache=model_cache))
    script = (
        "import sys; from kb.settings import load_settings; from kb.encoding.opening import open_encoder;"
        f"e = open_encoder(load_settings({{}}, cache={str(model_cache)!r})); list(e.encode_passages(['a b']));"
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_another_model_is_exported_once_and_told_from_a_changed_one(tiny_model: Path, tmp_path: Path) -> None:
    settings = load_settings({}, model=tiny_model, cache=tmp_path)
    steps: list[str] = []
    first = open_encoder(settings, steps.append)
    assert len(steps) == 2
    again = open_encoder(settings, steps.append)
    assert len(steps) == 2
    assert first.info == again.info


def test_a_model_that_cannot_be_exported_encodes_by_itself(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise RuntimeError("unsupported operator")

    monkeypatch.setattr("torch.onnx.export", refuse)
    steps: list[str] = []
    opened = open_encoder(load_settings({}, model=tiny_model, cache=tmp_path), steps.append)
    assert isinstance(opened, SentenceTransformerEncoder)
    assert "PyTorch will encode and serve" in steps[-1]


def test_a_model_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="KB_MODEL names the folder"):
        open_encoder(load_settings({}, model="./no/such/model", cache=tmp_path))
