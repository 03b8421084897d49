"""Word files: what all of them share."""
