"""What a driver says becomes what a user can act on."""

from __future__ import annotations

import logging

import pytest

from shoal.store.reasons import reason_of


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            "LanceError(IO): Generic LocalFileSystem error: No space left on device (os error 28)",
            "disk is full",
        ),
        ("(sqlite3.OperationalError) database or disk is full", "the disk is full"),
        ("(sqlite3.OperationalError) database is locked", "another writer holds it"),
        ("attempt to write a readonly database", "it may not be written"),
        ("database disk image is malformed", "it is damaged"),
        ("connection to server at 127.0.0.1 failed: Connection refused", "it cannot be reached"),
    ],
)
def test_known_reasons(said: str, reason: str, caplog: pytest.LogCaptureFixture) -> None:
    assert reason_of(OSError(said)).endswith(reason)
    assert caplog.records == []


def test_an_unknown_reason_is_for_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert reason_of(OSError("LanceError(X): /home/runner/rust/x.rs:28")) == "the log tells why"
    assert caplog.records[0].exc_info is not None
