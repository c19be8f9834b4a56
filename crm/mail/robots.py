"""One POST to a robot of a group: the three shapes of WeCom, DingTalk and Feishu, and what their answers mean.

Only the address that an administrator entered is spoken to: no proxy, no redirect. Each way it can go wrong is told
apart as with mails: not now, never, perhaps.
"""

import base64
import hashlib
import hmac
import http.client
import json
import ssl
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

TIMEOUT = 10.0
#: More of an answer is not read.
MOST_BYTES = 65536
#: Codes that mean: too often, come back later.
BUSY = {45009, 130101, 11232, 9499, 99991400}


class NotSent(Exception):
    """It was not shown; it may be later. The message says why, for an administrator."""


class Refused(NotSent):
    """This robot will never take it as it is set."""


class Unsure(NotSent):
    """The robot had everything and never said that it took it: the group may have seen it."""


@dataclass(frozen=True)
class Wire:
    """What goes over the wire: where, and the JSON."""

    address: str
    body: dict[str, Any]


def wire(kind: str, address: str, secret: str, words: str, at: datetime) -> Wire:
    """The post as this kind of robot wants it; signed where there is a secret. KeyError for no such kind."""
    return {"wecom": _wecom, "dingtalk": _dingtalk, "feishu": _feishu}[kind](address, secret, words, at)


def _wecom(address: str, secret: str, words: str, at: datetime) -> Wire:
    return Wire(address, {"msgtype": "text", "text": {"content": words}})


def _dingtalk(address: str, secret: str, words: str, at: datetime) -> Wire:
    body = {"msgtype": "text", "text": {"content": words}}
    if not secret:
        return Wire(address, body)
    stamp = str(int(at.timestamp() * 1000))
    sign = base64.b64encode(hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest())
    joint = "&" if urlsplit(address).query else "?"
    return Wire(f"{address}{joint}timestamp={stamp}&sign={quote(sign.decode(), safe='')}", body)


def _feishu(address: str, secret: str, words: str, at: datetime) -> Wire:
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": words}}
    if secret:
        stamp = str(int(at.timestamp()))
        # Feishu signs an empty text with the stamp and the secret as the key.
        sign = hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
        body |= {"timestamp": stamp, "sign": base64.b64encode(sign).decode()}
    return Wire(address, body)


def send(post: Wire, timeout: float = TIMEOUT) -> None:
    """Hand it over and return once the robot took it. Raises NotSent or one of its kinds."""
    parts = urlsplit(post.address)
    assert parts.hostname is not None
    line: http.client.HTTPConnection
    if parts.scheme == "https":
        line = http.client.HTTPSConnection(
            parts.hostname, parts.port, timeout=timeout, context=ssl.create_default_context()
        )
    else:
        line = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        _speak(line, path, json.dumps(post.body, ensure_ascii=False).encode())
    finally:
        line.close()


def _speak(line: http.client.HTTPConnection, path: str, body: bytes) -> None:
    try:
        line.connect()
        line.request("POST", path, body, {"Content-Type": "application/json; charset=utf-8"})
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotSent(f"连不上机器人：{_short(error)}") from error
    try:
        answer = line.getresponse()
        said = answer.read(MOST_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise Unsure(f"交出去以后没有回音：{_short(error)}") from error
    _judge(answer.status, said)


def _judge(status: int, said: bytes) -> None:
    if 300 <= status < 400:
        raise Refused("地址要转到别处，没有跟去，请从群机器人的设置里重新复制地址")
    if status == 429 or status >= 500:
        raise NotSent(f"机器人现在不收：{status}")
    if status != 200:
        raise Refused(f"机器人不收：{status}")
    try:
        answer = json.loads(said)
        code = answer.get("errcode", answer.get("code", answer.get("StatusCode")))
    except (ValueError, AttributeError) as error:
        raise Refused("回答不是机器人的格式，请核对地址") from error
    if code == 0:
        return
    words = str(answer.get("errmsg") or answer.get("msg") or "")[:200]
    if code in BUSY:
        raise NotSent(f"发得太密，过一会儿再发：{code} {words}")
    raise Refused(f"机器人不收：{code} {words}")


def _short(error: BaseException) -> str:
    return str(error)[:200] or type(error).__name__
