"""For the tests of all packages."""

import signal


def pytest_configure() -> None:
    """Let Ctrl-C interrupt again what tests start and interrupt: jobs in the background are started ignoring it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
