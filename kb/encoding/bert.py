"""The graph of a BERT model, written node by node, its large matrices in eight bits.

Tracing the model's own code gives 830 nodes, and half of a question's time goes by between the products. Written by hand,
with queries, keys and values in one product and attention in one operator, they are 250, and on two threads a question
takes a quarter less. Other models are traced (`kb.encoding.export`), so this file knows one architecture and nothing else.

The architecture: Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers" (2019); names of the weights as
`transformers` saves them. The operators of the domain com.microsoft are ONNX Runtime's own:
https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from kb.encoding.model import SentenceTransformerEncoder
from kb.encoding.quantize import CONTRIB, eight_bit_columns, eight_bit_rows

_OPSET = 20
_IR_VERSION = 10
_LEAST_GAIN = 1e-3
_LEAST_GELU = 0.17
"""Gelu gives nothing below -0.17, so a row's largest value, or this, bounds it on both sides."""

_Array = npt.NDArray[Any]


def bert_graph(encoder: SentenceTransformerEncoder) -> ModelProto | None:
    """From token numbers [1, t] to the text's vector [1, d] and its tokens' [1, t, d]; None if it is no plain BERT."""
    if not _is_plain_bert(encoder):
        return None
    model = encoder.model.transformers_model
    weights = {name: tensor.float().numpy() for name, tensor in model.state_dict().items()}
    graph = _Graph(weights, heads=model.config.num_attention_heads, epsilon=model.config.layer_norm_eps)
    tokens = graph.embed()
    for layer in range(model.config.num_hidden_layers):
        tokens = graph.layer(tokens, f"encoder.layer.{layer}")
    graph.node("Identity", [tokens], "token_vectors")
    graph.node("ReduceMean", [tokens, graph.constant("lengthwise", np.array([1]))], "vector", keepdims=0)
    return graph.model(model.config.hidden_size)


def _is_plain_bert(encoder: SentenceTransformerEncoder) -> bool:
    """Whether it is BERT with the mean over all tokens as the text's vector, as the E5 models are."""
    config: Any = getattr(encoder.model.transformers_model, "config", None)
    modules = {type(module).__name__: module for module in encoder.model}
    if config is None or not modules.keys() <= {"Transformer", "Pooling", "Normalize"} or "Pooling" not in modules:
        return False
    pooling = modules["Pooling"].get_config_dict()
    return (
        config.model_type == "bert"
        and config.hidden_act == "gelu"
        and getattr(config, "position_embedding_type", "absolute") == "absolute"
        and not config.is_decoder
        and pooling.get("pooling_mode") == "mean"
        and bool(pooling.get("include_prompt", True))
    )


