"""The static site: pages, templates, assets."""
