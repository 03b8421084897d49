from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kb.encoding.model import SentenceTransformerEncoder, load_encoder
from kb.encoding.protocol import Encoded
from kb.errors import EncoderError
from kb.settings import load_settings

from .conftest import SENTENCES

LONG = " ".join(["albergue", "niñez", "desplazada", "psicosocial", "community", "shelter"] * 100)
"""600 words, about twice what the model reads."""


def words(text: str, encoded: Encoded) -> list[str]:
    return [text[start:end] for start, end in encoded.offsets]


def test_vectors_are_those_of_sentence_transformers(encoder: SentenceTransformerEncoder) -> None:
    queries = np.stack([encoder.encode_query(text).vector for text in SENTENCES])
    passages = np.stack([encoded.vector for encoded in encoder.encode_passages(SENTENCES)])
    np.testing.assert_allclose(queries, encoder.model.encode_query(SENTENCES), atol=1e-5)
    np.testing.assert_allclose(passages, encoder.model.encode_document(SENTENCES), atol=1e-5)


def test_shapes_and_lengths(encoder: SentenceTransformerEncoder) -> None:
    encoded = encoder.encode_query(SENTENCES[3])
    tokens = len(encoded.token_ids)
    assert encoded.vector.shape == (encoder.info.dimension,) == (384,)
    assert encoded.token_vectors.shape == (tokens, 384)
    assert encoded.offsets.shape == (tokens, 2)
    assert encoded.vector.dtype == encoded.token_vectors.dtype == np.float32
    assert encoded.token_ids.dtype == encoded.offsets.dtype == np.int32
    np.testing.assert_allclose(np.linalg.norm(encoded.vector), 1, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(encoded.token_vectors, axis=1), 1, atol=1e-5)


def test_passages_come_back_in_order_whatever_their_batch(encoder: SentenceTransformerEncoder) -> None:
    texts = [f"permiso {'más palabras ' * (i % 7)}{i}" for i in range(260)]
    finished: list[int] = []
    together = list(encoder.encode_passages((text for text in texts), finished.append))
    assert len(together) == len(texts) == sum(finished)
    for i in (0, 1, 100, 255, 256, 259):
        (alone,) = encoder.encode_passages([texts[i]])
        np.testing.assert_array_equal(together[i].token_ids, alone.token_ids)
        np.testing.assert_allclose(together[i].vector, alone.vector, atol=1e-4)
        np.testing.assert_allclose(together[i].token_vectors, alone.token_vectors, atol=1e-3)


def test_passages_are_read_piece_by_piece(encoder: SentenceTransformerEncoder) -> None:
    asked: list[int] = []

    def endless() -> Iterator[str]:
        for i in range(10**9):
            asked.append(i)
            yield "corto"

    next(encoder.encode_passages(endless()))
    assert len(asked) <= 256
    assert list(encoder.encode_passages([])) == []


def test_queries_and_passages_have_their_own_prefix(encoder: SentenceTransformerEncoder) -> None:
    assert (encoder.info.query_prefix, encoder.info.passage_prefix) == ("query: ", "passage: ")
    (passage,) = encoder.encode_passages(["permiso de trabajo"])
    query = encoder.encode_query("permiso de trabajo")
    np.testing.assert_array_equal(passage.token_ids, query.token_ids)
    np.testing.assert_array_equal(passage.offsets, query.offsets)
    assert 0.8 < float(passage.vector @ query.vector) < 0.9999


def test_offsets_point_at_the_words(encoder: SentenceTransformerEncoder) -> None:
    text = "La atención  psicosocial\na la niñez,\t¿dónde?"
    encoded = encoder.encode_query(text)
    found = words(text, encoded)
    assert "".join(found) == "".join(text.split())
    start = text.index("psicosocial")
    inside = [word for word, (a, b) in zip(found, encoded.offsets, strict=True) if start <= a and b <= start + 11]
    assert inside == ["psico", "social"]
    assert not any(word != word.strip() for word in found)


def test_offsets_hold_where_normalising_changes_the_length(encoder: SentenceTransformerEncoder) -> None:
    text = "ﬁnanciación № 5 … ½ \ud800 niñez 😀 fin"
    encoded = encoder.encode_query(text)
    assert words(text, encoded)[-1] == "fin"
    assert encoded.offsets.min() >= 0
    assert encoded.offsets.max() == len(text)


def test_prefix_and_special_tokens_are_left_out(encoder: SentenceTransformerEncoder) -> None:
    tokenizer = encoder.model.tokenizer
    encoded = encoder.encode_query("query: </s> passage")
    assert not {tokenizer.bos_token_id, tokenizer.pad_token_id} & set(encoded.token_ids.tolist())
    assert words("query: </s> passage", encoded)[0] == "que"
    assert len(encoder.encode_query("refugio").token_ids) == len(tokenizer.tokenize("refugio"))


