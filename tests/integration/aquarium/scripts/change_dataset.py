"""Add, replace and change frames and labels; embeddings; what must not go in; what is left after deletion."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from real_client import al, answer, as_sent, connected, until_done

VECTORS = {"f0": [1.0, 0.0, 0.0, 0.5], "f1": [0.0, 1.0, 0.0, 0.5], "f2": [0.0, 0.0, 1.0, 0.5]}


def box(name: str, kind: str = "car", **more: Any) -> Any:
    """Return a label ten pixels wide."""
    return al.Bbox2DLabel(id=name, classification=kind, top=5, left=5, width=10, height=10, **more)


def image(url: str = "https://images.example/1.png") -> Any:
    """Return the one sensor."""
    return al.Image(image_url=url)


def grow(client: Any) -> dict[str, Any]:
    """Add frames to a dataset, change one, replace another."""
    first = client.initialize_labeled_dataset("grow", "p", frame_embedding_model="frames v1")
    for frame_id, vector in VECTORS.items():
        first.create_and_add_labeled_frame(
            frame_id=frame_id,
            sensor_data=[image()],
            labels=[box(f"{frame_id}_a"), box(f"{frame_id}_b", "bus")],
            date_captured="2024-01-01T00:00:00Z",
            user_metadata=[al.UserMetadataEntry("split", "train"), al.UserMetadataEntry("n", 1)],
            embedding=vector,
        )
    client.create_or_update_labeled_dataset(first)
    until_done(client, "p", "grow")

    second = client.initialize_labeled_dataset("grow", "p", frame_embedding_model="frames v1")
    replaced = second.create_and_add_labeled_frame(
        frame_id="f1",
        sensor_data=[image("https://images.example/new.png")],
        labels=[box("f1_new")],
        date_captured="2025-01-01T00:00:00Z",
        embedding=[1.0, 1.0, 0.0, 0.0],
    )
    added = second.create_and_add_labeled_frame(
        frame_id="f3",
        sensor_data=[image()],
        labels=[],
        date_captured="2025-01-01T00:00:00Z",
        embedding=[0.0, 0.0, 0.0, 1.0],
    )
    client.create_or_update_labeled_dataset(second)
    until_done(client, "p", "grow")

    third = client.initialize_labeled_dataset("grow", "p")
    third.create_and_add_modified_labeled_frame(
        frame_id="f0",
        labels=[
            al.ModifiedBbox2DLabel(id="f0_a", left=6, user_attrs={"checked": True}),
            al.ModifiedBbox2DLabel(id="not there", left=6),
            box("f0_c", "bus"),
        ],
        device_id="rear",
        user_metadata=[al.UserMetadataEntry("n", 2), al.UserMetadataEntry("fresh", "yes")],
    )
    client.create_or_update_labeled_dataset(third)
    until_done(client, "p", "grow")
    back = client.get_frames("p", "grow", ["f0", "f1", "f2", "f3", "no such frame"])
    return {
        "logs": client.get_dataset_ingest_error_logs("p", "grow"),
        "back": {frame_id: as_sent(frame) for frame_id, frame in back.items()},
        "replaced": as_sent(replaced),
        "added": as_sent(added),
    }


def message(call: Callable[..., Any], *arguments: Any, **named: Any) -> str:
    """Return what the client says when a call fails."""
    try:
        call(*arguments, **named)
    except Exception as error:
        return str(error)
    return ""


def refused(client: Any) -> dict[str, Any]:
    """Upload rows that are at fault, and ask for what is not there."""
    bad = client.initialize_labeled_dataset("bad", "p")
    frame = bad.create_and_add_labeled_frame(frame_id="f0", sensor_data=[image()], labels=[box("flat")])
    frame._crop_set.crops[0].attributes["width"] = 0
    client.create_or_update_labeled_dataset(bad)
    until_done(client, "p", "bad")
    stray = client.initialize_inference_set("stray", "p", "grow")
    al.InferenceFrame(inference_set=stray, frame_id="elsewhere", inferences=[])
    client.create_or_update_inference_set(stray)
    until_done(client, "p", "grow", "stray")
    classes = al.LabelClassMap.from_classnames(["x"])
    said = [
        message(client.get_frame, "p", "grow", "no such frame"),
        message(client.get_dataset, "p", "no_such_dataset"),
        message(client.create_project, "p", classes, primary_task="CLASSIFICATION"),
    ]
    return {
        "dataset": client.get_dataset_ingest_error_logs("p", "bad"),
        "inferences": client.get_inferences_ingest_error_logs("p", "grow", "stray"),
        "state": client.current_dataset_process_state("p", "bad"),
        "said": said,
    }


def aside(client: Any) -> dict[str, Any]:
    """Everything around a dataset: metadata, schemas, assets, previews, unlabeled data."""
    client.update_dataset_object_metadata_schema("p", "grow", [{"name": "weather", "type": "STRING"}])
    client.update_project_metadata("p", {"team": "b"})
    client.update_label_class_map_colors("p", [al.ClassMapUpdateEntry(name="car", color=[1, 2, 3])])
    picture = Path("asset é 1.png").absolute()
    picture.write_bytes(b"not really a picture")
    empty = Path("empty.bin").absolute()
    empty.write_bytes(b"")
    assets = [client.upload_asset_from_filepath("p", "grow", str(path)) for path in (picture, empty)]
    held = client.initialize_labeled_dataset("held", "p")
    held.create_and_add_labeled_frame(frame_id="own", sensor_data=[image(assets[0])], labels=[])
    client.create_or_update_labeled_dataset(held)
    until_done(client, "p", "held")

    unlabeled = client.initialize_unlabeled_dataset("un", "p")
    proposal = al.Bbox2DInference(
        id="u1p", classification="car", top=0, left=0, width=5, height=5, confidence=0.5
    )
    al.UnlabeledFrame(dataset=unlabeled, frame_id="u1", sensor_data=[image()], proposals=[proposal])
    client.create_or_update_unlabeled_dataset(unlabeled)
    until_done(client, "p", "un")
    again = client.initialize_unlabeled_datasetV2("un2", "p")
    al.UnlabeledFrameV2(dataset=again, frame_id="u2", sensor_data=[image()], proposals=[])
    client.create_or_update_unlabeled_datasetV2(again)
    until_done(client, "p", "un2")
    more = client.initialize_unlabeled_datasetV2("un2", "p")
    al.UnlabeledFrameV2(dataset=more, frame_id="u3", sensor_data=[image()], proposals=[])
    client.create_or_update_unlabeled_datasetV2(more)
    until_done(client, "p", "un2")
    client.preview_frame("p", client.get_frame("p", "grow", "f0"))
    return {
        "schema": client.get_dataset_object_metadata_schema("p", "grow"),
        "project": client.get_project("p"),
        "assets": assets,
        "unlabeled": client.get_frame_ids("p", "un") + client.get_frame_ids("p", "un2"),
        "steps": client.current_abstract_dataset_process_step_status("p", "grow"),
    }


def deleted(client: Any) -> dict[str, Any]:
    """Delete an inference set's dataset and the project, and see what is left."""
    client.delete_dataset("p", "held")
    once_more = client.initialize_labeled_dataset("held", "p")
    once_more.create_and_add_labeled_frame(frame_id="own", sensor_data=[image()], labels=[])
    said = message(client.create_or_update_labeled_dataset, once_more)
    exists = client.dataset_exists("p", "held")
    client.create_project("gone", al.LabelClassMap.from_classnames(["a"]))
    client.delete_project("gone")
    return {"exists": exists, "said": said, "project_exists": client.project_exists("gone")}


def main() -> None:
    """Do all of it in one project."""
    client = connected()
    client.create_project(
        "p", al.LabelClassMap.from_classnames(["car", "bus"]), primary_task="2D_OBJECT_DETECTION"
    )
    client.create_project("p", al.LabelClassMap.from_classnames(["van"]))
    answer(
        {"grow": grow(client), "refused": refused(client), "aside": aside(client), "deleted": deleted(client)}
    )


if __name__ == "__main__":
    main()
