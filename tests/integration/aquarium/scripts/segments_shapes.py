"""Make segments of labels Shoal does not score, and ask for numbers of a task it does not know."""

from __future__ import annotations

from typing import Any

from real_client import al, answer, connected, until_done

SQUARE = [{"vertices": [[0, 0], [9, 0], [9, 9]]}]


def refused(call: Any) -> str:
    """Return what the client says when it does not work."""
    try:
        call()
    except Exception as error:
        return str(error)
    return ""


def upload(client: Any) -> None:
    """Upload one frame with a polygon and a box, and a model's polygon."""
    client.create_project("shapes", al.LabelClassMap.from_classnames(["leaf"]))
    dataset = client.initialize_labeled_dataset("leaves", "shapes")
    dataset.create_and_add_labeled_frame(
        frame_id="f",
        sensor_data=[al.Image(image_url="https://images.example/f.png")],
        labels=[
            al.PolygonList2DLabel(id="polygon", classification="leaf", polygons=SQUARE),
            al.Bbox2DLabel(id="box", classification="leaf", top=0, left=0, width=9, height=9),
        ],
    )
    client.create_or_update_labeled_dataset(dataset)
    found = client.initialize_inference_set("m", "shapes", "leaves")
    polygon = al.PolygonList2DInference(id="found", classification="leaf", polygons=SQUARE, confidence=0.5)
    al.InferenceFrame(inference_set=found, frame_id="f", inferences=[polygon])
    client.create_or_update_inference_set(found)
    until_done(client, "shapes", "leaves")
    until_done(client, "shapes", "leaves", "m")


def unknown_task(client: Any) -> str:
    """Return what the client says when it asks numbers of several classes a frame."""
    classes = al.LabelClassMap.from_classnames(["leaf"])
    client.create_project("tags", classes, primary_task="MULTI_LABEL_CLASSIFICATION")
    dataset = client.initialize_labeled_dataset("d", "tags")
    dataset.create_and_add_labeled_frame(
        frame_id="f",
        sensor_data=[al.Image(image_url="https://images.example/f.png")],
        labels=[al.Classification2DLabel(id="t", classification="leaf")],
    )
    client.create_or_update_labeled_dataset(dataset)
    found = client.initialize_inference_set("m", "tags", "d")
    guess = al.Classification2DInference(id="p", classification="leaf", confidence=0.5)
    al.InferenceFrame(inference_set=found, frame_id="f", inferences=[guess])
    client.create_or_update_inference_set(found)
    until_done(client, "tags", "d")
    until_done(client, "tags", "d", "m")
    metrics = al.MetricsManager(client, "tags")
    return refused(lambda: metrics.get_metrics("d", "m", 50, 50))


def main() -> None:
    """Print what the client reads back."""
    client = connected()
    upload(client)
    segments = al.SegmentManager(client, "shapes")
    full = "inferences_leaves_m"
    elements = [
        al.SegmentElement("polygon", "f", "crop", "leaves"),
        al.SegmentElement("box", "f", "crop", "leaves"),
        al.SegmentElement("found", "f", "crop", "leaves", crop_type="inference", inference_set=full),
    ]
    made = segments.create_segment("odd", "leaves", elements, "crop", inference_set=full)
    before = segments.get_segment(made)
    segments.remove_elements_from_segment(made, elements[:1])
    nobody = [al.SegmentElement("nobody", "f", "crop", "leaves")]
    answer(
        {
            "elements": [
                [one.element_id, one.crop_type, one.crop_data["label_type"]] for one in before.elements
            ],
            "left": [one.element_id for one in segments.get_segment(made).elements],
            "nobody": refused(lambda: segments.add_elements_to_segment(made, nobody)),
            "split": refused(lambda: segments.create_segment("s", "leaves", elements, "crop", full, "Split")),
            "taken": refused(lambda: segments.create_segment("odd", "leaves", [], "crop")),
            "task": unknown_task(client),
        }
    )


if __name__ == "__main__":
    main()
