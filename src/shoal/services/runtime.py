"""One open home with everything requests share: catalog, workspace, uploads, jobs."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoal.services.credentials import TokenRegister
from shoal.services.jobs import JobBoard
from shoal.services.stored_vectors import VectorShelf
from shoal.services.workers import Workers
from shoal.store.catalog import Catalog
from shoal.store.derived import Derived
from shoal.store.home import Home
from shoal.store.staging import Staging, UploadLimits

if TYPE_CHECKING:
    from shoal.engine.workspace import Workspace
    from shoal.store.media import Gallery

COLUMN_BYTES = 4 << 30
"""How many bytes of columns stay in memory."""

DERIVED_BYTES = 64 << 30
"""How many bytes of derived arrays stay on disk."""

IMAGE_BYTES = 8 << 30
"""How many bytes of small images stay on disk."""

IMAGE_THREADS = 16
"""How many images are looked for at the same time; fewer are decoded."""


@dataclass
class Runtime:
    """Everything a service needs.

    Attributes:
        home: the data folder, owned by this process.
        uploads: files on their way in.
        board: the jobs.
        workers: the threads that run them.
        roots: folders on this machine that requests may name files in.
        is_local: whether the only caller is the process itself, so that any of its files may be named.
        ray_address: the Ray cluster that describes pictures; `None` is this process.
        image_threads: the threads that look for images.
        vectors: the embedding spaces in use.
    """

    home: Home
    uploads: Staging
    board: JobBoard
    workers: Workers
    roots: tuple[Path, ...]
    is_local: bool
    ray_address: str | None = None
    image_threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(IMAGE_THREADS, thread_name_prefix="shoal-image")
    )
    vectors: VectorShelf = field(default_factory=VectorShelf)
    _workspace: Workspace | None = None

    @staticmethod
    def open(
        path: Path | str,
        *,
        catalog_url: str | None = None,
        roots: Sequence[Path | str] = (),
        url: str | None = None,
        is_local: bool = False,
        ray_address: str | None = None,
    ) -> Runtime:
        """Take over a home and go on with the jobs a crash cut short.

        Raises:
            HomeInUseError: another process owns the home.
        """
        home = Home.open(path, catalog_url=catalog_url, owner_url=url)
        workers = Workers()
        board = JobBoard(home.catalog, workers.dispatch)
        runtime = Runtime(
            home=home,
            uploads=Staging(home, UploadLimits()),
            board=board,
            workers=workers,
            roots=tuple(Path(root).expanduser().resolve() for root in roots),
            is_local=is_local,
            ray_address=ray_address,
        )
        workers.bind(runtime.run_job)
        board.resume()
        return runtime

    @property
    def catalog(self) -> Catalog:
        """The catalog of the home."""
        return self.home.catalog

    @cached_property
    def tokens(self) -> TokenRegister:
        """The tokens that hold."""
        return TokenRegister(self.catalog, owner_key=self.home.owner_key)

    @cached_property
    def derived(self) -> Derived:
        """Arrays and answers that are kept."""
        return Derived(self.home, byte_limit=DERIVED_BYTES)

    @property
    def workspace(self) -> Workspace:
        """Snapshots and evaluations in memory; imported when first needed, which keeps start-up short."""
        if self._workspace is None:
            from shoal.engine.workspace import Workspace
            from shoal.store.columns import ColumnCache

            self._workspace = Workspace(ColumnCache(self.home, COLUMN_BYTES), self.derived)
        return self._workspace

    @cached_property
    def gallery(self) -> Gallery:
        """The images; imported when first needed, which keeps start-up short."""
        from shoal.store.media import Gallery, ImageCache, ImageRoots

        roots = ImageRoots(self.home.path, self.catalog, self.roots, is_open=self.is_local)
        return Gallery(roots, ImageCache(self.home.path / "thumbnails", IMAGE_BYTES), self.home.locks)

    def run_job(self, job_id: str) -> None:
        """Run a queued job; called by the workers."""
        from shoal.services.job_kinds import run

        run(self, job_id)

    def close(self) -> None:
        """Let running jobs stop at their next report, and give the home back."""
        self.board.is_closing = True
        self.workers.close()
        self.image_threads.shutdown(cancel_futures=True)
        self.home.close()

    def __enter__(self) -> Runtime:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()
