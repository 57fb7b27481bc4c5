"""Names as the client writes them: `project.dataset`, `inferences_<dataset>_<inference set>`."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from shoal.errors import InvalidInputError
from shoal.services.lookup import not_found, project_named
from shoal.store.catalog import Dataset, InferenceSet, Project

_PREFIX = "inferences_"


def full_id(dataset: str, inference_set: str) -> str:
    """Return what the client calls an inference set."""
    return f"{_PREFIX}{dataset}_{inference_set}"


def find(session: Session, project: str, name: str) -> tuple[Project, Dataset, InferenceSet | None]:
    """Return the dataset, and the inference set where the name is an inference set's full id.

    Underscores may be part of any name: what exists decides, and a dataset of exactly that name comes first.

    Raises:
        NotFoundError: there is neither.
    """
    owner = project_named(session, project)
    datasets = {row.name: row for row in _datasets_of(session, owner)}
    if name in datasets:
        return owner, datasets[name], None
    for base in _bases(name, datasets):
        short = name[len(_PREFIX) + len(base) + 1 :]
        matches = (InferenceSet.dataset_id == datasets[base].id) & (InferenceSet.name == short)
        found = session.scalar(select(InferenceSet).where(matches))
        if found is not None:
            return owner, datasets[base], found
    raise not_found("dataset", name, known_names(session, owner), where=f" in project {owner.name!r}")


def find_address(session: Session, address: str) -> tuple[Project, Dataset, InferenceSet | None]:
    """Return what an address such as `driving.val` or `driving.inferences_val_yolo` names.

    Raises:
        InvalidInputError: there is no dot in it.
        NotFoundError: there is no such project or dataset.
    """
    project, dot, name = address.partition(".")
    if not dot:
        raise InvalidInputError(f"Expected an address such as project.dataset, found {address!r}.")
    return find(session, project, name)


def known_names(session: Session, project: Project) -> list[str]:
    """Return the datasets of a project and the full ids of its inference sets."""
    datasets = {row.id: row.name for row in _datasets_of(session, project)}
    sets = session.scalars(select(InferenceSet).where(InferenceSet.dataset_id.in_(datasets)))
    return [*datasets.values(), *(full_id(datasets[row.dataset_id], row.name) for row in sets)]


def _bases(name: str, datasets: Iterable[str]) -> list[str]:
    if not name.startswith(_PREFIX):
        return []
    return sorted((base for base in datasets if name.startswith(f"{_PREFIX}{base}_")), key=len)


def _datasets_of(session: Session, project: Project) -> list[Dataset]:
    chosen = select(Dataset).where(Dataset.project_id == project.id)
    return list(session.scalars(chosen.order_by(Dataset.created_at, Dataset.id)))
