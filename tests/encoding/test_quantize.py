from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from kb.encoding.quantize import quantize


def graph(tables: dict[str, np.ndarray]) -> onnx.ModelProto:
    nodes = [
        helper.make_node("Gather", ["table", "ids"], ["rows"]),
        helper.make_node("MatMul", ["rows", "left"], ["a"]),
        helper.make_node("MatMul", ["rows", "right"], ["b"]),
        helper.make_node("Add", ["a", "b"], ["sum"]),
        helper.make_node("MatMul", ["sum", "small"], ["result"]),
    ]
    inputs = [helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "t"])]
    outputs = [helper.make_tensor_value_info("result", TensorProto.FLOAT, [1, "t", 8])]
    constants = [numpy_helper.from_array(value, name) for name, value in tables.items()]
    return helper.make_model(
        helper.make_graph(nodes, "test", inputs, outputs, constants),
        opset_imports=[helper.make_opsetid("", 20)],
        ir_version=10,
    )


def run(model: onnx.ModelProto, ids: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (result,) = session.run(None, {"ids": ids})
    return np.asarray(result)


def tables() -> dict[str, np.ndarray]:
    chance = np.random.default_rng(3)
    shapes = {"table": (5000, 256), "left": (256, 256), "right": (256, 256), "small": (256, 8)}
    made = {name: chance.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    made["table"][7] *= 1000  # a row that would take all the steps of a scale shared by the tensor
    made["table"][8] = 0
    return made


def test_results_stay_and_large_matrices_shrink() -> None:
    exact, model = graph(tables()), graph(tables())
    quantize(model)
    onnx.checker.check_model(exact)
    ids = np.array([[1, 7, 8, 42]])
    before, after = run(exact, ids)[0], run(model, ids)[0]
    lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    cosines = np.einsum("td,td->t", before, after)[[0, 1, 3]] / lengths[[0, 1, 3]]
    assert cosines.min() > 0.999
    np.testing.assert_array_equal(after[2], 0)
    assert model.ByteSize() < exact.ByteSize() / 3.8
    assert {"small"} == {
        tensor.name
        for tensor in model.graph.initializer
        if tensor.data_type == TensorProto.FLOAT and len(tensor.dims) == 2 and tensor.dims[1] > 1
    }


def test_what_two_products_share_is_scaled_once() -> None:
    model = graph(tables())
    quantize(model)
    kinds = [node.op_type for node in model.graph.node]
    assert kinds.count("MatMulIntegerToFloat") == 2
    assert kinds.count("QuantizeLinear") == 1