class _Graph:
    """A graph in the making. Each method adds nodes and gives the name of their result."""

    def __init__(self, weights: dict[str, _Array], heads: int, epsilon: float) -> None:
        self._weights = weights
        self._heads = heads
        self._epsilon = epsilon
        self._nodes: list[NodeProto] = []
        self._constants: dict[str, TensorProto] = {}

    def model(self, width: int) -> ModelProto:
        graph = helper.make_graph(
            self._nodes,
            "bert",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "length"])],
            [
                helper.make_tensor_value_info("token_vectors", TensorProto.FLOAT, [1, "length", width]),
                helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, width]),
            ],
            list(self._constants.values()),
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(CONTRIB, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)

    def constant(self, name: str, value: _Array) -> str:
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def node(self, operator: str, inputs: list[str], *results: str, domain: str = "", **settings: Any) -> str:
        self._nodes.append(helper.make_node(operator, inputs, list(results), domain=domain, **settings))
        return results[0]

    def embed(self) -> str:
        words = self._weights["embeddings.word_embeddings.weight"]
        places = self._weights["embeddings.position_embeddings.weight"]
        steps, scales = eight_bit_rows(words)
        looked_up = self.node("Gather", [self.constant("words", steps), "input_ids"], "words/steps")
        numbers = self.node("Cast", [looked_up], "words/numbers", to=TensorProto.FLOAT)
        scale = self.node("Gather", [self.constant("words/scales", scales), "input_ids"], "words/scale")
        word = self.node("Mul", [numbers, scale], "words/vectors")
        kind = self._weights["embeddings.token_type_embeddings.weight"][0]
        first = self.constant("first", np.array([0]))
        length = self.node("Shape", ["input_ids"], "length", start=1)
        place = self.node("Slice", [self.constant("places", places + kind), first, length, first], "places/vectors")
        return self._normalised(self.node("Add", [word, place], "embeddings"), "embeddings.LayerNorm")

    def layer(self, tokens: str, name: str) -> str:
        attended = self.node("Add", [self._attention(tokens, name), tokens], f"{name}/attended")
        tokens = self._normalised(attended, f"{name}.attention.output.LayerNorm")
        inner = self._widened(tokens, f"{name}.intermediate.dense", f"{name}.attention.output.LayerNorm")
        bias = self.constant(f"{name}/bias", self._weights[f"{name}.intermediate.dense.bias"])
        inner = self.node("BiasGelu", [inner, bias], f"{name}/gelu", domain=CONTRIB)
        thought = self.node("Add", [self._product_by_row(inner, f"{name}.output.dense"), tokens], f"{name}/thought")
        return self._normalised(thought, f"{name}.output.LayerNorm")

    def _attention(self, tokens: str, name: str) -> str:
        parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        weights = np.concatenate([self._weights[f"{part}.weight"] for part in parts])
        bias = np.concatenate([self._weights[f"{part}.bias"] for part in parts])
        together = self._product(tokens, f"{name}/projected", weights, bias)
        widths = self.constant("thirds", np.full(3, len(bias) // 3))
        self.node("Split", [together, widths], *parts, axis=2)
        heads = self.node("MultiHeadAttention", parts, f"{name}/heads", domain=CONTRIB, num_heads=self._heads)
        dense = f"{name}.attention.output.dense"
        return self._product(heads, dense, self._weights[f"{dense}.weight"], self._weights[f"{dense}.bias"])

    def _normalised(self, tokens: str, name: str) -> str:
        parts = [self.constant(f"{name}.{part}", self._weights[f"{name}.{part}"]) for part in ("weight", "bias")]
        return self.node("LayerNormalization", [tokens, *parts], name, epsilon=self._epsilon)

    def _widened(self, tokens: str, name: str, norm: str) -> str:
        """The product before Gelu. Some numbers of every token are large because their norm's weight is: it moves over to
        the product's weights (Xiao et al., 2023, "SmoothQuant"), or the others would share few of the steps."""
        gains = np.maximum(np.abs(self._weights[f"{norm}.weight"]), _LEAST_GAIN)
        evened = self.node("Div", [tokens, self.constant(f"{name}/gains", gains)], f"{name}/evened")
        return self._product(evened, name, self._weights[f"{name}.weight"] * gains, None)

    def _product(self, tokens: str, name: str, weights: _Array, bias: _Array | None) -> str:
        """`tokens` times `weights` transposed, the tokens under one scale, which evened ones bear well."""
        steps, scales = eight_bit_columns(weights.T)
        inputs = [tokens, self.constant(f"{name}/steps", steps), self.constant(f"{name}/scales", scales)]
        if bias is not None:
            inputs += ["", self.constant(f"{name}/bias", bias)]
        return self.node("DynamicQuantizeMatMul", inputs, name, domain=CONTRIB)

    def _product_by_row(self, inner: str, name: str) -> str:
        """The product after Gelu: the first token's huge numbers would wash out the others under one scale."""
        steps, scales = eight_bit_columns(self._weights[f"{name}.weight"].T)
        last = self.constant("last", np.array([-1]))
        largest = self.node("ReduceMax", [inner, last], f"{inner}/largest", keepdims=1)
        bound = self.node(
            "Max", [largest, self.constant("least", np.array([_LEAST_GELU], np.float32))], f"{inner}/bound"
        )
        scale = self.node("Mul", [bound, self.constant("step", np.array([1 / 127], np.float32))], f"{inner}/scale")
        one = self.constant("one", np.array(1, np.float32))
        middle = self.constant("middle", np.array(128, np.uint8))
        scaled = self.node("Div", [inner, scale], f"{inner}/scaled")
        quantized = self.node("QuantizeLinear", [scaled, one, middle], f"{inner}/steps")
        columns = [self.constant(f"{name}/steps", steps), one, self.constant(f"{name}/scales", scales), middle]
        product = self.node("MatMulIntegerToFloat", [quantized, *columns], f"{name}/product", domain=CONTRIB)
        bias = self.constant(f"{name}/bias", self._weights[f"{name}.bias"])
        return self.node("Add", [self.node("Mul", [product, scale], f"{name}/rescaled"), bias], name)
