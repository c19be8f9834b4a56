"""Every setting of the process, and the only file that reads the environment."""

import os
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parent


class ConfigError(RuntimeError):
    """The environment does not allow a safe start; the message names what is missing."""


@dataclass
class Config:
    """What create_app needs. Tests build one by hand; the process reads it from the environment."""

    secret_key: str
    database_url: str
    instance: Path
    production: bool = False
    public_base_url: str = ""
    bureau_address: str = ""
    mail_url: str = ""
    behind_proxy: bool = False
    debug: bool = False
    testing: bool = False
    contact_key: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, environ: dict[str, str] | None = None) -> Self:
        """Read the environment. Raises ConfigError in production when something unsafe is configured."""
        env = dict(os.environ) if environ is None else environ
        production = env.get("TIDU_ENV") == "production"
        instance = Path(env.get("TIDU_INSTANCE") or ROOT / "instance")
        secret = env.get("SECRET_KEY", "")
        if not secret and not production:
            secret = _kept_secret(instance)
        config = cls(
            secret_key=secret,
            database_url=env.get("DATABASE_URL") or f"sqlite:///{instance / 'tidu.sqlite3'}",
            instance=instance,
            production=production,
            public_base_url=env.get("PUBLIC_BASE_URL", "").rstrip("/"),
            bureau_address=env.get("BUREAU_ADDRESS", "").rstrip("/"),
            mail_url=env.get("MAIL_URL", ""),
            behind_proxy=env.get("BEHIND_PROXY") == "1",
            debug=env.get("FLASK_DEBUG") == "1",
            contact_key=env.get("CONTACT_KEY", "") or secret,
        )
        if production:
            config.refuse_unsafe()
        return config

    def refuse_unsafe(self) -> None:
        """Raise ConfigError naming everything that makes a production start unsafe (foundations 12)."""
        wrong = []
        if len(self.secret_key) < 32:
            wrong.append("SECRET_KEY 没有设置或少于 32 个字符")
        if self.debug:
            wrong.append("FLASK_DEBUG 开着")
        if not self.behind_proxy:
            wrong.append("没有反向代理（BEHIND_PROXY=1）就只有明文 http")
        if wrong:
            raise ConfigError("正式环境不能启动：" + "；".join(wrong))

    def flask(self) -> dict[str, Any]:
        """The same as Flask and its extensions name it."""
        return {
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "MAX_CONTENT_LENGTH": 64 * 1024 * 1024,
            "TESTING": self.testing,
            "DEBUG": self.debug,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.production,
            "SESSION_COOKIE_NAME": "tidu",
            "PERMANENT_SESSION_LIFETIME": timedelta(hours=24),
            "WTF_CSRF_TIME_LIMIT": None,
            "WTF_I18N_ENABLED": False,
            "TIDU": self,
            **self.extra,
        }


def _kept_secret(instance: Path) -> str:
    """A development key, made once and kept, so that a restart does not sign everybody out."""
    path = instance / "secret_key"
    if not path.exists():
        instance.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_hex(32), encoding="ascii")
        path.chmod(0o600)
    return path.read_text(encoding="ascii").strip()
