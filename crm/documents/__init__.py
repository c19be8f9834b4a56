"""Workshop: records become Word and Excel."""
