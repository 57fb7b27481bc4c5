"""Upload frames, labels and inferences with vectors of every combination the client allows."""

from __future__ import annotations

from typing import Any

from real_client import al, answer, connected, until_done

N = 4


def vector(length: int, i: int) -> list[float]:
    """Return a vector that points its own way."""
    return [float(j == i % length) + 0.01 * (i + 1) for j in range(length)]


def dataset(client: Any, name: str, *, frames: bool, labels: bool) -> None:
    """Upload frames with two labels each."""
    models = {}
    if frames:
        models["frame_embedding_model"] = "frame model/1"
    if labels:
        models["label_embedding_model"] = "label model"
    made = client.initialize_labeled_dataset(name, "emb", **models)
    for i in range(N):
        boxes = [
            al.Bbox2DLabel(
                id=f"{name} {i} {k}",
                classification="car",
                top=1,
                left=20 * k,
                width=9,
                height=9,
                embedding=vector(5, 2 * i + k) if labels else None,
            )
            for k in range(2)
        ]
        made.create_and_add_labeled_frame(
            frame_id=f"f{i}",
            sensor_data=[al.Image(image_url=f"https://images.example/{i}.png")],
            labels=boxes,
            embedding=vector(4, i) if frames else None,
        )
    client.create_or_update_labeled_dataset(made)
    until_done(client, "emb", name)


def inferences(client: Any) -> None:
    """Upload inferences with vectors of their own."""
    found = client.initialize_inference_set(
        "m", "emb", "both", frame_embedding_model="m frames", inference_embedding_model="m boxes"
    )
    for i in range(N):
        box = al.Bbox2DInference(
            id=f"m {i}",
            classification="car",
            top=1,
            left=0,
            width=9,
            height=9,
            confidence=0.9,
            embedding=vector(6, i),
        )
        al.InferenceFrame(inference_set=found, frame_id=f"f{i}", inferences=[box], embedding=vector(7, i))
    client.create_or_update_inference_set(found)
    until_done(client, "emb", "both", "m")


def change(client: Any) -> None:
    """Change a frame without vectors, so that what it has stays; then one with new ones."""
    made = client.initialize_labeled_dataset("both", "emb")
    made.create_and_add_modified_labeled_frame(
        frame_id="f0", labels=[al.ModifiedBbox2DLabel(id="both 0 0", left=1)]
    )
    client.create_or_update_labeled_dataset(made)
    until_done(client, "emb", "both")
    again = client.initialize_labeled_dataset(
        "both", "emb", frame_embedding_model="frame model/1", label_embedding_model="label model"
    )
    again.create_and_add_modified_labeled_frame(
        frame_id="f1",
        labels=[al.ModifiedBbox2DLabel(id="both 1 0", left=2, embedding=[9.0, 9.0, 0.0, 0.0, 0.0])],
        embedding=[0.0, 0.0, 0.0, 9.0],
    )
    client.create_or_update_labeled_dataset(again)
    until_done(client, "emb", "both")


def main() -> None:
    """Upload all combinations."""
    client = connected()
    client.create_project("emb", al.LabelClassMap.from_classnames(["car"]))
    dataset(client, "both", frames=True, labels=True)
    dataset(client, "only_frames", frames=True, labels=False)
    dataset(client, "only_labels", frames=False, labels=True)
    inferences(client)
    change(client)
    names = ("both", "only_frames", "only_labels")
    answer(
        {
            "logs": [
                *(log for name in names for log in client.get_dataset_ingest_error_logs("emb", name)),
                *client.get_inferences_ingest_error_logs("emb", "both", "m"),
            ]
        }
    )


if __name__ == "__main__":
    main()
