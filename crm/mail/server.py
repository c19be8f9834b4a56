"""The mail server as MAIL_URL names it: smtp://账号:口令@host:465/?tls=1, or ?starttls=1, with from=address, and
ca=file where the server's certificate is signed by the bureau's own authority."""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True)
class Server:
    """Where mail is handed over, and as whom."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    #: TLS from the first byte, or after STARTTLS; neither only where the operator says so.
    tls: bool = False
    starttls: bool = False
    sender: str = ""
    #: Seconds without an answer.
    timeout: float = 20.0
    #: A file with the certificate that signed the server's, where it is the bureau's own.
    authority: str = ""

    @property
    def domain(self) -> str:
        """What stands on the right side of a Message-ID."""
        return self.sender.partition("@")[2] or self.host


def parse(url: str) -> Server | None:
    """The server of this address; None for an empty one: then nothing is sent. Raises ValueError for what is none."""
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("MAIL_URL 要像 smtp://账号:口令@mail.example.gov.cn:465/?tls=1")
    asked = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    tls = parts.scheme == "smtps" or asked.get("tls") == "1"
    user = unquote(parts.username or "")
    sender = asked.get("from") or (user if "@" in user else f"tidu@{parts.hostname}")
    return Server(
        parts.hostname, parts.port or (465 if tls else 587 if asked.get("starttls") == "1" else 25), user,
        unquote(parts.password or ""), tls, asked.get("starttls") == "1", sender,
        authority=asked.get("ca", ""),
    )  # fmt: skip
