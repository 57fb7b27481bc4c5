"""Ask for frames like those of a campaign: `segments_similar.py URL SEGMENT`."""

from __future__ import annotations

import sys

from real_client import al, answer


def main() -> None:
    """Search the archive; no campaign is ever ready to collect with the client itself."""
    campaigns = al.CollectionClient(api_endpoint=sys.argv[1])
    campaigns.set_credentials(api_key="any")
    campaigns.sync_state(target_segment_uuids=[sys.argv[2]])
    campaigns.sync_state(target_project_names=["town"])
    found = {
        status: campaigns.get_unlabeled_results_for_segment(
            segment_uuid=sys.argv[2],
            unlabeled_dataset_name="archive",
            sort_status=status,
            retrigger_search=True,
        )
        for status in ("UNSORTED", "ACCEPTED")
    }
    found["collected"] = campaigns.get_unlabeled_results_for_segment(
        segment_uuid=sys.argv[2], unlabeled_dataset_name=None
    )
    campaigns.save_for_collection()
    answer(found)


if __name__ == "__main__":
    main()