@pytest.mark.parametrize("text", ["", " ", "\n\t "])
def test_an_empty_text_has_the_prefixes_vector_and_no_tokens(encoder: SentenceTransformerEncoder, text: str) -> None:
    for encoded in (encoder.encode_query(text), *encoder.encode_passages([text])):
        assert encoded.token_vectors.shape == (0, 384)
        assert encoded.offsets.shape == (0, 2)
        np.testing.assert_allclose(np.linalg.norm(encoded.vector), 1, atol=1e-5)
    np.testing.assert_array_equal(encoder.encode_query(text).vector, encoder.encode_query("").vector)
    assert encoder.count_tokens(text) == 0


def test_a_long_text_is_cut(encoder: SentenceTransformerEncoder) -> None:
    assert encoder.count_tokens(LONG) > encoder.info.max_tokens
    for encoded in (encoder.encode_query(LONG), *encoder.encode_passages([LONG])):
        assert encoder.info.max_tokens <= len(encoded.token_ids) < 512
        assert 0 < encoded.offsets.max() < len(LONG)


def test_what_fits_by_count_is_not_cut(encoder: SentenceTransformerEncoder) -> None:
    text = "de " * encoder.info.max_tokens
    assert encoder.count_tokens(text) == encoder.info.max_tokens
    (passage,) = encoder.encode_passages([text])
    assert len(passage.token_ids) == encoder.info.max_tokens
    assert len(encoder.encode_query(text).token_ids) == encoder.info.max_tokens


def test_token_offsets_are_those_of_the_encoded_passage(encoder: SentenceTransformerEncoder) -> None:
    texts = [*SENTENCES, LONG, ""]
    for text, encoded in zip(texts, encoder.encode_passages(texts), strict=True):
        token_ids, offsets = encoder.token_offsets(text)
        np.testing.assert_array_equal(token_ids, encoded.token_ids)
        np.testing.assert_array_equal(offsets, encoded.offsets)


def test_rare_words_are_rarer(encoder: SentenceTransformerEncoder) -> None:
    of, shelter = encoder.encode_query("de").token_ids, encoder.encode_query("psicosocial").token_ids
    assert encoder.token_rarity(of).max() < encoder.token_rarity(shelter).min()
    unknown = encoder.encode_query("\U0001f9ff\U00013000").token_ids
    assert encoder.token_rarity(unknown).max() >= encoder.token_rarity(shelter).max()
    assert encoder.token_rarity(np.array([], np.int32)).shape == (0,)


def test_fingerprint_depends_on_content_alone(
    encoder: SentenceTransformerEncoder, tiny_model: Path, tmp_path: Path
) -> None:
    moved = tmp_path / "another name"
    moved.symlink_to(tiny_model)
    first, second = SentenceTransformerEncoder(str(tiny_model), 2), SentenceTransformerEncoder(str(moved), 2)
    assert replace(first.info, name="") == replace(second.info, name="")
    assert first.info.fingerprint != encoder.info.fingerprint
    prompts = tiny_model / "config_sentence_transformers.json"
    before = prompts.read_text()
    try:
        prompts.write_text('{"prompts": {"query": "care "}}')
        prefixed = SentenceTransformerEncoder(str(tiny_model), 2)
    finally:
        prompts.write_text(before)
    assert prefixed.info.query_prefix == "care "
    assert prefixed.info.fingerprint != first.info.fingerprint


def test_a_model_of_another_make_works(tiny_model: Path) -> None:
    encoder = load_encoder(load_settings({}, model=str(tiny_model)))
    assert encoder.info.name == "tiny-model"
    assert (encoder.info.dimension, encoder.info.max_tokens) == (160, 30)
    encoded = encoder.encode_query("Care for children?")
    assert words("Care for children?", encoded) == ["Care", "for", "child", "ren", "?"]
    np.testing.assert_allclose(np.linalg.norm(encoded.vector), 1, atol=1e-5)
    assert encoder.token_rarity(encoded.token_ids).tolist() == [1.0] * 5
    longest, shortest = encoder.encode_passages(["work permits " * 30, "care"])
    assert (len(longest.token_ids), len(shortest.token_ids)) == (30, 1)


def test_a_model_that_shortens_its_vectors_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Dense

    model = SentenceTransformer(str(tiny_model), device="cpu")
    model.append(Dense(160, 64))
    model.save(str(tmp_path / "shortening"))
    with pytest.raises(EncoderError, match="gives tokens 160 numbers and texts 64"):
        SentenceTransformerEncoder(str(tmp_path / "shortening"), 2)


@pytest.mark.parametrize("model", ["./nowhere", "/nowhere/at/all", "../models/e5"])
def test_a_missing_folder_says_so(model: str) -> None:
    with pytest.raises(EncoderError, match=r"KB_MODEL names the folder .* which is not there; .*`bundled`"):
        load_encoder(load_settings({}, model=model))


def test_an_unreachable_hub_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EncoderError, match=r"'nobody/no-such-model' is not on this machine.*`bundled`"):
        load_encoder(load_settings({}, model="nobody/no-such-model"))


def test_a_folder_without_a_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="holds no usable sentence-transformers model"):
        load_encoder(load_settings({}, model=str(tmp_path)))
