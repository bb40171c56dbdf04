"""The life of one HTTP request, written once. Read `call.py` first.

This package is the engine of several SDKs; applications use those. Import from its modules.
"""

__version__ = "0.2.0"
