from __future__ import annotations

import gzip
import shutil
import tempfile
from pathlib import Path

import pytest

from shoal.errors import InvalidInputError, TooLargeError
from shoal.formats import plain_file
from shoal.formats.plain_file import open_plain


def test_a_compressed_file_reads_as_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "a.json.gz"
    path.write_bytes(gzip.compress(b"[1, 2]"))
    with open_plain(path) as stream:
        assert stream.read() == b"[1, 2]"


def test_a_small_file_that_unpacks_to_more_than_the_disk_holds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bomb.json.gz"
    path.write_bytes(gzip.compress(bytes(8 << 20)))
    monkeypatch.setattr(plain_file, "SPARE_BYTES", shutil.disk_usage(tempfile.gettempdir()).free - (4 << 20))
    with pytest.raises(TooLargeError, match=r"bomb\.json\.gz: unpacked"):
        open_plain(path)


def test_a_damaged_file_names_itself(tmp_path: Path) -> None:
    path = tmp_path / "torn.csv.gz"
    path.write_bytes(gzip.compress(bytes(range(256)) * 99)[:-40])
    with pytest.raises(InvalidInputError, match=r"torn\.csv\.gz"):
        open_plain(path)
