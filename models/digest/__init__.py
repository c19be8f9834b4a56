"""每周要情: what changed or needs each reader since the last one, gathered for everybody at once."""
