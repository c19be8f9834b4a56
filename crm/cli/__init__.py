"""The command line of contracts.md, one file per group."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register every command group."""
