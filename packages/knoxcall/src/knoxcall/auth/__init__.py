"""Credentials: which one is used, how it becomes a token, and how a request carries it."""
