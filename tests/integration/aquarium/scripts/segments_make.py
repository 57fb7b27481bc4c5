"""Make one segment of every type, of frames and of crops; change them; print what the client then reads."""

from __future__ import annotations

from typing import Any

import town
from real_client import al, answer, connected

TYPES = (
    "Split",
    "Regression Test",
    "Scenario",
    "Collection Campaign",
    "Label Quality",
    "Bucket",
    "Frame Issue",
)
STREET, GOOD = "street", "inferences_street_good"


def frame(i: int) -> Any:
    """Return a frame as an element."""
    return al.SegmentElement(town.FRAMES[i], town.FRAMES[i], "frame", STREET)


def label(i: int, k: int) -> Any:
    """Return a label as an element."""
    return al.SegmentElement(town.labels(i)[k].id, town.FRAMES[i], "crop", STREET)


def inference(i: int, k: int) -> Any:
    """Return an inference as an element."""
    seen = town.inferences("good", i)[k]
    return al.SegmentElement(
        seen.id, town.FRAMES[i], "crop", STREET, crop_type="inference", inference_set=GOOD
    )


def main() -> None:
    """Make, change, read, delete."""
    client = connected(app_id="app", app_key="key")
    segments = al.SegmentManager(client, "town")
    ids = {
        kind: segments.create_segment(
            f"{kind}: é 100 %", STREET, [frame(i) for i in range(n, 36, 2)], "frame", segment_type=kind
        )
        for n, kind in enumerate(TYPES)
    }
    ids["Work Queue"] = segments.create_work_queue(
        "to do", STREET, [frame(i) for i in range(5)], "frame", work_queue_batch_size=2
    )
    ids["labels"] = segments.create_segment("odd labels", STREET, [label(1, 0), label(2, 1)], "crop")
    ids["inferences"] = segments.create_segment(
        "odd inferences", STREET, [inference(1, 0), inference(2, 0), label(1, 0)], "crop", GOOD
    )
    ids["nobody"] = segments.create_segment("for a moment", STREET, [], "frame")

    segments.add_elements_to_segment(ids["Scenario"], [frame(0), frame(1)])
    segments.remove_elements_from_segment(ids["Scenario"], [frame(2)])
    segments.update_segment_state(ids["Scenario"], "inReview")
    segments.update_segment_state(ids["Bucket"], "backlog")
    segments.update_segment_name(ids["Bucket"], "thrown together")
    segments.add_elements_to_segment(ids["labels"], [label(3, 0)])
    segments.remove_elements_from_segment(ids["labels"], [label(1, 0)])
    segments.add_elements_to_segment(ids["inferences"], [inference(4, 0)])
    segments.remove_elements_from_segment(ids["inferences"], [inference(1, 0)])
    segments.update_elements_status(ids["Work Queue"], [town.FRAMES[4]], "done")
    segments.delete_segment(ids["nobody"])

    queues = al.WorkQueueManager(client, "town")
    bare = segments.get_segment(ids["labels"], exclude_frame_data=True)
    answer(
        {
            "ids": ids,
            "segments": {
                kind: segments.get_segment(issue, include_comment_data=True).to_dict()
                for kind, issue in ids.items()
                if kind != "nobody"
            },
            "bare": bare.to_dict(),
            "crop_types": {
                kind: [element.crop_type for element in segments.get_segment(ids[kind]).elements]
                for kind in ("labels", "inferences")
            },
            "summaries": [one.to_dict() for one in segments.list_segment_summaries()],
            "queues": [one.to_dict() for one in queues.list_work_queues()],
            "queue": queues.get_work_queue(ids["Work Queue"]).to_dict(),
        }
    )


if __name__ == "__main__":
    main()
