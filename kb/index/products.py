"""Inner products of token vectors in eight bits with those of a question, by ONNX Runtime.

Its product of integers takes half the time of turning the tokens into floats and multiplying those. The graph is three
nodes in `products.onnx`, which ships with the package because making one needs a library that a server lacks;
`tests/index/test_products.py` makes it again and compares.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Vectors = Sequence[npt.NDArray[np.int8]]
Scales = Sequence[npt.NDArray[np.float16]]

GRAPH = "products.onnx"
"""`tokens` uint8[t, d], its zero at 128; `query` int8[d, q]; `scale` float32[q]; gives `products` float32[t, q]."""

_STEPS = 63
"""Largest number of a question's vector. The processor adds products in pairs, and twice 255 * 63 is the most that 16 bits hold."""


def products(passages: Vectors, scales: Scales, query: Floats) -> Floats:
    """Inner products of all tokens of several passages, one after the other, with those of a question: float32[sum of t, q].

    Args:
        passages: int8[t, d] each, their tokens.
        scales: float16[t] each, their tokens' scales.
        query: float32[q, d]; it is rounded to 63 steps a side, which changes a cosine by .001.
    """
    if not passages or not len(query):
        return np.empty((sum(len(tokens) for tokens in passages), len(query)), np.float32)
    scale = np.maximum(np.abs(query).max(axis=1), 1e-9) / np.float32(_STEPS)
    tokens = np.concatenate(passages).view(np.uint8)
    tokens ^= np.uint8(128)
    inputs = {
        "tokens": tokens,
        "query": np.rint(query / scale[:, None]).astype(np.int8).T.copy(),
        "scale": scale,
    }
    found: Floats = _session().run(["products"], inputs)[0]
    found *= np.concatenate(scales)[:, None].astype(np.float32)
    return found


@cache
def _session() -> Any:
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return InferenceSession(files("kb.index").joinpath(GRAPH).read_bytes(), options, providers=["CPUExecutionProvider"])
