"""The one place where the version is written: the build and the User-Agent read it."""

__version__ = "0.2.0"
