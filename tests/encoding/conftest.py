"""The real model, unpacked and exported once a session; `KB_CACHE` keeps it between sessions."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kb.encoding.export import ExportFigures, export_model, link_export
from kb.encoding.model import SentenceTransformerEncoder, load_encoder
from kb.encoding.runtime import OnnxQueryEncoder
from kb.settings import load_settings

SENTENCES = [
    "How did others give psychosocial care to displaced children?",
    "Work permits for asylum seekers were issued within thirty days in 2023.",
    "The municipality trained 42 promoters; two shelters closed for lack of funds.",
    "¿Cómo dieron otros países atención psicosocial a la niñez desplazada?",
    "El permiso de trabajo se entrega a las personas solicitantes de asilo en treinta días.",
    "La municipalidad capacitó a 42 promotoras; dos albergues cerraron por falta de fondos.",
]


@pytest.fixture(scope="session")
def model_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(os.environ.get("KB_CACHE") or tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def encoder(model_cache: Path) -> SentenceTransformerEncoder:
    return load_encoder(load_settings({}, cache=str(model_cache), threads="2"))


@pytest.fixture(scope="session")
def exported_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exported")


@pytest.fixture(scope="session")
def figures(encoder: SentenceTransformerEncoder, model_cache: Path, exported_folder: Path) -> ExportFigures:
    return link_export(export_model(encoder, model_cache), exported_folder)


@pytest.fixture(scope="session")
def served(figures: ExportFigures, exported_folder: Path) -> OnnxQueryEncoder:
    assert figures.megabytes > 0
    return OnnxQueryEncoder(exported_folder, threads=1)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of another make: random weights, WordPiece, first-token pooling, no normalising, no prompts."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "care", "for", "child", "##ren", "work", "permit", "##s", "?"]
    tokenizer = Tokenizer(models.WordPiece({word: i for i, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=64, **special).save_pretrained(folder)
    torch.manual_seed(7)
    shape = {"hidden_size": 160, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 320}
    BertModel(BertConfig(vocab_size=len(words), max_position_embeddings=64, **shape)).save_pretrained(folder)
    transformer = Transformer(str(folder), max_seq_length=32)
    whole = tmp_path_factory.mktemp("models") / "tiny-model"
    SentenceTransformer(modules=[transformer, Pooling(160, "cls")], device="cpu").save(str(whole))
    return whole
