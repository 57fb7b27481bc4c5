"""Scenarios, their metrics, the objects behind cells of the confusion matrix, and similar elements.

Services that need the kernels are imported by the first request for them, which keeps start-up short.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from shoal.server.access import RuntimeOf
from shoal.server.aquarium.requests import Body

router = APIRouter()


@router.get("/projects/{project}/datasets/{dataset}/list_scenarios")
def list_scenarios(runtime: RuntimeOf, project: str, dataset: str) -> list[dict[str, Any]]:
    """Return the Model Performance segments of a dataset."""
    from shoal.services.aquarium import scenarios

    return scenarios.list_scenarios(runtime, project, dataset)


@router.post("/projects/{project}/datasets/get_scenario_metrics")
def post_scenario_metrics(runtime: RuntimeOf, project: str, body: Body) -> dict[str, Any]:
    """Return scores and counts of All Frames and of scenarios."""
    from shoal.services.aquarium import scenarios

    return scenarios.scenario_metrics(runtime, project, body)


@router.get("/joined_filtered_table")
def join_tables(runtime: RuntimeOf, dataset: str, inference_set: str) -> dict[str, str]:
    """Return a name for labels and inferences side by side, which the client sends back."""
    from shoal.services.aquarium import judged_sets

    return {"dest_table": judged_sets.join_tables(runtime, dataset, inference_set)}


@router.post("/confusion_matrix_query")
def query_confusions(runtime: RuntimeOf, body: Body) -> dict[str, Any]:
    """Return the objects in cells of the confusion matrix."""
    from shoal.services.aquarium import confusions

    return confusions.query_confusions(runtime, body)


@router.post("/projects/{project}/issues/{issue}/find_similar_elements")
def find_similar(runtime: RuntimeOf, project: str, issue: str, body: Body) -> dict[str, Any]:
    """Check that a search can be made; it is made when its results are asked for."""
    from shoal.services.aquarium import similar_elements

    similar_elements.check_search(runtime, project, issue, str(body.get("search_dataset_name")))
    return {}


@router.get("/projects/{project}/issues/{issue}/similar_element_info")
def get_search_state(project: str, issue: str) -> dict[str, str]:
    """Return that the search is done."""
    return {"similar_elts_processing_status": "DONE"}


@router.get("/projects/{project}/collection_frames/for_issue/{issue}")
def list_similar(
    runtime: RuntimeOf,
    project: str,
    issue: str,
    search_dataset: str | None = None,
    sort_status: str | None = None,
) -> list[dict[str, Any]]:
    """Return the elements of a dataset that are like those of a segment."""
    from shoal.services.aquarium import similar_elements

    return similar_elements.similar_elements(runtime, project, issue, search_dataset, sort_status)
