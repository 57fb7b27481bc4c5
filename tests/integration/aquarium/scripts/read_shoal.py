"""Read a project that was made in Shoal, and change a frame of it."""

from __future__ import annotations

from real_client import al, answer, as_sent, connected, until_done


def main() -> None:
    """Read, change, read again."""
    client = connected()
    project = client.get_project("made")
    datasets = client.get_datasets("made", False)
    before = client.get_frames("made", "val", ["a", "b"])
    changed = client.initialize_labeled_dataset("val", "made")
    changed.create_and_add_modified_labeled_frame(
        frame_id="a",
        labels=[al.ModifiedBbox2DLabel(id="car 1", left=50)],
        user_metadata=[al.UserMetadataEntry("seen", True)],
    )
    client.create_or_update_labeled_dataset(changed)
    until_done(client, "made", "val")
    after = client.get_frame("made", "val", "a")
    answer(
        {
            "project": project,
            "datasets": [entry["id"] for entry in datasets],
            "before": {frame_id: as_sent(frame) for frame_id, frame in before.items()},
            "after": as_sent(after),
            "logs": client.get_dataset_ingest_error_logs("made", "val"),
        }
    )


if __name__ == "__main__":
    main()
