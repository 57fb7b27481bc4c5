"""The root object: what `shoal.connect` returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from shoal.client.jobs import Jobs
from shoal.client.project import Project
from shoal.client.session import Session, build
from shoal.client.tokens import Tokens
from shoal.client.transport import Transport
from shoal.model.task import MatchingRule, Task
from shoal.wire.jobs import HealthBody
from shoal.wire.projects import ProjectBody, ProjectCreate, ProjectList


class Shoal:
    """A server, or a data folder served in this process; a context manager.

    Args:
        transport: carries the requests; closed with this object.

    Attributes:
        session: typed calls over the transport.
        jobs: long work, newest first.
        tokens: what lets people and programs in from other machines.
    """

    def __init__(self, transport: Transport) -> None:
        self.session = Session(transport)
        self.jobs = Jobs(self.session)
        self.tokens = Tokens(self.session)

    @property
    def address(self) -> str:
        """The server's URL, or the data folder."""
        return self.session.transport.address

    @property
    def projects(self) -> list[Project]:
        """All projects by name."""
        body = self.session.read(ProjectList, "GET", ("projects",))
        return [Project(self.session, item) for item in body.items]

    def project(self, name: str) -> Project:
        """Return a project by its name.

        Raises:
            NotFoundError: there is none; the hint lists near names.
        """
        return Project(self.session, self.session.read(ProjectBody, "GET", ("projects", name)))

    def create_project(
        self,
        name: str,
        task: str = Task.OBJECT_DETECTION,
        classes: Iterable[str | Mapping[str, Any]] | None = None,
        confidence: float = 0.1,
        iou: float = 0.5,
        matching: str = MatchingRule.CLASS_FIRST,
        group_field: str | None = None,
        *,
        margin: float = 0.01,
        allow_partial_coverage: bool = False,
        negative_class: str | None = None,
        description: str = "",
        exist_ok: bool = False,
    ) -> Project:
        """Create a project and return it.

        Args:
            name: letters, digits, `_`, `.` and `-`.
            task: `object_detection`, `classification` or `binary_classification`.
            classes: names, or dicts with `name`, `id`, `color`, `train_name`, `ignore_in_eval`;
                without them the first upload's categories become the class map.
            confidence: default confidence threshold, 0 to 1.
            iou: default IoU threshold, 0.1 to 1.
            matching: `class-first` or `global`.
            group_field: metadata field whose values are resampled as one.
            margin: how much worse still counts as not worse.
            allow_partial_coverage: whether segments a set covers in part are judged.
            negative_class: of binary classification.
            description: free text.
            exist_ok: take an existing project of that name, with these settings, instead of failing.

        Raises:
            AlreadyExistsError: the name is taken.
        """
        body = build(
            ProjectCreate,
            name=name,
            task=task,
            classes=list(classes) if classes is not None else None,
            confidence=confidence,
            iou=iou,
            matching=matching,
            group_field=group_field,
            margin=margin,
            allow_partial_coverage=allow_partial_coverage,
            negative_class=negative_class,
            description=description,
        )
        method, path = ("PUT", ("projects", name)) if exist_ok else ("POST", ("projects",))
        return Project(self.session, self.session.read(ProjectBody, method, path, body=body))

    def delete_project(self, name: str) -> None:
        """Delete a project with all it holds."""
        self.session.call("DELETE", ("projects", name))

    def health(self) -> HealthBody:
        """Return the server's version, data folder, process id and readable roots."""
        return self.session.read(HealthBody, "GET", ("health",))

    def close(self) -> None:
        """Close the connection; a server in this process stops with its last connection."""
        self.session.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Shoal({self.address})"
