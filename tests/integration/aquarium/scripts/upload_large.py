"""Upload a dataset of many megabytes, and an inference set behind it.

Arguments after the endpoint: the dataset, the number of frames, and kilobytes of text in each.
"""

from __future__ import annotations

import sys

from real_client import al, answer, connected, until_done


def main() -> None:
    """Upload, wait, and print what the server has."""
    name, n_frames, kilobytes = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    client = connected()
    client.create_project("large", al.LabelClassMap.from_classnames(["car"]))
    dataset = client.initialize_labeled_dataset(name, "large")
    for i in range(n_frames):
        box = al.Bbox2DLabel(id=f"{name} {i}", classification="car", top=1, left=1, width=5, height=5)
        dataset.create_and_add_labeled_frame(
            frame_id=f"f{i}",
            sensor_data=[al.Image(image_url=f"https://images.example/{i}.png")],
            labels=[box],
            user_metadata=[al.UserMetadataEntry("text", f"{i:04d}" * (256 * kilobytes))],
        )
    client.create_or_update_labeled_dataset(dataset)
    found = client.initialize_inference_set("m", "large", name)
    for i in range(n_frames):
        box = al.Bbox2DInference(
            id=f"m {i}", classification="car", top=1, left=1, width=5, height=5, confidence=0.9
        )
        al.InferenceFrame(inference_set=found, frame_id=f"f{i}", inferences=[box])
    client.create_or_update_inference_set(found)
    until_done(client, "large", name)
    until_done(client, "large", name, "m")
    answer(
        {
            "ids": client.get_frame_ids("large", name),
            "logs": client.get_dataset_ingest_error_logs("large", name)
            + client.get_inferences_ingest_error_logs("large", name, "m"),
        }
    )


if __name__ == "__main__":
    main()
