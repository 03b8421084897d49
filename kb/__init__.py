"""A bilingual good-practice knowledge base with semantic search."""

import os

# Read when NumPy is first imported. Its products here are small: a second thread costs more in waiting than it computes,
# and takes the core that another request or ONNX Runtime would use.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
