from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from kb.encoding.model import SentenceTransformerEncoder
from kb.encoding.runtime import OnnxQueryEncoder
from kb.errors import EncoderError

from .conftest import SENTENCES

TEXTS = [
    *SENTENCES,
    "",
    "  \n",
    "ﬁn ½ № 5 … 日本語 😀 \u200b\ud800",
    "</s> query: <mask>",
    "albergue niñez psicosocial " * 200,
    "x" * 5000,
]


@pytest.mark.parametrize("text", TEXTS)
def test_tokens_are_those_of_the_model(
    encoder: SentenceTransformerEncoder, served: OnnxQueryEncoder, text: str
) -> None:
    exact, found = encoder.encode_query(text), served.encode_query(text)
    np.testing.assert_array_equal(found.token_ids, exact.token_ids)
    np.testing.assert_array_equal(found.offsets, exact.offsets)
    np.testing.assert_array_equal(served.token_rarity(found.token_ids), encoder.token_rarity(exact.token_ids))
    for one, other in zip(served.token_offsets(text), encoder.token_offsets(text), strict=True):
        np.testing.assert_array_equal(one, other)
    assert found.token_vectors.shape == exact.token_vectors.shape
    assert found.vector.dtype == found.token_vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found.vector), 1, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(found.token_vectors, axis=1), 1, atol=1e-5)


def test_it_is_described_as_the_model(encoder: SentenceTransformerEncoder, served: OnnxQueryEncoder) -> None:
    assert served.info == encoder.info


def test_threads_share_one_encoder(served: OnnxQueryEncoder) -> None:
    alone = [served.encode_query(text).vector for text in SENTENCES]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(served.encode_query, SENTENCES * 10))
    for i, encoded in enumerate(together):
        np.testing.assert_array_equal(encoded.vector, alone[i % len(SENTENCES)])


def test_serving_never_imports_pytorch(served: OnnxQueryEncoder, exported_folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from kb.encoding.runtime import OnnxQueryEncoder\n"
        f"encoder = OnnxQueryEncoder(Path({str(exported_folder)!r}), threads=1)\n"
        "encoder.token_rarity(encoder.encode_query('atención psicosocial').token_ids)\n"
        "encoder.token_offsets('atención psicosocial')\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'onnx', 'scipy', 'sklearn'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_missing_folder_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="kb build"):
        OnnxQueryEncoder(tmp_path, threads=1)


@pytest.mark.parametrize("name", ["encoder.json", "model.onnx", "weights.bin", "tokenizer.json", "unigram.npz"])
def test_a_torn_file_says_what_to_run(
    served: OnnxQueryEncoder, exported_folder: Path, tmp_path: Path, name: str
) -> None:
    torn = tmp_path / "torn"
    shutil.copytree(exported_folder, torn)
    (torn / name).write_bytes((torn / name).read_bytes()[:1000][:-1])
    if name == "encoder.json":
        (torn / name).write_text("{}")
    if name == "tokenizer.json":
        (torn / name).write_text("{")
    with pytest.raises(EncoderError, match="kb build"):
        OnnxQueryEncoder(torn, threads=1)
