"""The encoder that builds an index: any sentence-transformers model, run by PyTorch."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kb.encoding import bundled
from kb.encoding.protocol import Encoded, EncoderInfo, Floats, Ints
from kb.encoding.tokens import TextTokenizer, Tokens, look_up_rarity, rarity_table, unigram_vocabulary
from kb.errors import EncoderError
from kb.settings import Settings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor

RECIPE = "2"
"""Part of every fingerprint: raise it when the same model, or its export, would give other vectors or files than before."""

_SORTED_TOGETHER = 256
"""Passages sorted by length at a time. More would save little padding and hold more token vectors in memory."""

_TOKENS_A_BATCH = 1024
"""Measured on two cores: smaller batches leave a core waiting, larger ones fall out of its cache."""


def load_encoder(settings: Settings) -> SentenceTransformerEncoder:
    """The encoder that `settings.model` names: `bundled`, a folder, or a name on the model hub.

    Raises:
        EncoderError: there is no such model, or it cannot be used.
    """
    if settings.model == "bundled":
        folder = bundled.bundled_model(settings.cache)
        return SentenceTransformerEncoder(str(folder), settings.threads, name=bundled.NAME)
    return SentenceTransformerEncoder(settings.model, settings.threads)


class SentenceTransformerEncoder:
    """An `Encoder` over a sentence-transformers model. One forward pass gives a text's vector and its tokens' vectors.

    The prefixes are the model's prompts: `query` for queries; `document`, `passage` or `corpus` for passages.

    Args:
        model: a folder, or a name on the model hub.
        threads: processor threads to use. PyTorch has one such number for the whole process.
        name: what to call the model; by default the folder's or the hub's name.

    Raises:
        EncoderError: the model cannot be found or loaded, or gives no offsets or no usable vectors of tokens.
    """

    def __init__(self, model: str, threads: int, *, name: str | None = None) -> None:
        import torch
        from tokenizers import Tokenizer

        torch.set_num_threads(threads)
        self.model = _load(model)
        backend = getattr(self.model.tokenizer, "backend_tokenizer", None)
        if backend is None:
            raise EncoderError(f"The model {model!r} has no fast tokenizer; set KB_MODEL to one that has.")
        # A copy, for sentence-transformers changes the settings of its own with each call.
        tokenizer = Tokenizer.from_str(backend.to_str())
        vocabulary = unigram_vocabulary(tokenizer)
        self.rarity = rarity_table(vocabulary) if vocabulary else None
        self.max_length = int(self.model.max_seq_length or 512)
        self.tokenizer = TextTokenizer(tokenizer, self.max_length)
        self._info = self._describe(name or (Path(model).resolve().name if Path(model).is_dir() else model))
        self._check()

    @property
    def info(self) -> EncoderInfo:
        return self._info

    def encode_query(self, text: str) -> Encoded:
        """Encode one question."""
        return self._encode([self.tokenizer.read(self._info.query_prefix, text)], self._info.query_prefix)[0]

    def encode_passages(self, texts: Iterable[str], progress: Callable[[int], None] | None = None) -> Iterator[Encoded]:
        """Encode passages, see `Encoder.encode_passages`."""
        prefix = self._info.passage_prefix
        remaining = iter(texts)
        while some := [self.tokenizer.read(prefix, text) for text in islice(remaining, _SORTED_TOGETHER)]:
            found: dict[int, Encoded] = {}
            for batch in _batches(some):
                found.update(zip(batch, self._encode([some[i] for i in batch], prefix), strict=True))
                if progress:
                    progress(len(batch))
            yield from (found.pop(i) for i in range(len(some)))

    def count_tokens(self, text: str) -> int:
        """Tokens of a passage, prefix and special tokens not counted."""
        return self.tokenizer.count(self._info.passage_prefix, text)

    def token_offsets(self, text: str) -> tuple[Ints, Ints]:
        """Tokens of a passage without encoding it, see `QueryEncoder.token_offsets`."""
        tokens = self.tokenizer.read(self._info.passage_prefix, text)
        return tokens.token_ids, tokens.offsets

    def token_rarity(self, token_ids: Ints) -> Floats:
        """How much each token says, see `QueryEncoder.token_rarity`."""
        return look_up_rarity(self.rarity, token_ids)

    def _encode(self, batch: Sequence[Tokens], prefix: str) -> list[Encoded]:
        import torch

        ids = torch.full((len(batch), max(len(tokens.input_ids) for tokens in batch)), self._padding())
        mask = torch.zeros_like(ids)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens.input_ids)] = torch.from_numpy(tokens.input_ids)
            mask[row, : len(tokens.input_ids)] = 1
        features: dict[str, Any] = {"input_ids": ids, "attention_mask": mask}
        with torch.inference_mode():
            output = self.model({**features, "prompt_length": self.prompt_length(prefix)})
            vectors = _unit(output["sentence_embedding"])
            token_vectors = _unit(output["token_embeddings"])
        return [
            Encoded(vectors[row], tokens.token_ids, _own_rows(token_vectors[row], tokens), tokens.offsets)
            for row, tokens in enumerate(batch)
        ]

    def prompt_length(self, prefix: str) -> int:
        """Tokens in front of a text, for models that leave their prompt out of the vector."""
        own = self.tokenizer.read(prefix, "a").own
        return int(own.argmax()) if prefix else 0

    def _check(self) -> None:
        width = self.encode_query("").token_vectors.shape[1]
        if width != self._info.dimension:
            raise EncoderError(
                f"The model {self._info.name!r} gives tokens {width} numbers and texts {self._info.dimension}; "
                "set KB_MODEL to one that gives both the same."
            )

    def _padding(self) -> int:
        number: int | None = self.model.tokenizer.pad_token_id
        return number or 0

    def _describe(self, name: str) -> EncoderInfo:
        prompts: dict[str, str | None] = self.model.prompts
        query = prompts.get("query") or ""
        passage = next((prompts[key] or "" for key in ("document", "passage", "corpus") if prompts.get(key)), "")
        return EncoderInfo(
            name=name,
            fingerprint=_fingerprint(self.model, self.max_length, query, passage),
            dimension=int(self.model.get_embedding_dimension() or 0),
            max_tokens=self.tokenizer.room(query, passage),
            query_prefix=query,
            passage_prefix=passage,
        )


def _load(model: str) -> SentenceTransformer:
    if not Path(model).is_dir() and _looks_like_a_folder(model):
        raise EncoderError(
            f"KB_MODEL names the folder {model!r}, which is not there; correct it, or set it to `bundled`."
        )
    # The tokenizers' own threads would only wait for one another: texts are tokenized one by one.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()
    options: dict[str, Any] = {"device": "cpu", "model_kwargs": {"dtype": torch.float32}}
    try:
        try:
            return SentenceTransformer(model, local_files_only=True, **options)
        except OSError:
            if Path(model).is_dir():
                raise
            return SentenceTransformer(model, **options)
    # Loading runs code of three libraries and of the model, which raise anything from OSError to AttributeError.
    except Exception as error:
        reason = first_line(error)
        if Path(model).is_dir():
            raise EncoderError(
                f"The folder {model!r} holds no usable sentence-transformers model ({reason})."
            ) from error
        raise EncoderError(
            f"The model {model!r} is not on this machine and the model hub did not deliver it ({reason}); "
            "check the name and the connection, or set KB_MODEL to `bundled`."
        ) from error


def first_line(error: Exception) -> str:
    """What a library says of an error, without what it says below that."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _looks_like_a_folder(model: str) -> bool:
    return model.startswith((".", "/", "~")) or model.count("/") > 1 or "\\" in model


