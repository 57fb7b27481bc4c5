from __future__ import annotations

import numpy as np

from shoal.formats.frame_lookup import AMBIGUOUS, UNKNOWN, FrameLookup


def test_names_of_every_kind() -> None:
    lookup = FrameLookup(["a", "b", "3"], ["10", None, "x1"], ["n/a.jpg", "n/b.jpg", "m/b.jpg"])
    names = ["a", "x1", "m/b.jpg", "a.jpg", "b.jpg", "other/a.jpg", "z"]
    np.testing.assert_array_equal(lookup.rows(names), [0, 2, 2, 0, AMBIGUOUS, 0, UNKNOWN])


def test_integers_are_source_ids_first() -> None:
    lookup = FrameLookup(["10", "3", "007"], ["3", "4", "4"])
    np.testing.assert_array_equal(lookup.rows_of_image_ids([3, 4, 10, 7]), [0, AMBIGUOUS, 0, UNKNOWN])
    np.testing.assert_array_equal(lookup.rows_of_image_ids(["3", 10, 10**30]), [0, 0, UNKNOWN])


def test_no_frames() -> None:
    lookup = FrameLookup([])
    np.testing.assert_array_equal(lookup.rows(["a"]), [UNKNOWN])
    np.testing.assert_array_equal(lookup.rows_of_image_ids([1]), [UNKNOWN])
    assert len(lookup.rows([])) == 0
