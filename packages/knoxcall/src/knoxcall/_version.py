"""The one place where the version is written, besides pyproject.toml (a test compares them)."""

__version__ = "0.1.0"