def _batches(tokens: Sequence[Tokens]) -> Iterator[list[int]]:
    """Positions of texts of like length, at most `_TOKENS_A_BATCH` with padding (or one text that is longer)."""
    batch: list[int] = []
    for i in sorted(range(len(tokens)), key=lambda i: len(tokens[i].input_ids)):
        if batch and len(tokens[i].input_ids) * (len(batch) + 1) > _TOKENS_A_BATCH:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def _unit(vectors: Tensor) -> Floats:
    from torch.nn.functional import normalize

    numbers: Floats = normalize(vectors.float(), dim=-1).numpy()
    return numbers


def _own_rows(token_vectors: Floats, tokens: Tokens) -> Floats:
    rows: Floats = token_vectors[: len(tokens.own)][tokens.own]
    return rows


def _fingerprint(model: SentenceTransformer, *settings: object) -> str:
    """SHA-256 over the parameters, the tokenizer, the modules' settings and `settings`."""
    digest = hashlib.sha256(json.dumps([RECIPE, *map(str, settings)]).encode())
    for module in model:
        config = module.get_config_dict() if hasattr(module, "get_config_dict") else {}
        digest.update(json.dumps([type(module).__name__, config], sort_keys=True, default=str).encode())
    digest.update(model.tokenizer.backend_tokenizer.to_str().encode())
    for name, tensor in sorted(model.state_dict().items()):
        # A pooler takes no part in these vectors; where the files lack it, it is filled with random numbers.
        if ".pooler." not in name:
            digest.update(f"{name} {tuple(tensor.shape)}".encode())
            digest.update(np.ascontiguousarray(tensor.float().numpy()).data)
    return digest.hexdigest()
