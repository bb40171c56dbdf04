"""The version, apart from the package so that every layer may read it."""

__version__ = "1.3.0"
