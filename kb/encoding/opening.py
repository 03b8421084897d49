"""The encoder that builds. PyTorch is loaded once a model, to export it; from then on ONNX Runtime does the work.

Importing sentence-transformers costs seconds and hundreds of megabytes, more than encoding what one edit changes; and the
eight-bit export ranks as well as the model (docs/decisions/0003-one-encoder.md). So passages and questions go through the
same export.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from kb.encoding import bundled
from kb.encoding.folders import is_whole
from kb.encoding.model import RECIPE
from kb.encoding.protocol import Encoded
from kb.encoding.runtime import OnnxQueryEncoder
from kb.errors import EncoderError
from kb.sentences import Sentence
from kb.settings import Settings

if TYPE_CHECKING:
    from kb.encoding.model import SentenceTransformerEncoder

_AT_ONCE = 256
"""Passages handed to the threads at a time, so that a generator over a large collection never lies in memory whole."""


class OnnxEncoder(OnnxQueryEncoder):
    """An `Encoder` over an exported model: one passage a thread, which keeps every core busy without padding.

    Args:
        folder: what `kb.encoding.export` wrote; `link_export` puts it into a snapshot.
        threads: passages encoded at the same time.
    """

    def __init__(self, folder: Path, threads: int) -> None:
        super().__init__(folder, threads=1)
        self.folder = folder
        self._threads = threads

    def encode_passages(self, texts: Iterable[str], progress: Callable[[int], None] | None = None) -> Iterator[Encoded]:
        """Encode passages, see `Encoder.encode_passages`."""
        remaining = iter(texts)
        with ThreadPoolExecutor(self._threads) as pool:
            while some := list(islice(remaining, _AT_ONCE)):
                for encoded in pool.map(self.encode_passage, some):
                    yield encoded
                    if progress:
                        progress(1)

    def encode_passage(self, text: str) -> Encoded:
        """Encode one passage."""
        return self._encode(self._info.passage_prefix, text)

    def count_tokens(self, text: str) -> int:
        """Tokens of a passage, prefix and special tokens not counted."""
        return self._tokenizer.count(self._info.passage_prefix, text)


def open_encoder(
    settings: Settings, progress: Callable[[str], None] = lambda _: None
) -> OnnxEncoder | SentenceTransformerEncoder:
    """The encoder that `settings.model` names, exported on first use; the model itself where it cannot be exported.

    Raises:
        EncoderError: there is no such model, or it cannot be used.
    """
    remembered = _remembered(settings)
    if remembered and remembered.is_file():
        kept = settings.cache / "exports" / remembered.read_text(encoding="utf-8")
        if is_whole(kept):
            return OnnxEncoder(kept, settings.threads)
    if find_spec("torch") is None:
        raise EncoderError(
            "Building with a model for the first time needs PyTorch; install it with `pip install '.[build]'`."
        )
    from kb.encoding.export import export_model
    from kb.encoding.model import load_encoder

    progress(Sentence("opening the model with PyTorch (once a model)"))
    encoder = load_encoder(settings)
    progress(Sentence("exporting it to ONNX"))
    try:
        kept = export_model(encoder, settings.cache)
    except EncoderError as error:
        progress(
            Sentence(
                "%(error)s PyTorch will encode and serve, which is slower and needs more memory.", error=error.sentence
            )
        )
        return encoder
    if remembered:
        remembered.parent.mkdir(parents=True, exist_ok=True)
        remembered.write_text(kept.name, encoding="utf-8")
    return OnnxEncoder(kept, settings.threads)


def _remembered(settings: Settings) -> Path | None:
    """The file that says which export belongs to a model, by what the model is; none for names on a hub."""
    if settings.model == "bundled":
        identity = bundled.identity()
    elif Path(settings.model).is_dir():
        files = sorted(path for path in Path(settings.model).rglob("*") if path.is_file())
        identity = str([(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files])
    else:
        return None
    name = hashlib.sha256(f"{RECIPE} {identity}".encode()).hexdigest()[:16]
    return settings.cache / "exports" / "by-model" / name
