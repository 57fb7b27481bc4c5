"""What the client never shows: the wire itself, spoken without it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

import shoal
from postgres_server import running_postgres
from shoal_server import running_server

CHUNK = 8 << 20


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def wire(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with ExitStack() as opened:
        options: list[str] = []
        if request.param == "postgresql":
            database = opened.enter_context(running_postgres())
            options = ["--catalog-url", database.new_database()]
        home = tmp_path_factory.mktemp("home")
        server = opened.enter_context(running_server(home, *options))
        base = f"{server.url}/aquarium/api/v1"
        client = opened.enter_context(httpx.Client(base_url=base, timeout=60))
        classes = [{"name": name, "id": i} for i, name in enumerate(("car", "BACKGROUND", "Bus"))]
        body = {"project_id": "p", "label_class_map": classes}
        assert client.post("/projects", json=body).status_code == 200
        yield client


def links(wire: httpx.Client, name: str, *, resumable: bool = True) -> dict[str, str]:
    params = {"upload_filename": name, **({"resumable_upload": "true"} if resumable else {})}
    found: dict[str, str] = wire.get("/projects/p/datasets/d/get_upload_url", params=params).json()
    return found


def begun(wire: httpx.Client, name: str, size: int) -> tuple[str, str]:
    """Begin a file; return where its chunks go and where it will be."""
    given = links(wire, name)
    started = wire.post(
        given["put_url"],
        content=b"{}",
        headers={"x-goog-resumable": "start", "x-upload-content-length": str(size)},
    )
    assert started.status_code == 201
    return started.headers["location"], given["download_url"]


def put(wire: httpx.Client, session: str, data: bytes, first: int, size: int) -> httpx.Response:
    span = f"bytes {first}-{first + len(data) - 1}/{size}"
    return wire.put(session, content=data, headers={"content-range": span})


def asked(wire: httpx.Client, session: str) -> httpx.Response:
    return wire.put(session, headers={"content-range": "bytes */*"})


def sent(wire: httpx.Client, name: str, rows: list[dict[str, Any]]) -> str:
    data = "\n".join(json.dumps(row) for row in rows).encode()
    session, found = begun(wire, name, len(data))
    assert put(wire, session, data, 0, len(data)).status_code == 200
    return found


def frame(frame_id: str, **more: Any) -> dict[str, Any]:
    return {"task_id": frame_id, "device_id": "d", "sensor_data": [], "coordinate_frames": [], **more}


def finished(wire: httpx.Client, dataset: str) -> str:
    """Wait for the jobs of the server and return the state of a dataset."""
    shoal_url = str(wire.base_url).split("/aquarium")[0]
    for job in httpx.get(f"{shoal_url}/api/v1/jobs").json()["items"]:
        while job["finished_at"] is None:
            url = f"{shoal_url}/api/v1/jobs/{job['id']}"
            job = httpx.get(url, params={"wait": 20, "after": job["revision"]}, timeout=40).json()
    state: str = wire.get(f"/projects/p/datasets/{dataset}/process_state").json()["current_state"]
    return state


def test_chunks_are_acknowledged_whole_and_sent_again_without_harm(wire: httpx.Client) -> None:
    size = CHUNK + 100
    session, _ = begun(wire, "file.jsonl", size)
    assert "range" not in asked(wire, session).headers
    first, last = b"a" * CHUNK, b"b" * 100
    for _ in range(2):
        answer = put(wire, session, first, 0, size)
        assert (answer.status_code, answer.headers["range"]) == (308, f"bytes=0-{CHUNK - 1}")
        assert "location" not in answer.headers
    assert asked(wire, session).headers["range"] == f"bytes=0-{CHUNK - 1}"
    for _ in range(2):
        assert put(wire, session, last, CHUNK, size).status_code == 200
    # Told that all is there, the client would have nothing to send and give up.
    answer = asked(wire, session)
    assert (answer.status_code, answer.headers["range"]) == (308, f"bytes=0-{CHUNK - 1}")
    assert put(wire, session, last, CHUNK, size).status_code == 200


def test_part_of_a_chunk_left_by_a_crash_is_not_acknowledged(wire: httpx.Client) -> None:
    size = CHUNK + 100
    session, _ = begun(wire, "torn.jsonl", size)
    assert put(wire, session, b"a" * 1000, 0, size).status_code == 308
    assert "range" not in asked(wire, session).headers
    assert put(wire, session, b"a" * CHUNK, 0, size).headers["range"] == f"bytes=0-{CHUNK - 1}"


def test_chunks_that_do_not_fit_end_the_upload(wire: httpx.Client) -> None:
    size = CHUNK + 100
    session, _ = begun(wire, "other.jsonl", size)
    assert put(wire, session, b"a" * CHUNK, 0, size).status_code == 308
    assert put(wire, session, b"c" * CHUNK, 0, size).status_code == 412
    assert asked(wire, session).status_code == 400  # else the client would ask and send for ever
    short = wire.put(session, content=b"ab", headers={"content-range": "bytes 0-9/10"})
    assert short.json() == {"message": "Expected 10 bytes, found 2."}


def test_links_cannot_be_made_up(wire: httpx.Client) -> None:
    given = links(wire, "file.jsonl")["put_url"]
    for url in (f"{given}x", given.replace("storage/resumable", "storage/simple"), given[:-50]):
        answer = wire.put(url, content=b"x") if "simple" in url else wire.post(url, content=b"{}")
        assert answer.status_code == 403
        assert "link" in answer.json()["message"]
    assert wire.get(links(wire, "data.jsonl")["download_url"]).status_code == 400
    assert wire.get("/projects/p/datasets/d/get_upload_url", params={"upload_filename": "../x"}).is_error


def test_an_announcement_sent_again_changes_nothing(wire: httpx.Client) -> None:
    frames = sent(wire, "frames.jsonl", [frame("f1"), frame("f2")])
    labels = sent(wire, "labels.jsonl", [{"task_id": "f1", "label_data": []}])
    body = {
        "dataset_id": "twice",
        "upload_version": "v1",
        "data_url": {"frame": [frames], "crop": [labels]},
    }
    for _ in range(3):
        assert wire.post("/projects/p/datasets", json=body).json() == {"upload_version": "v1"}
        assert finished(wire, "twice") == "DONE"
    (found,) = [one for one in wire.get("/projects/p/datasets").json() if one["id"] == "twice"]
    assert len(found["ingest_agg_windows"]) == 1
    shoal_url = str(wire.base_url).split("/aquarium")[0]
    versions = httpx.get(f"{shoal_url}/api/v1/projects/p/datasets/twice/versions").json()["items"]
    assert [one["number"] for one in versions] == [1]
    windows = wire.get("/streaming/projects/p/datasets/twice/upload_version/v1/windows").json()
    assert windows == [{"uuid": "v1", "status": "DONE"}]


def test_inferences_wait_for_their_dataset_even_if_nobody_reads_it_yet(wire: httpx.Client) -> None:
    rows = [frame(f"f{i}", user__i=i) for i in range(3000)]
    frames = sent(wire, "many.jsonl", rows)
    found = sent(wire, "inferences.jsonl", [{**frame("f7"), "inference_data": [], "label_data": []}])
    body = {"dataset_id": "slow", "upload_version": "s1", "data_url": {"frame": [frames], "crop": []}}
    wire.post("/projects/p/datasets", json=body)
    for i in range(3):
        body = {"inferences_id": f"m{i}", "upload_version": f"s-m{i}", "data_url": [found]}
        if i:
            body["data_url"] = [sent(wire, f"inferences{i}.jsonl", [{**frame("f7"), "inference_data": []}])]
        wire.post("/projects/p/datasets/slow/inferences", json=body)
    assert finished(wire, "slow") == "DONE"
    for i in range(3):
        answer = wire.get(f"/projects/p/datasets/slow/inferences/m{i}/is_processed")
        assert answer.json() == {"processed": True}


def test_questions_before_anything_is_there_are_no_errors(wire: httpx.Client) -> None:
    assert wire.get("/projects/p/datasets/new/is_archived").json() == {"archived": False}
    assert wire.get("/projects/p/datasets/new/is_processed").json() == {"processed": False}
    assert wire.get("/projects/p/datasets/new/ingest_error_logs").json() == []
    assert wire.get("/streaming/projects/p/datasets/new/upload_version/none/windows").json() == []
    urls = {"urls": ["https://x/1.png", "file:///1.png", "some text", "s3://b/k"]}
    assert set(wire.post("/datasets/verify_urls", json=urls).json().values()) == {"SUCCESS"}


@pytest.mark.parametrize(
    ("method", "path", "body", "message"),
    [
        ("GET", "/projects/nothing", None, "There is no project 'nothing'."),
        ("GET", "/no/such/path", None, "Shoal does not answer GET"),
        ("POST", "/projects", "[1]", "Expected a JSON object in the body, found list."),
        ("POST", "/projects", "{", "The body is not JSON"),
        ("POST", "/projects", '{"project_id": "a b"}', "name: String should match"),
        ("POST", "/projects/p/datasets", "{}", "dataset_id: expected a text, found None."),
        (
            "POST",
            "/projects/p/datasets",
            '{"dataset_id": "d", "data_url": {"frame": ["https://elsewhere/x"]}}',
            "is not a file that was uploaded to this server",
        ),
        ("POST", "/projects/p/datasets/none/inferences", '{"inferences_id": "m"}', "no dataset 'none'"),
    ],
)
def test_errors_are_messages_and_never_404(
    wire: httpx.Client, method: str, path: str, body: str | None, message: str
) -> None:
    answer = wire.request(method, path, content=body)
    assert answer.status_code in (400, 422)
    assert message in answer.json()["message"]


def test_a_slash_too_many_is_forgiven(wire: httpx.Client) -> None:
    endpoint = str(wire.base_url).rstrip("/")
    assert httpx.get(f"{endpoint}//projects").json() == wire.get("/projects").json()


def test_background_is_no_class_of_the_map_but_comes_back(wire: httpx.Client) -> None:
    again = [{"name": name, "id": i} for i, name in enumerate(("car", "BACKGROUND", "Bus"))]
    body = {"project_id": "p", "label_class_map": again}
    assert wire.post("/projects", json=body).status_code == 200
    project = wire.get("/projects/p").json()
    assert [entry["name"] for entry in project["label_class_map"]] == ["car", "Bus", "BACKGROUND"]
    with shoal.connect(str(wire.base_url).split("/aquarium")[0]) as sh:
        assert [entry.name for entry in sh.project("p").body.classes] == ["car", "Bus"]


def test_what_shoal_changes_the_client_reads(wire: httpx.Client, tmp_path: Path) -> None:
    box = {"top": 1, "left": 2, "width": 3, "height": 4}
    label = {"uuid": "l1", "label_type": "BBOX_2D", "label": "car", "attributes": {**box, "user__a": [1]}}
    line = {"uuid": "l2", "label_type": "LINE_SEGMENT_2D", "label": "car", "attributes": {"x1": 1}}
    rows = [frame("f1", user__split="a", user__odd=[1, 2]), frame("f2", user__split="a")]
    frames = sent(wire, "frames.jsonl", rows)
    labels = sent(wire, "labels.jsonl", [{"task_id": "f1", "label_data": [label, line]}])
    body = {
        "dataset_id": "both",
        "upload_version": "b1",
        "data_url": {"frame": [frames], "crop": [labels]},
    }
    wire.post("/projects/p/datasets", json=body)
    assert finished(wire, "both") == "DONE"
    with shoal.connect(str(wire.base_url).split("/aquarium")[0]) as sh:
        project = sh.project("p")
        metadata = tmp_path / "metadata.csv"
        metadata.write_text("frame_id,split,new\nf1,b,7\nf2,a,8\n")
        project.datasets.upload("both", metadata=metadata, mode="upsert", progress=False)
        first = wire.get("/projects/p/datasets/both/frame/f1/LATEST").json()
    shoal_url = str(wire.base_url).split("/aquarium")[0]
    gone = f"{shoal_url}/api/v1/projects/p/datasets/both/frames/delete"
    assert httpx.post(gone, json={"ids": ["f2"]}).status_code == 200
    assert (first["user__split"], first["user__new"], first["user__odd"]) == ("b", 7, [1, 2])
    assert [one["uuid"] for one in first["label_data"]] == ['"l1"', '"l2"']
    assert first["label_data"][0]["attributes"]["user__a"] == [1]
    answer = wire.post("/projects/p/datasets/both/frames/LATEST", json={"frame_ids": ["f1", "f2"]})
    assert [one["task_id"] for one in answer.json()] == ["f1"]
    assert wire.get("/projects/p/datasets/both/frame_ids/LATEST").json() == ["f1"]


def test_a_restored_version_has_the_rows_it_had(wire: httpx.Client) -> None:
    dataset = f"{str(wire.base_url).split('/aquarium')[0]}/api/v1/projects/p/datasets/kept"

    def uploaded(version: str, **more: Any) -> None:
        frames = sent(wire, f"{version}.jsonl", [frame("f1", **more)])
        urls = {"frame": [frames], "crop": []}
        wire.post(
            "/projects/p/datasets", json={"dataset_id": "kept", "upload_version": version, "data_url": urls}
        )
        assert finished(wire, "kept") == "DONE"

    def read() -> Any:
        return wire.get("/projects/p/datasets/kept/frame/f1/LATEST").json()

    uploaded("k1", user__n=1, user__odd=[1])
    first = read()
    assert httpx.post(f"{dataset}/checkpoints", json={"name": "first"}).status_code == 201
    change = {"change": "MODIFY", "explicitly_set_keys": ["user__odd", "device_id"]}
    uploaded("k2", user__odd=[2], **change)
    assert read()["user__odd"] == [2]
    assert httpx.post(f"{dataset}/checkpoints/first/restore").status_code == 200
    assert read() == first
    uploaded("k3", **{**change, "device_id": "rear"})
    assert read() == {**first, "device_id": "rear"}


def test_a_change_of_a_frame_that_is_not_there_is_dropped(wire: httpx.Client) -> None:
    def uploaded(version: str, *rows: dict[str, Any]) -> str:
        urls = {"frame": [sent(wire, f"{version}.jsonl", list(rows))], "crop": []}
        body = {"dataset_id": "gone", "upload_version": version, "data_url": urls}
        wire.post("/projects/p/datasets", json=body)
        return finished(wire, "gone")

    change = {"change": "MODIFY", "explicitly_set_keys": ["device_id"], "device_id": "rear"}
    assert uploaded("g1", frame("f1")) == "DONE"
    assert uploaded("g2", {**frame("f1"), **change}, {**frame("f9"), **change}) == "DONE"
    assert wire.get("/projects/p/datasets/gone/frame/f1/LATEST").json()["device_id"] == "rear"
    assert wire.get("/projects/p/datasets/gone/frame/f9/LATEST").status_code == 400
    assert uploaded("g3", {**frame("f8"), **change}) == "DONE"
    shoal_url = str(wire.base_url).split("/aquarium")[0]
    found = httpx.get(f"{shoal_url}/api/v1/projects/p/datasets/gone").json()
    assert found["n_frames"] == 1
    notes = [
        note
        for job in httpx.get(f"{shoal_url}/api/v1/jobs").json()["items"]
        for note in (job["result"] or {}).get("notes", [])
    ]
    assert "1 changes of frames that are not in the dataset were dropped: 'f9'." in notes


def test_refusals_before_a_route_are_in_the_clients_language(wire: httpx.Client) -> None:
    root = str(wire.base_url).split("/aquarium")[0]
    refused = wire.get("/projects", headers={"host": "elsewhere.example"})
    assert refused.status_code == 403
    assert "elsewhere.example" in refused.json()["message"]
    large = wire.post("/projects", content=b" " * ((72 << 20) + 1))
    assert large.status_code == 413
    assert "one request may carry" in large.json()["message"]
    client = {"x-illume-client-version": "1.0.7"}
    for path in ("/api/v1/projects", "/projects", "/"):
        lost = httpx.get(f"{root}{path}", headers=client)
        assert lost.status_code == 400
        assert "/aquarium/api/v1" in lost.json()["message"]
    assert wire.get("/projects", headers=client).status_code == 200


def test_inferences_shoal_changes_are_read_as_they_are(wire: httpx.Client) -> None:
    frames = sent(wire, "frames.jsonl", [frame("f1"), frame("f2")])
    urls = {"frame": [frames], "crop": []}
    wire.post("/projects/p/datasets", json={"dataset_id": "inf", "upload_version": "i1", "data_url": urls})
    sides = {"top": 1, "left": 2, "width": 3, "height": 4}
    box = {
        "label_type": "BBOX_2D",
        "label": "car",
        "attributes": {**sides, "confidence": 0.5, "user__a": [1]},
    }
    line = {"uuid": "line", "label_type": "LINE_SEGMENT_2D", "label": "car", "attributes": {}}
    rows = [
        {**frame("f1"), "inference_data": [{**box, "uuid": "p1"}, line]},
        {**frame("f2"), "inference_data": [{**box, "uuid": "p2"}]},
    ]
    body = {"inferences_id": "m", "upload_version": "i2", "data_url": [sent(wire, "inf.jsonl", rows)]}
    wire.post("/projects/p/datasets/inf/inferences", json=body)
    assert finished(wire, "inf") == "DONE"

    def read() -> dict[str, Any]:
        path = "/projects/p/datasets/inferences_inf_m/frames/LATEST"
        answer = wire.post(path, json={"frame_ids": ["f1", "f2"]}).json()
        return {one["task_id"]: [json.loads(label["uuid"]) for label in one["label_data"]] for one in answer}

    assert read() == {"f1": ["p1", "line"], "f2": ["p2"]}
    with shoal.connect(str(wire.base_url).split("/aquarium")[0]) as sh:
        fresh = {
            "frame_id": "f2",
            "id": "p3",
            "class": "car",
            "x": 1,
            "y": 1,
            "w": 2,
            "h": 2,
            "confidence": 0.9,
        }
        sets = sh.project("p").datasets["inf"].inference_sets
        sets.upload("m", inferences=[fresh], mode="extend", progress=False)
    assert read() == {"f1": ["p1", "line"], "f2": ["p3"]}


def test_an_asset_is_the_frames_image(wire: httpx.Client) -> None:
    given = links(wire, "pic ture.png", resumable=False)
    picture = BytesIO()
    Image.new("RGB", (8, 6), "red").save(picture, "PNG")
    assert wire.put(given["put_url"], content=picture.getvalue()).status_code == 200
    assert wire.get(given["download_url"]).headers["content-type"] == "image/png"
    image = {"image_url": given["download_url"]}
    sensor = {"sensor_id": "DEFAULT", "sensor_type": "IMAGE_V0", "data_urls": image}
    frames = sent(wire, "frames.jsonl", [{**frame("f1"), "sensor_data": [sensor]}])
    urls = {"frame": [frames], "crop": []}
    wire.post("/projects/p/datasets", json={"dataset_id": "seen", "upload_version": "a1", "data_url": urls})
    assert finished(wire, "seen") == "DONE"
    dataset = f"{str(wire.base_url).split('/aquarium')[0]}/api/v1/projects/p/datasets/seen"
    shown = httpx.get(f"{dataset}/images/f1", params={"size": 64})
    assert shown.status_code == 200
    assert Image.open(BytesIO(shown.content)).size == (8, 6)
    back = wire.get("/projects/p/datasets/seen/frame/f1/LATEST").json()
    assert back["sensor_data"][0]["data_urls"] == image
