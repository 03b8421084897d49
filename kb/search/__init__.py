"""From a query to ranked, explained practices. Knows no HTTP."""
