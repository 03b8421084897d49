"""The query encoder that serves, made from the model that builds: an ONNX graph in eight bits, and its tokenizer.

The export takes half a minute and gives 120 MB, so it is kept in the cache under the model's fingerprint; a build
links it into its snapshot.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kb.encoding.folders import RECEIPT, make_whole
from kb.encoding.model import SentenceTransformerEncoder, first_line
from kb.encoding.protocol import Encoded
from kb.encoding.runtime import DESCRIPTION, GRAPH, RARITY, TOKENIZER, UNIGRAM, WEIGHTS, OnnxQueryEncoder
from kb.encoding.tokens import TextTokenizer, rarity_table, unigram_vocabulary
from kb.encoding.unigram import UnigramSplitter, write_unigram
from kb.errors import EncoderError

if TYPE_CHECKING:
    from onnx import ModelProto

_OPSET = 20
"""First version of ONNX with a Gelu operator."""

_LEAST_COSINE = 0.99

_CHECKED = (
    "How did other countries give psychosocial care to displaced children?",
    "work permits for asylum seekers",
    "Municipal offices that register returnees, and what it took to staff them in the first year.",
    "Which evaluations of community-based protection networks report results for women who survived violence?",
    "A school identifier lets children enrol without papers; the ministry pays meals from the day of enrolment.",
    "¿Cómo se dio atención psicosocial a la niñez desplazada en albergues?",
    "permisos de trabajo para solicitantes de la condición de refugiado",
    "Oficinas municipales que registran a personas retornadas, y qué hizo falta para dotarlas de personal.",
    "¿Qué hicieron los países vecinos cuando las clínicas rechazaban a personas sin documentos ni seguro?",
    "La regularización migratoria abrió el acceso a cuentas bancarias, según la encuesta del año 2023 (n = 1.412).",
)
"""What the export is compared on; its figures are comparable only while this list stays."""


@dataclass(frozen=True)
class ExportFigures:
    """How close the exported encoder comes to the model, as cosines over a fixed list of English and Spanish texts.

    Attributes:
        vector_cosine: mean over the texts' vectors.
        vector_cosine_least: the worst of them.
        token_cosine: mean over the vectors of all tokens.
        megabytes: size of all files.
    """

    vector_cosine: float
    vector_cosine_least: float
    token_cosine: float
    megabytes: float

    def to_dict(self) -> dict[str, float]:
        """For a manifest: JSON values only."""
        return asdict(self)


def export_model(encoder: SentenceTransformerEncoder, cache: Path) -> Path:
    """The folder in `cache` that holds the exported `encoder`; exported now where it is not there yet.

    Raises:
        EncoderError: the model cannot be exported, or its export strays too far from it. It can still be served by
            the encoder itself, which is a `QueryEncoder` too, at the price of PyTorch in the serving process.
    """
    kept = cache / "exports" / encoder.info.fingerprint[:16]
    try:
        return make_whole(kept, lambda fresh: _export(encoder, fresh))
    except OSError as error:
        raise EncoderError(f"The query encoder cannot be written to {kept} ({error}).") from error


def link_export(kept: Path, folder: Path) -> ExportFigures:
    """Puts what `export_model` made into `folder`, as hard links where that can be: replace its files, never change them.

    Raises:
        EncoderError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in kept.iterdir():
            if file.name != RECEIPT:
                _link(file, folder / file.name)
    except OSError as error:
        raise EncoderError(f"The query encoder cannot be written to {folder} ({error}).") from error
    description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    return ExportFigures(**description["figures"])


def _link(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)


def _export(encoder: SentenceTransformerEncoder, folder: Path) -> None:
    from kb.encoding.bert import bert_graph

    try:
        _save(bert_graph(encoder) or _traced(encoder), folder)
    except OSError:
        raise
    # The exporter traces the model's own code, which may do anything that it cannot trace.
    except Exception as error:
        raise EncoderError(
            f"The model {encoder.info.name!r} cannot be exported to ONNX ({first_line(error)})."
        ) from error
    _save_tokenizer(encoder, folder)
    description = {**encoder.info.to_dict(), "max_length": encoder.max_length}
    _describe(folder, description)
    figures = _compare(encoder, OnnxQueryEncoder(folder, threads=1), folder)
    if not figures.vector_cosine >= _LEAST_COSINE:
        raise EncoderError(
            f"The exported model {encoder.info.name!r} strays from the original: its vectors have a cosine of "
            f"{figures.vector_cosine:.4f} to the exact ones, where {_LEAST_COSINE} is the least."
        )
    _describe(folder, {**description, "figures": figures.to_dict()})


def _describe(folder: Path, description: dict[str, Any]) -> None:
    (folder / DESCRIPTION).write_text(json.dumps(description, indent=1), encoding="utf-8")


