"""What a software assistant may ask, over the Model Context Protocol: search, read, match a commitment, draft an agenda."""
