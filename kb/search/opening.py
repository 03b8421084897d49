"""The encoder that belongs to a snapshot."""

from __future__ import annotations

from kb.encoding.protocol import QueryEncoder
from kb.errors import SnapshotError
from kb.index.snapshot import Snapshot
from kb.settings import Settings


def query_encoder(snapshot: Snapshot, settings: Settings) -> QueryEncoder:
    """The snapshot's own ONNX encoder; the model itself where it could not be exported.

    Raises:
        SnapshotError: the model of the settings is not the one that the snapshot was built with.
    """
    if snapshot.layout.encoder.is_dir():
        from kb.encoding.runtime import OnnxQueryEncoder

        return OnnxQueryEncoder(snapshot.layout.encoder, settings.threads)
    from kb.encoding.model import load_encoder

    encoder = load_encoder(settings)
    if encoder.info.fingerprint != snapshot.manifest.encoder.get("fingerprint"):
        raise SnapshotError("The index was built with another model; set KB_MODEL as it was, or run `kb build`.")
    return encoder
