"""Upload a detection dataset with metadata, and two inference sets behind it at once; read it back."""

from __future__ import annotations

from typing import Any

from real_client import al, answer, as_sent, connected, until_done

IDS = ["f1", "with space", "50%", "a:b", "é%25", "00123"]


def frame(dataset: Any, i: int, frame_id: str) -> Any:
    """Add a frame with two labels and every kind of metadata."""
    return dataset.create_and_add_labeled_frame(
        frame_id=frame_id,
        sensor_data=[
            al.Image(
                image_url=f"https://images.example/{i}.png",
                preview_url=f"https://images.example/{i}_small.png",
                width=640,
                height=480,
                date_captured="2024-03-01T10:00:00Z",
            )
        ],
        labels=[
            al.Bbox2DLabel(
                id=f"{frame_id} car",
                classification="Car",
                top=10,
                left=20.5,
                width=100,
                height=50,
                iscrowd=False,
                user_attrs={"occluded": True, "weather": "rain", "angle": float("nan")},
            ),
            al.Bbox2DLabel(
                id=f"{frame_id} person", classification="person", top=200, left=300, width=30, height=90
            ),
        ],
        device_id="front",
        date_captured="2024-03-01T10:00:00Z",
        geo_data=al.GeoData(52.5, 13.4),
        user_metadata=[
            al.UserMetadataEntry("split", "train" if i % 2 else "test"),
            al.UserMetadataEntry("speed", 12.5 + i),
            al.UserMetadataEntry("lane", i),
            al.UserMetadataEntry("night", i == 0),
            al.UserMetadataEntry("tags", ["a", "b"]),
            al.UserMetadataEntry("levels", [1, 2]),
        ],
    )


def inferences(client: Any, name: str, shift: float) -> None:
    """Upload one model's inferences; nothing on the last frame."""
    chosen = client.initialize_inference_set(name, "det", "ds_1", external_metadata={"model": name})
    for frame_id in IDS:
        found = [
            al.Bbox2DInference(
                id=f"{name} {frame_id} {kind}",
                classification=kind,
                top=top,
                left=left + shift,
                width=width,
                height=height,
                confidence=confidence,
            )
            for kind, top, left, width, height, confidence in (
                ("Car", 10, 20.5, 100, 50, 0.9),
                ("person", 200, 300, 30, 90, 0.6),
            )
        ]
        al.InferenceFrame(
            inference_set=chosen,
            frame_id=frame_id,
            inferences=found if frame_id != IDS[-1] else [],
            user_metadata=[al.UserMetadataEntry("loss", 0.5)],
        )
    client.create_or_update_inference_set(chosen)


def main() -> None:
    """Upload and print what the client sees."""
    client = connected(token="a token")
    classes = al.LabelClassMap.from_classnames(["Car", "person", "unused"])
    client.create_project(
        "det",
        classes,
        primary_task="2D_OBJECT_DETECTION",
        external_metadata={"team": "vision"},
        metrics_confidence_threshold=0.3,
    )
    client.create_project("det", classes)
    dataset = client.initialize_labeled_dataset("ds_1", "det", external_metadata={"k": "v"})
    sent = [as_sent(frame(dataset, i, frame_id)) for i, frame_id in enumerate(IDS)]
    client.create_or_update_labeled_dataset(dataset)
    inferences(client, "model_1", 0.0)
    inferences(client, "model_2", 200.0)
    until_done(client, "det", "ds_1")
    for name in ("model_1", "model_2"):
        until_done(client, "det", "ds_1", name)
    back = client.get_frames("det", "ds_1", IDS)
    one_by_one = {frame_id: client.get_frame("det", "ds_1", frame_id) for frame_id in IDS}
    answer(
        {
            "ids": client.get_frame_ids("det", "ds_1"),
            "sent": sent,
            "back": [as_sent(back[frame_id]) for frame_id in IDS],
            "singly": [as_sent(one_by_one[frame_id]) for frame_id in IDS],
            "project": client.get_project("det"),
            "datasets": client.get_datasets("det", include_archived=True),
            "processed": client.is_dataset_processed("det", "ds_1"),
            "exists": client.dataset_exists("det", "inferences_ds_1_model_1"),
            "set_processed": client.is_inferences_processed("det", "ds_1", "model_2"),
            "logs": client.get_dataset_ingest_error_logs("det", "ds_1"),
        }
    )


if __name__ == "__main__":
    main()
