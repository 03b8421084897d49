from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest

from kb.encoding import quantize
from kb.encoding.export import ExportFigures, export_model, link_export
from kb.encoding.model import SentenceTransformerEncoder
from kb.encoding.runtime import OnnxQueryEncoder
from kb.errors import EncoderError

from .conftest import SENTENCES


def test_the_export_comes_close_to_the_model(figures: ExportFigures) -> None:
    assert figures.vector_cosine >= 0.998
    assert figures.vector_cosine_least >= 0.997
    assert figures.token_cosine >= 0.997
    assert figures.megabytes < 150
    assert json.loads(json.dumps(figures.to_dict())) == figures.to_dict()


def test_sentences_it_was_not_checked_on_come_close_too(
    encoder: SentenceTransformerEncoder, served: OnnxQueryEncoder
) -> None:
    for text in SENTENCES:
        exact, found = encoder.encode_query(text), served.encode_query(text)
        assert float(exact.vector @ found.vector) >= 0.997
        assert np.einsum("td,td->t", exact.token_vectors, found.token_vectors).mean() >= 0.997


def test_a_second_export_is_taken_from_the_cache(
    encoder: SentenceTransformerEncoder,
    figures: ExportFigures,
    exported_folder: Path,
    model_cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(quantize, "quantize", None)
    for _ in range(2):
        assert link_export(export_model(encoder, model_cache), tmp_path / "again") == figures
    names = {file.name for file in (tmp_path / "again").iterdir()}
    assert names == {file.name for file in exported_folder.iterdir()}
    assert names == {"encoder.json", "model.onnx", "weights.bin", "tokenizer.json", "unigram.npz", "rarity.npy"}


def test_another_make_of_model_is_exported_too(tiny_model: Path, tmp_path: Path) -> None:
    encoder = SentenceTransformerEncoder(str(tiny_model), 2)
    link_export(export_model(encoder, tmp_path / "cache"), tmp_path / "out")
    assert not (tmp_path / "out" / "unigram.npz").exists()
    served = OnnxQueryEncoder(tmp_path / "out", threads=1)
    exact, found = encoder.encode_query("Care for children?"), served.encode_query("Care for children?")
    assert served.info == encoder.info
    assert float(exact.vector @ found.vector) > 0.99
    np.testing.assert_array_equal(exact.offsets, found.offsets)
    np.testing.assert_array_equal(served.token_rarity(found.token_ids), encoder.token_rarity(exact.token_ids))


def test_a_plain_bert_is_written_by_hand_and_any_other_model_traced(tiny_model: Path, tmp_path: Path) -> None:
    mean = tmp_path / "mean"
    shutil.copytree(tiny_model, mean)
    (mean / "1_Pooling" / "config.json").write_text(json.dumps({"embedding_dimension": 160, "pooling_mode": "mean"}))
    nodes = {}
    for folder in (tiny_model, mean):
        encoder = SentenceTransformerEncoder(str(folder), 2)
        exported = export_model(encoder, tmp_path / "cache")
        nodes[folder] = {node.op_type for node in onnx.load(exported / "model.onnx").graph.node}
        exact, found = (e.encode_query("Care for children?") for e in (encoder, OnnxQueryEncoder(exported, threads=2)))
        assert float(exact.vector @ found.vector) > 0.999
        assert np.einsum("td,td->t", exact.token_vectors, found.token_vectors).min() > 0.999
    assert "MultiHeadAttention" in nodes[mean]
    assert "MultiHeadAttention" not in nodes[tiny_model]


def test_an_export_that_strays_is_refused(tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoil(model: onnx.ModelProto) -> None:
        for tensor in model.graph.initializer:
            if len(tensor.dims) == 2 and tensor.data_type == onnx.TensorProto.FLOAT:
                values = onnx.numpy_helper.to_array(tensor)
                tensor.CopyFrom(onnx.numpy_helper.from_array(values[::-1].copy(), tensor.name))

    monkeypatch.setattr(quantize, "quantize", spoil)
    encoder = SentenceTransformerEncoder(str(tiny_model), 2)
    with pytest.raises(EncoderError, match=r"strays from the original.*0\.99"):
        link_export(export_model(encoder, tmp_path / "cache"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_model_that_cannot_be_traced_says_so(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise RuntimeError("unsupported operator\nwith a long trace")

    monkeypatch.setattr("torch.onnx.export", refuse)
    encoder = SentenceTransformerEncoder(str(tiny_model), 2)
    with pytest.raises(EncoderError, match=r"'tiny-model' cannot be exported to ONNX \(unsupported operator\)"):
        link_export(export_model(encoder, tmp_path / "cache"), tmp_path / "out")


def test_an_export_survives_where_links_are_not_possible(
    encoder: SentenceTransformerEncoder,
    figures: ExportFigures,
    model_cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_args: object) -> None:
        raise OSError("another file system")

    monkeypatch.setattr("os.link", refuse)
    assert link_export(export_model(encoder, model_cache), tmp_path / "out") == figures
    assert OnnxQueryEncoder(tmp_path / "out", threads=1).info == encoder.info
    shutil.rmtree(tmp_path / "out")
