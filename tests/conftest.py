"""What holds for all tests."""

import signal


def pytest_configure():
    """Let programs that tests start hear Ctrl+C, even where the tests themselves run in the background of a script."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
