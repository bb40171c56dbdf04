"""The version, without asking the installer's metadata for it."""

__version__ = "0.1.0"
