"""Mail: what one looks like, and how it reaches a server. Rows of the outbox say what is to be sent (models/outbox)."""
