"""The encoder that serves: questions only, by ONNX Runtime, with nothing of PyTorch in the process.

Reads a folder that `kb.encoding.export` wrote:

    encoder.json     the encoder's description, `max_length`, and how close it comes to the model it was made from
    model.onnx       graph: `input_ids` int64[1, n] -> `token_vectors` float32[1, n, h], `vector` float32[1, d]
    weights.bin      its weights, mapped into memory; copies of the process share them
    tokenizer.json   for `tokenizers`; without its vocabulary where there is a unigram.npz
    unigram.npz      the vocabulary, see `kb.encoding.unigram`; only for Unigram tokenizers
    rarity.npy       float32[vocabulary size]; only for Unigram tokenizers
"""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kb.encoding.helpers import open_with_helpers
from kb.encoding.protocol import Encoded, EncoderInfo, Floats, Ints
from kb.encoding.tokens import TextTokenizer, look_up_rarity
from kb.encoding.unigram import UnigramSplitter
from kb.errors import EncoderError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

DESCRIPTION = "encoder.json"
GRAPH = "model.onnx"
WEIGHTS = "weights.bin"
TOKENIZER = "tokenizer.json"
UNIGRAM = "unigram.npz"
RARITY = "rarity.npy"


class OnnxQueryEncoder:
    """A `QueryEncoder` that starts in a third of a second and takes about 100 MB. Safe to share between threads.

    Args:
        folder: what `kb.encoding.export` wrote.
        threads: processor threads that one question may use. With many users at once, 1 answers most questions
            a second; with few, 2 answers each sooner.

    Raises:
        EncoderError: a file is missing or cannot be used.
    """

    def __init__(self, folder: Path, threads: int) -> None:
        try:
            self._open(folder, threads)
        except EncoderError:
            raise
        # ONNX Runtime and tokenizers raise classes of their own that share no base but Exception.
        except Exception as error:
            raise EncoderError(
                f"The query encoder in {folder} cannot be used ({str(error) or type(error).__name__}); run `kb build`."
            ) from error

    def _open(self, folder: Path, threads: int) -> None:
        from tokenizers import Tokenizer

        description: dict[str, Any] = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        splitter = UnigramSplitter(folder / UNIGRAM) if (folder / UNIGRAM).exists() else None
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._info = EncoderInfo.from_dict(description)
        self._rarity = np.load(folder / RARITY) if (folder / RARITY).exists() else None
        self._tokenizer = TextTokenizer(tokenizer, int(description["max_length"]), splitter)
        self._session, self._helpers = open_with_helpers(lambda: _session(folder / GRAPH, threads))
        # Several questions at once on several threads each would wait awake for one another.
        self._turn: AbstractContextManager[object] = Lock() if threads > 1 else nullcontext()

    @property
    def info(self) -> EncoderInfo:
        return self._info

    def encode_query(self, text: str) -> Encoded:
        """Encode one question."""
        return self._encode(self._info.query_prefix, text)

    def _encode(self, prefix: str, text: str) -> Encoded:
        tokens = self._tokenizer.read(prefix, text)
        names = ["vector", "token_vectors"]
        with self._turn:
            self._helpers.make_way()
            vector, token_vectors = self._session.run(names, {"input_ids": tokens.input_ids[np.newaxis]})
        return Encoded(_unit(vector[0]), tokens.token_ids, _unit(token_vectors[0][tokens.own]), tokens.offsets)

    def token_offsets(self, text: str) -> tuple[Ints, Ints]:
        """Tokens of a passage without encoding it, see `QueryEncoder.token_offsets`."""
        tokens = self._tokenizer.read(self._info.passage_prefix, text)
        return tokens.token_ids, tokens.offsets

    def token_rarity(self, token_ids: Ints) -> Floats:
        """How much each token says, see `QueryEncoder.token_rarity`."""
        return look_up_rarity(self._rarity, token_ids)


def _session(graph: Path, threads: int) -> InferenceSession:
    from onnxruntime import GraphOptimizationLevel, InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # The graph was optimised when it was exported.
    options.graph_optimization_level = GraphOptimizationLevel.ORT_DISABLE_ALL
    # Planning which tensors share memory takes 0.3 s of the start; the arena finds them room just as well.
    options.enable_mem_reuse = False
    options.enable_mem_pattern = False
    # A question's products take some 0.1 ms each, less than it takes to wake a thread: its helpers wait awake, and go to
    # sleep with its end, so that they take nothing from other requests.
    options.add_session_config_entry("session.intra_op.allow_spinning", "1" if threads > 1 else "0")
    options.add_session_config_entry("session.force_spinning_stop", "1")
    options.log_severity_level = 3
    return InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def _unit(vectors: npt.NDArray[Any]) -> Floats:
    lengths = np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
    return np.asarray(vectors / lengths, dtype=np.float32)
