"""Pictures for those who would rather look than read, computed at build; templates draw them as SVG or tables."""
