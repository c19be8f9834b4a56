"""How the secret of a firm's link reaches the firm when a page's act sends it."""

from models.issue import Issue


def deliver(issue: Issue, token: str) -> bool:
    """Whether the link was brought to the firm: there is no way that needs nobody, so somebody outside the handling
    unit sends it by hand, or phones."""
    return False
