"""A project: a task, a class map, default thresholds; holds datasets."""

from __future__ import annotations

from typing import Any

from shoal.client.datasets import Datasets
from shoal.client.resource import Resource
from shoal.client.session import Path, Session, build
from shoal.wire.projects import ClassBody, ProjectBody, ProjectUpdate


class Project(Resource[ProjectBody]):
    """A project as it was when last read.

    Attributes:
        datasets: its datasets; `project.datasets["val"]`, `.upload(…)`.
    """

    def __init__(self, session: Session, body: ProjectBody) -> None:
        super().__init__(session, body)
        self.datasets = Datasets(session, body.name)

    @property
    def path(self) -> Path:
        """Its place under the API."""
        return ("projects", self.name)

    @property
    def name(self) -> str:
        """Its name."""
        return self.body.name

    @property
    def task(self) -> str:
        """Its task, such as `object_detection`."""
        return self.body.task.value

    @property
    def classes(self) -> list[ClassBody]:
        """Its class map, in order."""
        return list(self.body.classes)

    @property
    def class_names(self) -> list[str]:
        """The names of its class map, in order."""
        return [entry.name for entry in self.body.classes]

    @property
    def confidence(self) -> float:
        """Default confidence threshold."""
        return self.body.confidence

    @property
    def iou(self) -> float:
        """Default IoU threshold."""
        return self.body.iou

    @property
    def matching(self) -> str:
        """The matching rule, `class-first` or `global`."""
        return self.body.matching.value

    @property
    def group_field(self) -> str | None:
        """The metadata field whose values are resampled as one."""
        return self.body.group_field

    def update(self, **changes: Any) -> Project:
        """Change settings: those of `create_project` but the name and the task.

        Raises:
            InvalidInputError: no such setting, or a value that does not fit.
        """
        body = build(ProjectUpdate, **changes)
        self.body = self.session.read(ProjectBody, "PATCH", self.path, body=body)
        return self

    def refresh(self) -> Project:
        """Read it again and return it."""
        self.body = self.session.read(ProjectBody, "GET", self.path)
        return self

    def delete(self) -> None:
        """Delete it with all it holds."""
        self.session.call("DELETE", self.path)

    def __repr__(self) -> str:
        return f"Project({self.name!r}, {self.task}, {len(self.body.classes)} classes)"
