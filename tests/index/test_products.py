"""Inner products of tokens in eight bits, against those of floats."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import onnx
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from kb.index.products import GRAPH, products
from kb.index.tokens import quantise

_OPSET, _IR_VERSION = 20, 10


def graph() -> onnx.ModelProto:
    """What `products.onnx` holds. To change it, change this and write `graph().SerializeToString()` there."""
    return helper.make_model(
        helper.make_graph(
            [
                helper.make_node("MatMulInteger", ["tokens", "query", "zero"], ["steps"]),
                helper.make_node("Cast", ["steps"], ["numbers"], to=TensorProto.FLOAT),
                helper.make_node("Mul", ["numbers", "scale"], ["products"]),
            ],
            "products",
            [
                helper.make_tensor_value_info("tokens", TensorProto.UINT8, ["t", "d"]),
                helper.make_tensor_value_info("query", TensorProto.INT8, ["d", "q"]),
                helper.make_tensor_value_info("scale", TensorProto.FLOAT, ["q"]),
            ],
            [helper.make_tensor_value_info("products", TensorProto.FLOAT, ["t", "q"])],
            [numpy_helper.from_array(np.array(128, np.uint8), "zero")],
        ),
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR_VERSION,
    )


def test_the_graph_is_the_one_that_stands_here() -> None:
    shipped = onnx.load_from_string(files("kb.index").joinpath(GRAPH).read_bytes())
    onnx.checker.check_model(shipped)
    assert shipped == graph()


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 50), max_size=6), st.integers(0, 40), st.sampled_from([8, 384]), st.integers(0, 2**32 - 1)
)
def test_they_are_those_of_floats_but_for_the_rounding(
    lengths: list[int], asked: int, dimension: int, seed: int
) -> None:
    random = np.random.default_rng(seed)

    def unit(count: int) -> np.ndarray:
        vectors = random.standard_normal((count, dimension)).astype(np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    kept = [quantise(unit(length)) for length in lengths]
    query = unit(asked)
    exact = np.concatenate(
        [vectors * scales[:, None].astype(np.float32) @ query.T for vectors, scales in kept]
        or [np.empty((0, asked), np.float32)]
    )
    found = products([vectors for vectors, _ in kept], [scales for _, scales in kept], query)
    assert found.shape == exact.shape
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, exact, atol=0.03 if dimension == 8 else 0.006)


def test_the_largest_numbers_do_not_run_over() -> None:
    """The processor adds products of eight bits in pairs of sixteen."""
    tokens, scales = np.full((3, 384), 127, np.int8), np.full(3, 0.01, np.float16)
    query = np.full((2, 384), 0.5, np.float32)
    query[1] *= -1
    exact = tokens * scales[:, None].astype(np.float32) @ query.T
    np.testing.assert_allclose(products([tokens], [scales], query), exact, rtol=1e-3)
    np.testing.assert_allclose(products([-tokens], [scales], query), -exact, rtol=1e-3)
