"""MAIL_URL, and TLS to a server whose certificate is checked."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crm.mail import smtp
from crm.mail.message import Words, letter, message
from crm.mail.server import Server, parse
from tests.support.mail_server import serving


@pytest.mark.parametrize(
    "url, expected",
    [
        ("", None),
        ("smtp://mail.example", Server("mail.example", 25, sender="tidu@mail.example")),
        ("smtp://a%40b.cn:p%2F@m.example:465/?tls=1", Server("m.example", 465, "a@b.cn", "p/", True, False, "a@b.cn")),
        ("smtps://mail.example", Server("mail.example", 465, tls=True, sender="tidu@mail.example")),
        ("smtp://mail.example/?starttls=1&from=x@y.cn", Server("mail.example", 587, starttls=True, sender="x@y.cn")),
    ],
)  # fmt: skip
def test_the_address_of_a_server(url: str, expected: Server | None) -> None:
    assert parse(url) == expected


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://:25"])
def test_what_is_no_server(url: str) -> None:
    with pytest.raises(ValueError, match="MAIL_URL"):
        parse(url)


def test_markup_of_people_stays_text() -> None:
    said = letter("a@b.example", "甲", "题", Words("<b>", ["一 & 二\n三"], "<script>", ("去", 'https://x/?a="b"')))
    assert "<script>" not in said.html and "&lt;script&gt;" in said.html and "一 &amp; 二<br>三" in said.html
    assert "“<script>”" in said.text


def test_a_name_cannot_add_a_header() -> None:
    said = letter("a@b.example", "甲\r\nBcc: c@d.example", "题\n二", Words("好"))
    with pytest.raises(ValueError):
        message(said, "<1@x>", "t@x.example", "局", datetime(2026, 3, 2, tzinfo=UTC))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that signs itself, and its key."""
    import ipaddress

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


@pytest.mark.parametrize("way", ["tls", "starttls"])
def test_the_line_is_encrypted_and_the_certificate_checked(certificate: tuple[Path, Path], way: str) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    options = {"ssl_context": context} if way == "tls" else {"tls_context": context, "require_starttls": True}
    said = letter("a@b.example", "甲", "题", Words("好"))
    wire = message(said, "<1@x>", "t@x.example", "局", datetime(2026, 3, 2, tzinfo=UTC))
    with serving(**options) as (taken, port):
        trusted = parse(f"smtp://127.0.0.1:{port}/?{way}=1&from=t@x.example&ca={certificate[0]}")
        stranger = parse(f"smtp://127.0.0.1:{port}/?{way}=1&from=t@x.example")
        assert trusted is not None and stranger is not None
        smtp.send(trusted, wire, said.to)
        with pytest.raises(smtp.NotSent, match="连不上邮件服务器"):
            smtp.send(stranger, wire, said.to)
    assert len(taken.mails) == 1 and taken.secure == [True]
