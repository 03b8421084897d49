"""Coverage-guided fuzzing of what strangers write. Hypothesis does the same in the suite, in seconds and without guidance."""
