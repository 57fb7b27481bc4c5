from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    ShoalError,
    TooLargeError,
)
from shoal.store.home import Home
from shoal.store.staging import StagedFile, Staging, UploadLimits
from shoal.store.upload_names import inside, safe_name


@pytest.fixture
def staging(home: Home) -> Staging:
    return Staging(home)


def test_chunks_make_a_file(staging: Staging) -> None:
    upload = staging.create()
    assert staging.write_chunk(upload, "images/é 1.json", 0, b"hel") == 3
    assert staging.next_offset(upload, "images/é 1.json") == 3
    assert staging.write_chunk(upload, "images/é 1.json", 3, b"lo") == 5
    assert staging.files(upload) == [StagedFile("images/é 1.json", 5, finished=False)]
    digest = hashlib.sha256(b"hello").hexdigest()
    path = staging.finish(upload, "images/é 1.json", n_bytes=5, sha256=digest)
    assert path.read_bytes() == b"hello"
    assert staging.finish(upload, "images/é 1.json", n_bytes=5, sha256=digest) == path
    assert staging.files(upload) == [StagedFile("images/é 1.json", 5, finished=True)]
    assert staging.next_offset(upload, "images/é 1.json") == 5


def test_a_chunk_sent_again_changes_nothing(staging: Staging) -> None:
    upload = staging.create()
    staging.write_chunk(upload, "a", 0, b"hello")
    assert staging.write_chunk(upload, "a", 0, b"hello") == 5
    assert staging.write_chunk(upload, "a", 1, b"ell") == 5
    assert staging.write_chunk(upload, "a", 3, b"lo you") == 9
    assert staging.finish(upload, "a", n_bytes=9).read_bytes() == b"hello you"
    assert staging.write_chunk(upload, "a", 3, b"lo you") == 9


def test_other_bytes_in_the_same_place_are_a_conflict(staging: Staging) -> None:
    upload = staging.create()
    staging.write_chunk(upload, "a", 0, b"hello")
    with pytest.raises(ConflictError, match="Other bytes"):
        staging.write_chunk(upload, "a", 0, b"jello")
    staging.finish(upload, "a", n_bytes=5)
    with pytest.raises(ConflictError, match="Other bytes"):
        staging.write_chunk(upload, "a", 5, b"!")


def test_a_gap_is_a_conflict_that_tells_where_to_go_on(staging: Staging) -> None:
    upload = staging.create()
    staging.write_chunk(upload, "a", 0, b"hello")
    for offset in (7, -1):
        with pytest.raises(ConflictError) as caught:
            staging.write_chunk(upload, "a", offset, b"x")
        assert caught.value.location == {"next_offset": 5}


def test_an_upload_goes_on_after_a_restart(tmp_path: Path) -> None:
    with Home.open(tmp_path / "home") as home:
        upload = Staging(home).create()
        Staging(home).write_chunk(upload, "a", 0, b"he")
    with Home.open(tmp_path / "home") as home:
        staging = Staging(home)
        assert staging.uploads() == [upload]
        assert staging.write_chunk(upload, "a", staging.next_offset(upload, "a"), b"y") == 3


def test_a_file_cut_short_or_changed_is_not_finished(staging: Staging) -> None:
    upload = staging.create()
    staging.write_chunk(upload, "a", 0, b"hello")
    with pytest.raises(ConflictError, match="Expected 6 bytes") as caught:
        staging.finish(upload, "a", n_bytes=6)
    assert caught.value.location == {"next_offset": 5}
    with pytest.raises(InvalidInputError, match="SHA-256"):
        staging.finish(upload, "a", n_bytes=5, sha256="0" * 64)
    assert staging.next_offset(upload, "a") == 0
    with pytest.raises(NotFoundError):
        staging.finish(upload, "b", n_bytes=0)


