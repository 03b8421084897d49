"""What a practice is: vocabulary, model, files, checks. Knows no index and no web."""
