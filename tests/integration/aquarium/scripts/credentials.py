"""Upload, read and ask for a segment with credentials; `credentials.py URL PROJECT KIND=VALUE …`."""

from __future__ import annotations

import sys

from real_client import al, answer, connected, until_done


def main() -> None:
    """Use what needs links of their own too: an upload in chunks, and a segment's document."""
    project = sys.argv[2]
    credentials = dict(part.split("=", 1) for part in sys.argv[3:])
    client = connected(**credentials)
    try:
        client.create_project(project, al.LabelClassMap.from_classnames(["car"]))
    except Exception as error:
        answer({"refused": str(error)})
        return
    dataset = client.initialize_labeled_dataset("val", project)
    for i in range(3):
        dataset.create_and_add_labeled_frame(
            frame_id=f"f{i}",
            sensor_data=[al.Image(image_url=f"https://images.example/{i}.png", width=64, height=48)],
            labels=[
                al.Bbox2DLabel(id=f"c{i}", classification="car", left=1, top=2, width=8, height=9),
            ],
        )
    client.create_or_update_labeled_dataset(dataset)
    until_done(client, project, "val")
    manager = al.SegmentManager(client, project)
    elements = [al.SegmentElement("f1", "f1", "frame", "val")]
    segment = manager.create_segment("One", "val", elements, "frame", segment_type="Scenario")
    found = manager.get_segment(segment)
    answer(
        {"frames": client.get_frame_ids(project, "val"), "elements": [e.element_id for e in found.elements]}
    )


main()