def test_an_empty_file_can_be_uploaded(staging: Staging) -> None:
    upload = staging.create()
    assert staging.write_chunk(upload, "a", 0, b"") == 0
    assert staging.finish(upload, "a", n_bytes=0).read_bytes() == b""


def test_limits_are_told(home: Home) -> None:
    staging = Staging(home, UploadLimits(chunk=4, file=6, upload=8))
    upload = staging.create()

    def refused(name: str, offset: int, data: bytes) -> dict[str, object]:
        with pytest.raises(TooLargeError) as caught:
            staging.write_chunk(upload, name, offset, data)
        return caught.value.location

    assert refused("a", 0, b"12345") == {"limit": 4, "what": "chunk"}
    staging.write_chunk(upload, "a", 0, b"1234")
    assert refused("a", 4, b"567") == {"limit": 6, "what": "file"}
    staging.write_chunk(upload, "a", 4, b"56")
    staging.write_chunk(upload, "a", 4, b"56")
    assert refused("b", 0, b"123") == {"limit": 8, "what": "upload"}
    again = Staging(home, staging.limits)
    with pytest.raises(TooLargeError):
        again.write_chunk(upload, "b", 0, b"123")
    again.write_chunk(upload, "b", 0, b"12")


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../a", "a/../../b", "a/..", "C:/x", "c:x", "a\\..\\b", "\\\\host\\x", "//a"]
)
def test_names_that_lead_out_are_forbidden(staging: Staging, name: str) -> None:
    with pytest.raises(ForbiddenError):
        staging.write_chunk(staging.create(), name, 0, b"x")


@pytest.mark.parametrize(
    "name", ["", "a\0b", "a//b", "./a", "a/", "a\nb", "x" * 256, "ab/" * 400 + "c", "\ud800"]
)
def test_names_no_file_can_have_are_refused(staging: Staging, name: str) -> None:
    with pytest.raises(InvalidInputError):
        staging.write_chunk(staging.create(), name, 0, b"x")


@given(st.text(max_size=40) | st.text("./\\a:", max_size=12))
@settings(deadline=None, max_examples=200)
def test_no_name_leaves_the_folder(name: str) -> None:
    root = Path("/root of uploads")
    try:
        path = inside(root, safe_name(name))
    except ShoalError:
        return
    assert os.path.normpath(path) == str(path)
    assert path.is_relative_to(root)
    assert path != root


def test_symbolic_links_are_not_followed(staging: Staging, home: Home, tmp_path: Path) -> None:
    upload = staging.create()
    (home.uploads_path / upload / "coming" / "out").symlink_to(tmp_path)
    with pytest.raises(ForbiddenError):
        staging.write_chunk(upload, "out/a", 0, b"x")
    (home.uploads_path / upload / "coming" / "file").symlink_to(tmp_path / "a")
    with pytest.raises(ForbiddenError):
        staging.write_chunk(upload, "file", 0, b"x")
    assert not (tmp_path / "a").exists()


def test_a_file_is_not_a_folder(staging: Staging) -> None:
    upload = staging.create()
    staging.write_chunk(upload, "a", 0, b"x")
    with pytest.raises(ConflictError, match="a file and a folder"):
        staging.write_chunk(upload, "a/b", 0, b"x")


@pytest.mark.parametrize("upload", ["up_000000000000", "..", "", "/", "up_00000000000/"])
def test_unknown_uploads_are_not_found(staging: Staging, upload: str) -> None:
    with pytest.raises(NotFoundError):
        staging.write_chunk(upload, "a", 0, b"x")
    with pytest.raises(NotFoundError):
        staging.files(upload)
    staging.discard(upload)


def test_uploads_expire_when_nothing_comes(staging: Staging, home: Home) -> None:
    old, new = staging.create(), staging.create()
    os.utime(home.uploads_path / old, (1, 1))
    assert staging.expire(idle_s=3600) == [old]
    assert staging.uploads() == [new]
    staging.discard(new)
    assert staging.uploads() == []
