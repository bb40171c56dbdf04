"""The one place where the version is written: the build and the User-Agent read it."""

__version__ = "1.3.0"
