"""What a software assistant may ask, over the Model Context Protocol: search, read a practice, list the vocabulary."""
