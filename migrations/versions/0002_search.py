"""The indexes of the search box: pairs of neighbouring characters, by FTS5 on SQLite and GIN on PostgreSQL."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQLITE = (
    # Every letter, digit and private-use sign is kept; the texts are folded already.
    """CREATE VIRTUAL TABLE firm_search_fts USING fts5(
        grams, tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co'", detail=none, columnsize=0)""",
    """CREATE TRIGGER firm_search_gone AFTER DELETE ON firm_search
        BEGIN DELETE FROM firm_search_fts WHERE rowid = old.firm_id; END""",
)

POSTGRESQL = (
    """CREATE FUNCTION bigrams(line text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT string_to_array(line, NULL)
            || ARRAY(SELECT substr(line, place, 2) FROM generate_series(1, length(line) - 1) place) $$""",
    "CREATE INDEX ix_firm_search_grams ON firm_search USING gin (bigrams(lines))",
)


def upgrade() -> None:
    """Make what the dialect needs."""
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Take it away again."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER firm_search_gone")
        op.execute("DROP TABLE firm_search_fts")
    else:
        op.execute("DROP INDEX ix_firm_search_grams")
        op.execute("DROP FUNCTION bigrams(text)")
