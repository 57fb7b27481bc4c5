from __future__ import annotations

import shoal
from aquarium_client import Driver
from shoal_server import RunningServer

ROWS = [
    {
        "frame_id": "a",
        "url": "https://images.example/a.png",
        "width": 640,
        "height": 480,
        "weather": "rain",
        "labels": [{"id": "car 1", "class": "car", "x": 10, "y": 20, "w": 30, "h": 40}],
    },
    {"frame_id": "b", "url": "https://images.example/b.png", "weather": "sun", "labels": []},
]
FOUND = [{"frame_id": "a", "class": "car", "x": 10, "y": 20, "w": 30, "h": 40, "confidence": 0.8}]


def test_what_was_made_in_shoal_the_client_reads_and_changes(server: RunningServer, drive: Driver) -> None:
    with shoal.connect(server.url) as sh:
        project = sh.create_project("made", classes=["car", "bus"])
        val = project.datasets.upload("val", frames=ROWS, progress=False)
        val.inference_sets.upload("m", inferences=FOUND, progress=False)
        told = drive("read_shoal.py", server.url)
        assert val.query("weather:rain seen:true").ids() == ["a"]
        assert val.query("x:50", elements="labels").ids() == ["car 1"]
    assert told["logs"] == []
    assert told["datasets"] == ["val", "inferences_val_m"]
    classes = told["project"]["label_class_map"]
    assert [(entry["name"], entry["id"], len(entry["color"])) for entry in classes] == [
        ("car", 0, 3),
        ("bus", 1, 3),
    ]
    frame, (label,) = told["before"]["a"]["frame"], told["before"]["a"]["labels"]
    assert frame["user__weather"] == "rain"
    assert frame["sensor_data"][0]["data_urls"] == {"image_url": "https://images.example/a.png"}
    assert frame["sensor_data"][0]["sensor_metadata"] == {"width": 640, "height": 480}
    assert (label["uuid"], label["label"]) == ("car 1", "car")
    assert label["attributes"] == {"left": 10, "top": 20, "width": 30, "height": 40}
    assert told["before"]["b"]["labels"] == []
    assert told["after"]["frame"]["user__weather"] == "rain"
    assert told["after"]["frame"]["user__seen"] is True
    assert told["after"]["labels"][0]["attributes"]["left"] == 50
