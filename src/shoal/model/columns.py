"""Columns of the tables every format reads into and the store keeps.

A reader yields Arrow record batches with the columns named here plus any number of user columns, whose names
begin with `user__`.  Types are named as Arrow names them.  User columns are string, int64, double, bool,
timestamp[us, tz=UTC] or list<string>.
"""

from __future__ import annotations

from typing import Final

USER_PREFIX: Final = "user__"

FRAME_COLUMNS: Final[dict[str, str]] = {
    "frame_id": "string",  # unique within a dataset, never null
    "source_id": "string",  # the id result files use, such as a COCO image id; null when it is the frame id
    "file_name": "string",  # as the source names it
    "url": "string",  # where the image is: file://, http(s)://, s3://, gs://; null when unknown
    "width": "int32",  # pixels; null when unknown
    "height": "int32",
    "date_captured": "timestamp[us, tz=UTC]",
    "device_id": "string",
    "latitude": "double",  # degrees
    "longitude": "double",
}

BOX_COLUMNS: Final[dict[str, str]] = {
    "x": "double",  # left edge, pixels; null for tasks without boxes
    "y": "double",  # top edge
    "w": "double",
    "h": "double",
}

LABEL_COLUMNS: Final[dict[str, str]] = {
    "frame_row": "int32",  # position in the frame lookup the reader was given
    "label_id": "string",
    "class_index": "int32",  # position in the class map
    **BOX_COLUMNS,
    "area_px": "double",  # the source's area if it names one, else w * h
    "iscrowd": "bool",
    "difficult": "bool",
    "segmentation": "string",  # JSON text as the source has it; null when none
}

INFERENCE_COLUMNS: Final[dict[str, str]] = {
    "frame_row": "int32",
    "inference_id": "string",
    "class_index": "int32",
    **BOX_COLUMNS,
    "area_px": "double",
    "confidence": "double",  # 0 to 1
    "segmentation": "string",
}

AQUARIUM_COLUMNS: Final[dict[str, str]] = {
    "frame": "string",  # JSON text: the row of the frame as the client sent it, without objects
    "objects": "string",  # JSON text: its labels or inferences
}

ORDINAL: Final = "ordinal"
"""Stored in place of `frame_row`: the frame's number in its dataset, given once and never used again."""

ROW_ORDINAL: Final = "row_ordinal"
"""A label's or an inference's own number, given once; sets of crops hold these."""
