"""Text to vectors. Build with sentence-transformers, answer queries with ONNX Runtime."""