def _traced(encoder: SentenceTransformerEncoder) -> ModelProto:
    """A model of any make as a graph over one text, from token numbers to the text's vector and its tokens'."""
    import torch

    from kb.encoding.quantize import quantize

    class OneText(torch.nn.Module):  # type: ignore[misc]  # PyTorch's classes have no types that mypy can follow
        def __init__(self) -> None:
            super().__init__()
            self.model = encoder.model

        def forward(self, input_ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            output = self.model({"input_ids": input_ids, "prompt_length": prompt_length})
            return output["token_embeddings"], output["sentence_embedding"]

    prompt_length = encoder.prompt_length(encoder.info.query_prefix)
    example = torch.from_numpy(encoder.tokenizer.read(encoder.info.query_prefix, _CHECKED[0]).input_ids)[None]
    length = torch.export.Dim("length", min=2, max=encoder.max_length)
    with torch.no_grad(), _plain_attention(encoder), _quiet("torch.onnx"):
        program = torch.onnx.export(
            OneText().eval(),
            (example,),
            dynamo=True,
            verbose=False,
            opset_version=_OPSET,
            input_names=["input_ids"],
            output_names=["token_vectors", "vector"],
            dynamic_shapes=({1: length},),
        )
    if program is None:
        raise EncoderError("the exporter gave nothing back")
    graph = program.model_proto
    quantize(graph)
    return _optimised(graph)


@contextmanager
def _quiet(logger: str) -> Iterator[None]:
    """Without remarks of the exporter that are for its own developers."""
    level = logging.getLogger(logger).level
    logging.getLogger(logger).setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.getLogger(logger).setLevel(level)


@contextmanager
def _plain_attention(encoder: SentenceTransformerEncoder) -> Iterator[None]:
    """Attention written out in matrix products, which traces to a third of the nodes of PyTorch's fused kernel."""
    model = encoder.model.transformers_model
    before = getattr(getattr(model, "config", None), "_attn_implementation", None)
    if model is None or before is None:
        yield
        return
    model.set_attn_implementation("eager")
    try:
        yield
    finally:
        model.set_attn_implementation(before)


def _optimised(graph: ModelProto) -> ModelProto:
    """The graph with its nodes fused where that holds for every processor, so that serving can skip this."""
    import onnx
    from onnxruntime import GraphOptimizationLevel, InferenceSession, SessionOptions

    with tempfile.TemporaryDirectory() as folder:
        options = SessionOptions()
        options.graph_optimization_level = GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.optimized_model_filepath = str(Path(folder) / GRAPH)
        options.log_severity_level = 3
        InferenceSession(graph.SerializeToString(), options, providers=["CPUExecutionProvider"])
        return onnx.load(options.optimized_model_filepath)


def _save(graph: ModelProto, folder: Path) -> None:
    import onnx

    onnx.save_model(graph, folder / GRAPH, save_as_external_data=True, location=WEIGHTS, size_threshold=1024)


def _save_tokenizer(encoder: SentenceTransformerEncoder, folder: Path) -> None:
    """The tokenizer; a Unigram one in two parts, its vocabulary where it loads fast and the rest for `tokenizers`."""
    tokenizer = encoder.model.tokenizer.backend_tokenizer
    (folder / TOKENIZER).write_text(tokenizer.to_str(), encoding="utf-8")
    vocabulary = unigram_vocabulary(tokenizer)
    if vocabulary is None:
        return
    np.save(folder / RARITY, rarity_table(vocabulary))
    write_unigram(folder / UNIGRAM, *vocabulary)
    rest = json.loads(tokenizer.to_str())
    rest["model"] = {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0]], "byte_fallback": False}
    rest["added_tokens"] = []
    if _splits_alike(encoder, json.dumps(rest), folder / UNIGRAM):
        (folder / TOKENIZER).write_text(json.dumps(rest), encoding="utf-8")
    else:
        (folder / UNIGRAM).unlink()


def _splits_alike(encoder: SentenceTransformerEncoder, rest: str, unigram: Path) -> bool:
    """Whether the tokenizer in two parts gives the tokens of the whole one.

    A tokenizer with a feature that the parts lack (tokens added by hand, for one) is then served whole.
    """
    from tokenizers import Tokenizer

    parts = TextTokenizer(Tokenizer.from_str(rest), encoder.max_length, UnigramSplitter(unigram))
    added = [str(token) for token in encoder.model.tokenizer.get_added_vocab()]
    for text in (*_CHECKED, "", "ﬁn… № 5 日本語 \u200b😀", " ".join(added)):
        one, other = (
            parts.read(encoder.info.query_prefix, text),
            encoder.tokenizer.read(encoder.info.query_prefix, text),
        )
        if not np.array_equal(one.input_ids, other.input_ids) or not np.array_equal(one.offsets, other.offsets):
            return False
    return True


def _compare(encoder: SentenceTransformerEncoder, exported: OnnxQueryEncoder, folder: Path) -> ExportFigures:
    pairs = [(encoder.encode_query(text), exported.encode_query(text)) for text in _CHECKED]
    vectors = [float(exact.vector @ served.vector) for exact, served in pairs]
    tokens = np.concatenate([_token_cosines(exact, served) for exact, served in pairs])
    return ExportFigures(
        vector_cosine=round(float(np.mean(vectors)), 5),
        vector_cosine_least=round(min(vectors), 5),
        token_cosine=round(float(tokens.mean()), 5),
        megabytes=round(sum(file.stat().st_size for file in folder.iterdir()) / 1e6, 1),
    )


def _token_cosines(exact: Encoded, served: Encoded) -> Any:
    return np.einsum("td,td->t", exact.token_vectors, served.token_vectors)
