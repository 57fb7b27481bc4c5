"""Upload the town with embeddings and two inference sets; `segments_upload.py URL [FOLDER OF IMAGES]`."""

from __future__ import annotations

import math
import sys
from typing import Any

import town
from real_client import al, answer, connected, until_done


def box(kind: Any, thing: town.Thing, **more: Any) -> Any:
    """Return a label or an inference of the client's."""
    return kind(
        id=thing.id,
        classification=thing.class_name,
        top=thing.top,
        left=thing.left,
        width=thing.width,
        height=thing.height,
        **more,
    )


def vector(i: int, shift: float = 0.0) -> list[float]:
    """Return a direction that turns with the frame."""
    angle = 0.01 + 0.04 * i + shift
    return [math.cos(angle), math.sin(angle), 0.1]


def archive(client: Any) -> None:
    """Upload frames nobody labelled, turned a little from those of the town."""
    dataset = client.initialize_unlabeled_dataset("archive", "town", frame_embedding_model="turns")
    for i in range(len(town.FRAMES)):
        dataset.create_and_add_unlabeled_frame(
            frame_id=f"old {i:02d}",
            sensor_data=[al.Image(image_url=f"https://images.example/old {i}.png", width=640, height=480)],
            proposals=[],
            embedding=vector(i, shift=0.001),
        )
    client.create_or_update_unlabeled_dataset(dataset)


def frames(dataset: Any, place: str) -> None:
    """Add all frames with labels, metadata and embeddings."""
    for i, frame_id in enumerate(town.FRAMES):
        labels = [box(al.Bbox2DLabel, thing) for thing in town.labels(i)]
        dataset.create_and_add_labeled_frame(
            frame_id=frame_id,
            sensor_data=[al.Image(image_url=f"{place}/{frame_id}.png", width=640, height=480)],
            labels=labels,
            user_metadata=[
                al.UserMetadataEntry("split", ("train", "val", "test")[i % 3]),
                al.UserMetadataEntry("speed", 1.5 * i),
            ],
            embedding=vector(i),
        )


def inference_set(client: Any, name: str) -> None:
    """Upload what one model saw."""
    chosen = client.initialize_inference_set(name, "town", "street")
    for i, frame_id in enumerate(town.FRAMES):
        al.InferenceFrame(
            inference_set=chosen,
            frame_id=frame_id,
            inferences=[
                box(al.Bbox2DInference, thing, confidence=thing.confidence)
                for thing in town.inferences(name, i)
            ],
        )
    client.create_or_update_inference_set(chosen)


def main() -> None:
    """Upload everything and wait until it is read."""
    place = f"file://{sys.argv[2]}" if len(sys.argv) > 2 else "https://images.example"
    client = connected()
    client.create_project(
        "town",
        al.LabelClassMap.from_classnames(list(town.CLASSES)),
        primary_task="2D_OBJECT_DETECTION",
    )
    dataset = client.initialize_labeled_dataset("street", "town", frame_embedding_model="turns")
    frames(dataset, place)
    client.create_or_update_labeled_dataset(dataset)
    for name in town.MODELS:
        inference_set(client, name)
    archive(client)
    until_done(client, "town", "street")
    until_done(client, "town", "archive")
    for name in town.MODELS:
        until_done(client, "town", "street", name)
    answer({"datasets": [one["id"] for one in client.get_datasets("town", include_archived=False)]})


if __name__ == "__main__":
    main()
