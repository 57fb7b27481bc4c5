"""Real COCO files, where they are at hand; and what we write, read by pycocotools."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from shoal.errors import ProblemLog
from shoal.formats.coco import CocoDataset
from shoal.formats.coco_results import CocoResults
from shoal.formats.coco_writing import write_coco_results, write_coco_subset
from shoal.formats.metadata import TabularMetadata
from shoal.formats.source import ClassResolver, FrameLookup
from shoal.model.class_map import ClassMap

REAL = Path("/work/shared/real")

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the real data are not at hand")


def test_everything_arrives_and_pycocotools_reads_what_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    coco = pytest.importorskip("pycocotools.coco")
    problems = ProblemLog()
    source = CocoDataset(REAL / "instances_val.json", images=REAL / "images")
    class_map = ClassMap(source.classes())
    frames = pa.Table.from_batches(list(source.frames(problems)))
    lookup = FrameLookup(
        frames["frame_id"],
        frames["source_id"],
        frames["file_name"],
        widths=frames["width"],
        heights=frames["height"],
    )
    classes = ClassResolver(class_map)
    labels = pa.Table.from_batches(list(source.labels(lookup, classes, problems)))
    results = CocoResults(REAL / "preds" / "yolox_nano_val.json")
    inferences = pa.Table.from_batches(list(results.inferences(lookup, classes, problems)))
    metadata = TabularMetadata(REAL / "manifest.json", allow_unknown=True).metadata(lookup, problems)
    assert problems.problems == []
    assert list(source.notes) == []
    assert (frames.num_rows, labels.num_rows, metadata.num_rows) == (82, 672, 82)
    assert set(results.listed_frames.tolist()) <= set(range(82))

    write_coco_subset(tmp_path / "gt.json", frames, labels, class_map)
    write_coco_results(tmp_path / "results.json", frames, inferences, class_map)
    ours = coco.COCO(str(tmp_path / "gt.json"))
    theirs = coco.COCO(str(REAL / "instances_val.json"))
    assert sorted(ours.anns) == sorted(theirs.anns)
    for key, annotation in theirs.anns.items():
        for field in ("image_id", "category_id", "bbox", "area", "iscrowd"):
            assert ours.anns[key][field] == annotation[field]
    ours.loadRes(str(tmp_path / "results.json"))
    written = json.loads((tmp_path / "results.json").read_text())
    original = json.loads((REAL / "preds" / "yolox_nano_val.json").read_text())
    assert [(r["image_id"], r["bbox"], r["score"]) for r in written] == [
        (r["image_id"], r["bbox"], r["score"]) for r in original
    ]
    capsys.readouterr()
