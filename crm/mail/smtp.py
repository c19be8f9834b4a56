"""Hands one mail to a server. Each way it can go wrong is told apart: nobody there, not now, never, perhaps."""

import contextlib
import smtplib
import ssl
from email.message import EmailMessage

from crm.mail.server import Server


class NotSent(Exception):
    """It did not go out now; it may later. The message says why, for an administrator."""


class Bounced(NotSent):
    """This address or this mail will never be taken."""


class Unsure(NotSent):
    """The server had everything and never said that it took it: the reader may have it."""


def send(server: Server, mail: EmailMessage, recipient: str) -> None:
    """Hand it over and return once the server took it. Raises NotSent or one of its kinds."""
    line = _connect(server)
    try:
        _deliver(line, server, mail, recipient)
    finally:
        _hang_up(line)


def _connect(server: Server) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=server.authority or None)
    line: smtplib.SMTP | None = None
    try:
        if server.tls:
            line = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=context)
        else:
            line = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
        if server.starttls:
            line.starttls(context=context)
        line.ehlo_or_helo_if_needed()
        if server.user and server.password:
            line.login(server.user, server.password)
    except smtplib.SMTPAuthenticationError as error:
        _hang_up(line)
        raise NotSent("邮件服务器不认账号或口令") from error
    except UnicodeEncodeError as error:
        _hang_up(line)
        raise NotSent("邮件账号和口令只能用英文字母、数字和符号") from error
    except (OSError, smtplib.SMTPException) as error:
        _hang_up(line)
        raise NotSent(f"连不上邮件服务器：{_short(error)}") from error
    return line


def _hang_up(line: smtplib.SMTP | None) -> None:
    if line is not None:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            line.quit()
        line.close()


def _deliver(line: smtplib.SMTP, server: Server, mail: EmailMessage, recipient: str) -> None:
    try:
        _accept(line.mail(server.sender), "发件地址")
        _accept(line.rcpt(recipient), "收件地址", bounce=True)
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        raise NotSent(f"邮件服务器断开了：{_short(error)}") from error
    try:
        code, reply = line.data(mail.as_bytes())
    except smtplib.SMTPDataError as error:
        raise NotSent(f"邮件服务器没有收：{error.smtp_code} {_text(error.smtp_error)}") from error
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        raise Unsure(f"邮件交出去以后没有回音：{_short(error)}") from error
    _accept((code, reply), "邮件", good=(250,), bounce=True)


def _accept(answer: tuple[int, bytes], what: str, good: tuple[int, ...] = (250, 251), bounce: bool = False) -> None:
    code, reply = answer
    if code in good:
        return
    said = f"{what}被拒：{code} {_text(reply)}"
    raise Bounced(said) if bounce and 500 <= code < 600 else NotSent(said)


def _text(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply


def _short(error: BaseException) -> str:
    return str(error)[:200] or type(error).__name__
