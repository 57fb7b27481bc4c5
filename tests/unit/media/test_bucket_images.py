"""Images in a bucket, through pyarrow's own client against a store on this machine."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from PIL import Image

from shoal.errors import InvalidInputError, NotFoundError, UnreadableImageError
from shoal.store.locks import NamedLocks
from shoal.store.media import Gallery, ImageCache, ImageRoots
from shoal.store.media.buckets import MAX_OBJECT_BYTES, Buckets


class ObjectStore(ThreadingHTTPServer):
    """Enough of S3 to read objects: HEAD and ranged GET."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Requests)
        self.objects: dict[str, bytes] = {}
        self.sizes: dict[str, int] = {}
        self.seen: list[str] = []


class _Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ObjectStore

    def do_HEAD(self) -> None:
        self._answer(send=False)

    def do_GET(self) -> None:
        self._answer(send=True)

    def _answer(self, *, send: bool) -> None:
        key = unquote(urlsplit(self.path).path)
        self.server.seen.append(f"{self.command} {key}")
        body = self.server.objects.get(key)
        status, start = 200, 0
        if body is None:
            status, body = 404, b""
        elif send and "Range" in self.headers:
            first, last = self.headers["Range"].removeprefix("bytes=").split("-")
            status, start, body = 206, int(first), body[int(first) : int(last) + 1]
        self.send_response(status)
        self.send_header("Content-Length", str(self.server.sizes.get(key, len(body))))
        self.send_header("Last-Modified", "Mon, 02 Feb 2026 10:00:00 GMT")
        if status == 206:
            whole = len(self.server.objects[key])
            self.send_header("Content-Range", f"bytes {start}-{start + len(body) - 1}/{whole}")
        self.end_headers()
        if send:
            self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStore]:
    store = ObjectStore()
    thread = threading.Thread(target=store.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{store.server_port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    yield store
    store.shutdown()
    thread.join()
    store.server_close()


def jpeg() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (400, 200), (200, 20, 20)).save(stream, "JPEG")
    return stream.getvalue()


def test_an_object_is_fetched_once(store: ObjectStore, tmp_path: Path) -> None:
    store.objects["/pictures/a b/ü#1.jpg"] = jpeg()
    cache = ImageCache(tmp_path / "thumbnails", 1 << 20)
    # The catalog is asked for local files only.
    gallery = Gallery(ImageRoots(tmp_path, None, [], is_open=False), cache, NamedLocks())  # type: ignore[arg-type]
    for _ in range(2):
        original = gallery.find("s3://pictures/a b/ü#1.jpg")
        assert original.identity[2] == len(jpeg())
        assert gallery.whole(original).path.read_bytes() == jpeg()
        small = gallery.small(original, 64)
        assert Image.open(io.BytesIO(small.content)).size == (64, 32)
    assert sum(line.startswith("GET") and "ü" in line for line in store.seen) == 1


def test_what_is_not_there_or_too_large(store: ObjectStore, tmp_path: Path) -> None:
    buckets = Buckets(ImageCache(tmp_path, 1 << 20))
    with pytest.raises(NotFoundError, match=r"s3://pictures/none\.jpg"):
        buckets.find("s3://pictures/none.jpg")
    store.objects["/pictures/huge.jpg"] = b"x"
    store.sizes["/pictures/huge.jpg"] = MAX_OBJECT_BYTES + 1
    with pytest.raises(UnreadableImageError, match="too large"):
        buckets.find("s3://pictures/huge.jpg")


def test_an_address_names_no_host(store: ObjectStore, tmp_path: Path) -> None:
    buckets = Buckets(ImageCache(tmp_path, 1 << 20))
    for url in (
        "s3://user:secret@bucket/key.jpg",
        "s3://bucket:9000/key.jpg",
        "s3://169.254.169.254:80/latest/meta-data",
        "s3:///key.jpg",
        "s3://bucket",
        "s3://bucket/",
        "s3://b@d/key.jpg",
    ):
        with pytest.raises(InvalidInputError, match="Expected an address"):
            buckets.find(url)
    with pytest.raises(NotFoundError):
        buckets.find("s3://bucket/key.jpg?endpoint_override=127.0.0.1:1&scheme=http")
    assert all("/bucket" in line for line in store.seen)
    assert store.seen
