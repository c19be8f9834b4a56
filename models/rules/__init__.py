"""Pure decisions: standard library and other rules only, so that a rule can be read and tested alone."""
