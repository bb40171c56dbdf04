"""What can go wrong with a batch, apart from its runs: those are rows, not errors.

KneoError
└── BatchError
    ├── BatchInputError      a case or a spec is unusable (a ValueError); nothing was stored, nothing was sent
    ├── BatchMismatchError   the batch in the store has another spec, or another input for a case
    ├── BatchStoreError      the store cannot be used; what it holds is as it was
    │   └── BatchLockedError another process works on it
    └── BatchRefusedError    the platform takes none of the cases; they wait for another try
"""

from __future__ import annotations

from kneo_client.core.errors import KneoError

__all__ = [
    "BatchError",
    "BatchInputError",
    "BatchLockedError",
    "BatchMismatchError",
    "BatchRefusedError",
    "BatchStoreError",
]


class BatchError(KneoError):
    """Base of what goes wrong with a batch as a whole. Everything that was stored stays stored."""


class BatchInputError(BatchError, ValueError):
    """A case or the spec cannot be used; the message names the line or the case. Nothing was stored or sent."""


class BatchMismatchError(BatchError):
    """What was given differs from what the store holds under this name. Take another name or another store."""


class BatchStoreError(BatchError):
    """The store cannot be used: the message says why. What it holds is as it was; runs under way are found again."""


class BatchLockedError(BatchStoreError):
    """Another process works on this batch. Wait for it to end, or stop it."""


class BatchRefusedError(BatchError):
    """The platform refused the first cases, all of them. The others were not sent; mend the cause, then resume."""
