"""Upload every type of label and sensor, each to a project of its task, with inferences; read it all back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from real_client import al, answer, as_sent, connected, until_done

POLYGONS = [{"vertices": [[0, 0], [10, 0], [10.5, 10]]}, {"vertices": [[20, 20], [30, 20], [30, 30]]}]
POINTS = [{"x": 1.5, "y": 2, "name": "head"}, {"x": 3, "y": 4, "name": "foot"}]
CUBOID = {"position": [1.0, 2.0, 3.0], "dimensions": [4.0, 2.0, 1.5], "rotation": [0.0, 0.0, 0.0, 1.0]}


def image(i: int, **more: Any) -> Any:
    """Return an image sensor without a size."""
    return al.Image(image_url=f"s3://bucket/{i}.png", **more)


def classification(i: int) -> tuple[list[Any], list[Any], list[Any]]:
    """One class per frame, with secondary labels."""
    truth = al.Classification2DLabel(
        id=f"t{i}", classification="a" if i else "b", secondary_labels={"colour": "red"}
    )
    found = al.Classification2DInference(id=f"p{i}", classification="a", confidence=0.8)
    return [image(i)], [truth], [found]


def binary(i: int) -> tuple[list[Any], list[Any], list[Any]]:
    """One of two classes per frame."""
    truth = al.Classification2DLabel(id=f"t{i}", classification="b", user_attrs={"sure": i > 0})
    found = al.Classification2DInference(id=f"p{i}", classification="b", confidence=0.2 + 0.3 * i)
    return [image(i)], [truth], [found]


def flat(i: int) -> tuple[list[Any], list[Any], list[Any]]:
    """Polygons, key points, lines and boxes side by side, and an image over the image."""
    on = {"sensor_id": "123"}
    box = {"top": 1, "left": 2, "width": 3, "height": 4}
    truth = [
        al.PolygonList2DLabel(
            id=f"poly{i}", classification="a", polygons=POLYGONS, center=[5, 5.5], iscrowd=False, **on
        ),
        al.Keypoint2DLabel(id=f"points{i}", classification="b", keypoints=POINTS, **box, **on),
        al.Keypoint2DLabel(id=f"bare{i}", classification="b", keypoints=POINTS, user_attrs={"n": 2}, **on),
        al.LineSegment2DLabel(id=f"line{i}", classification="a", x1=0, y1=1, x2=2.5, y2=3, **on),
        al.Bbox2DLabel(id=f"box{i}", classification="a", top=0, left=0, width=9, height=9, **on),
    ]
    found = [
        al.PolygonList2DInference(id=f"ppoly{i}", classification="a", polygons=POLYGONS, confidence=0.5),
        al.Keypoint2DInference(id=f"ppoints{i}", classification="b", keypoints=POINTS, confidence=0.5),
        al.Bbox2DInference(
            id=f"pbox{i}", classification="a", top=0, left=0, width=9, height=9, confidence=0.9
        ),
    ]
    over = al.ImageOverlay(id="over", overlay_id="heat", image_url=f"s3://bucket/{i}_heat.png")
    return [image(i, id="123", width=64, height=48), over], truth, found


def masks(i: int) -> tuple[list[Any], list[Any], list[Any]]:
    """One mask of classes per frame."""
    truth = al.Semseg2DLabel(id=f"mask{i}", mask_url=f"https://masks.example/{i}.png")
    found = al.Semseg2DInference(id=f"pmask{i}", mask_url=f"https://masks.example/p{i}.png")
    return [image(i)], [truth], [found]


def instances(i: int) -> tuple[list[Any], list[Any], list[Any]]:
    """One mask of instances per frame."""
    known = [al.InstanceSegInstance(1, "a", {"size": 3}), al.InstanceSegInstance(2, "b", {})]
    truth = al.InstanceSeg2DLabel(id=f"mask{i}", mask_url=f"https://masks.example/{i}.png", instances=known)
    found = al.InstanceSeg2DInference(
        id=f"pmask{i}", mask_url=f"https://masks.example/p{i}.png", instances=known
    )
    return [image(i)], [truth], [found]


def solid(i: int) -> tuple[list[Any], list[Any], list[Any]]:
    """Cuboids in a point cloud, and cameras that look at it."""
    lidar = al.CoordinateFrame3D("lidar", position={"x": 1, "y": 2, "z": 3.5})
    camera = al.CoordinateFrame2D("camera", fx=500, fy=501.5, camera_model="fisheye", k1=0.1)
    sensors = [
        al.PointCloudPCD(id="pcd", pcd_url=f"gs://clouds/{i}.pcd", coordinate_frame=lidar),
        al.PointCloudBins(id="bins", kitti_format_url="gs://c/1.kitti", coordinate_frame=lidar),
        al.Obj(id="obj", obj_url="https://meshes.example/1.obj", coordinate_frame=lidar),
        image(i, id="cam", coordinate_frame=camera),
    ]
    truth = al.Cuboid3DLabel(
        id=f"cube{i}", classification="a", coordinate_frame_id="lidar", user_attrs={"far": True}, **CUBOID
    )
    found = al.Cuboid3DInference(
        id=f"pcube{i}", classification="a", coordinate_frame_id="lidar", confidence=0.5, **CUBOID
    )
    return sensors, [truth], [found]


def words(i: int) -> tuple[list[Any], list[Any], list[Any]]:
    """Tokens of a text, with sound and film beside it."""
    sensors = [
        al.Text(id="text", text='Say "héllo" to\n100 % of them'),
        al.Audio(id="sound", audio_url="https://sounds.example/1.wav"),
        al.Video(id="film", video_url="https://films.example/1.mp4"),
    ]
    token = {"index": i, "token": "héllo", "visible": True, "sensor_id": "text"}
    truth = al.TextTokenLabel(id=f"tok{i}", classification="a", **token)
    found = al.TextTokenInference(id=f"ptok{i}", classification="b", confidence=0.4, **token)
    return sensors, [truth], [found]


KINDS: dict[str, tuple[str | None, Callable[[int], tuple[list[Any], list[Any], list[Any]]]]] = {
    "classification": ("CLASSIFICATION", classification),
    "binary": ("BINARY_CLASSIFICATION", binary),
    "flat": (None, flat),
    "masks": ("2D_SEMSEG", masks),
    "instances": ("2D_INSTANCE_SEGMENTATION", instances),
    "solid": (None, solid),
    "words": (None, words),
}


def upload(client: Any, name: str) -> dict[str, Any]:
    """Upload one project and return what was sent and what came back."""
    task, make = KINDS[name]
    classes = al.LabelClassMap.from_classnames(["a", "b"])
    negative = {"binary_classification_negative_class": "a"} if name == "binary" else {}
    client.create_project(name, classes, primary_task=task, **negative)
    dataset = client.initialize_labeled_dataset("val", name)
    found = client.initialize_inference_set("m", name, "val")
    sent = {}
    for i in range(2):
        sensors, labels, inferences = make(i)
        places = [sensor.coordinate_frame for sensor in sensors if sensor.coordinate_frame]
        frame = dataset.create_and_add_labeled_frame(
            frame_id=f"f{i}",
            sensor_data=sensors,
            coordinate_frames=list({place.id: place for place in places}.values()),
            labels=labels,
            date_captured="2024-01-01T00:00:00Z",
        )
        sent[frame.id] = as_sent(frame)
        custom = {"avg_iou": 0.5}
        al.InferenceFrame(
            inference_set=found, frame_id=frame.id, inferences=inferences, custom_metrics=custom
        )
    client.create_or_update_labeled_dataset(dataset)
    client.create_or_update_inference_set(found)
    until_done(client, name, "val")
    until_done(client, name, "val", "m")
    back = client.get_frames(name, "val", list(sent))
    metrics = {entry["id"]: entry["bbox_metrics_metadata"] for entry in client.get_datasets(name, False)}
    return {
        "sent": sent,
        "back": {frame_id: as_sent(frame) for frame_id, frame in back.items()},
        "logs": [
            *client.get_dataset_ingest_error_logs(name, "val"),
            *client.get_inferences_ingest_error_logs(name, "val", "m"),
        ],
        "has_metrics": metrics["inferences_val_m"] is not None,
    }


def main() -> None:
    """Upload all kinds."""
    client = connected(app_id="an app", app_key="its key")
    answer({name: upload(client, name) for name in KINDS})


if __name__ == "__main__":
    main()
