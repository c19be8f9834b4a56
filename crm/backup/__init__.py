"""Workshop: the whole bureau in one archive that either database can be filled from (foundations 8)."""
