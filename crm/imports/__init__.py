"""A file becomes records: read → recognise → clean → match → plan → apply, each stage a module of its own."""
