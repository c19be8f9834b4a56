"""Sealing: what holds personal data is encrypted before it is kept, with keys made from one secret (foundations 11).

The secret comes from the environment and is never in the database or a backup: without it nobody opens a contact.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Engine

from models.base import db
from models.errors import Refused

_NONCE = 12


class CannotOpen(Refused):
    """Sealed with another key, or damaged."""


@dataclass(frozen=True)
class Vault:
    """The key of one database and the folder where its files lie."""

    folder: Path
    cipher: AESGCM
    #: Says whether two installations have the same key, and nothing else about it.
    fingerprint: str


#: One for each database this process uses: an application knows its own by its engine.
_vaults: WeakKeyDictionary[Engine, Vault] = WeakKeyDictionary()


def init(engine: Engine, instance: Path, secret: str) -> None:
    """Tell the database behind this engine its secret and its folder of files."""
    key, mark = (
        HKDF(SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
        for purpose in (b"tidu sealed columns and files", b"tidu fingerprint of the key")
    )
    _vaults[engine] = Vault(instance / "files", AESGCM(key), mark.hex()[:16])


def folder() -> Path:
    """Where the files of the current database lie."""
    return _vaults[db.engine].folder


def fingerprint() -> str:
    """Tells one key from another; the key cannot be found from it."""
    return _vaults[db.engine].fingerprint


def seal(data: bytes) -> bytes:
    """The data encrypted; sealing the same data twice gives different bytes."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _vaults[db.engine].cipher.encrypt(nonce, data, None)


def unseal(sealed: bytes) -> bytes:
    """The data as it was before sealing. Raises CannotOpen for another key or damaged bytes."""
    try:
        return _vaults[db.engine].cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("密钥不对或数据已损坏，打不开") from error
