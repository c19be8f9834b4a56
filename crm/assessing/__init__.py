"""Workshop: all firms judged at once, over the same rule books as one firm (decision 0040)."""
