"""Changes over HTTP: nobody overwrites another's silently; a wrong field is named."""

from __future__ import annotations

from typing import Any

import pytest

from problem_bodies import problem_of

VAL = "/projects/driving/datasets/val"
NIGHT = f"{VAL}/segments/Night"


def test_a_read_has_an_etag_and_a_change_needs_the_right_one(served: Any) -> None:
    first = served.http.get(NIGHT)
    tag = first.headers["etag"]
    assert tag == f'"{first.json()["revision"]}"'
    changed = served.http.patch(NIGHT, json={"owner": "ada"}, headers={"if-match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
    for method, path, body in (
        ("PATCH", NIGHT, {"owner": "bob"}),
        ("PUT", f"{NIGHT}/targets", {"recall": 0.1}),
        ("POST", f"{NIGHT}/elements", {"follow_query": True}),
    ):
        late = served.http.request(method, path, json=body, headers={"if-match": tag})
        problem = problem_of(late, 412, "conflict")
        assert "changed by somebody else" in problem["detail"]
    now = served.http.get(NIGHT).json()
    assert (now["owner"], now["version"], now["targets"][0]["minimum"]) == ("ada", 1, 0.5)
    newest = changed.headers["etag"]
    assert served.http.put(f"{NIGHT}/targets", json={"recall": 0.6}, headers={"if-match": newest}).is_success
    assert served.http.patch(NIGHT, json={"owner": ""}, headers={"if-match": "*"}).is_success
    assert served.http.put(f"{NIGHT}/targets", json={"recall": 0.5}).is_success


def test_a_tag_that_is_none_is_refused(served: Any) -> None:
    for tag in ("abc", '"1', "²", "-1", '"1", "2"'):
        late = served.http.patch(NIGHT, json={"owner": "x"}, headers={"if-match": tag.encode()})
        assert late.status_code in (412, 422)
    assert served.http.get(NIGHT).json()["owner"] == ""


UNKNOWN = [
    ("POST", "/projects", {"name": "x", "confidnce": 0.3}, "body.confidnce"),
    ("PATCH", "/projects/driving", {"colour": 1}, "body.colour"),
    ("POST", f"{VAL}/query", {"selection": {"query": "", "ids_": []}}, "body.selection.ids_"),
    ("POST", f"{VAL}/matrix", {"segmnts": []}, "body.segmnts"),
    ("POST", f"{VAL}/gate", {"candidate": "v1", "baselin": "v1"}, "body.baselin"),
    ("POST", f"{VAL}/ingest", {"labels": {"path": "/x", "uplod": "y"}}, "body.labels.uplod"),
    ("PATCH", NIGHT, {"tartgets": {}}, "body.tartgets"),
]
WRONG = [
    ("POST", "/projects", {"name": "x", "confidence": "high"}, "body.confidence"),
    ("POST", "/projects", {"name": "x", "confidence": 1.5}, "body.confidence"),
    ("POST", "/projects", {"name": "x", "task": "knitting"}, "body.task"),
    ("POST", "/projects", {"name": 7}, "body.name"),
    ("POST", "/projects", {}, "body.name"),
    ("POST", "/projects", [], "body"),
    ("PATCH", "/projects/driving", {"iou": None}, "body"),
    ("PATCH", NIGHT, {"name": None}, "body"),
    ("POST", f"{VAL}/segments", {"name": "x", "type": "y", "selection": {"query": ""}}, "body.type"),
    ("POST", f"{VAL}/segments", {"name": "x", "type": "bucket", "selection": {}}, "body.selection"),
    ("POST", f"{VAL}/query", {"selection": {"query": ""}, "limit": 10_000}, "body.limit"),
    ("GET", f"{VAL}/frames?limit=many", None, "query.limit"),
    ("GET", f"{VAL}/matrix?confidence=nan", None, "query.confidence"),
    ("GET", f"{VAL}/matrix?metric=accuracy", None, "query.metric.0"),
    ("GET", f"{VAL}/report", None, "query.inference_set"),
    ("GET", "/jobs?state=sleeping", None, "query.state"),
]


@pytest.mark.parametrize(("method", "path", "body", "field"), [*UNKNOWN, *WRONG])
def test_the_field_at_fault_is_named(served: Any, method: str, path: str, body: Any, field: str) -> None:
    response = served.http.request(method, path, json=body)
    problem = problem_of(response, 422, "invalid_input")
    assert problem["location"]["field"] == field
    assert field in problem["detail"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b'{"name": }', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 5_000, b'{"name": "\\ud800"}', b"NaN"],
)
def test_a_body_that_is_no_json_is_refused(served: Any, content: bytes) -> None:
    headers = {"content-type": "application/json"}
    response = served.http.post("/projects", content=content, headers=headers)
    assert response.status_code in (400, 422), response.text
    problem_of(response, response.status_code, "invalid_input")


def test_half_a_character_is_refused(served: Any) -> None:
    headers = {"content-type": "application/json"}
    content = b'{"name": "half", "description": "\\ud83d"}'
    response = served.http.post("/projects", content=content, headers=headers)
    assert "half of a character" in problem_of(response, 422, "invalid_input")["detail"]
    assert served.http.get("/projects/half").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/projects/drivin", 404, "not_found"),
        ("GET", f"{VAL}/segments/Nigt", 404, "not_found"),
        ("GET", f"{VAL}/matrix?inference_set=v9", 404, "not_found"),
        ("GET", "/jobs/jb_none", 404, "not_found"),
        ("PUT", "/health", 405, "invalid_input"),
        ("POST", "/jobs/jb_none/cancel", 404, "not_found"),
    ],
)
def test_what_is_not_there(served: Any, method: str, path: str, status: int, code: str) -> None:
    problem_of(served.http.request(method, path), status, code)


def test_creating_what_exists_links_to_it(served: Any) -> None:
    body = problem_of(served.http.post("/projects", json={"name": "driving"}), 409, "already_exists")
    assert body["location"]["url"] == "/api/v1/projects/driving"
    body = problem_of(
        served.http.post("/projects/driving/datasets", json={"name": "val"}), 409, "already_exists"
    )
    assert body["location"]["url"] == f"/api/v1{VAL}"
    made = {"name": "Night", "type": "bucket", "selection": {"query": ""}}
    body = problem_of(served.http.post(f"{VAL}/segments", json=made), 409, "already_exists")
    assert served.http.get(f"{served.url}{body['location']['url']}").json()["name"] == "Night"


def test_the_hints_links_lead_somewhere(served: Any) -> None:
    problem = problem_of(served.http.get("/nowhere"), 404, "not_found")
    page = served.http.get(f"{served.url}{problem['type']}")
    assert page.status_code == 200
    assert '<dt id="not_found">' in page.text
    operations = served.http.get(f"{served.url}/api/docs")
    assert operations.status_code == 200
    assert "://" not in operations.text.replace("http://www.w3.org", "")
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"):
        assert f"/api/docs/assets/{asset}" in operations.text
        assert served.http.get(f"{served.url}/api/docs/assets/{asset}").status_code == 200


def test_events_of_a_job_end(served: Any) -> None:
    request = {"labels": {"path": str(served.files.coco)}, "metadata": {"path": str(served.files.metadata)}}
    job = served.http.post(f"{VAL}/ingest", json=request).json()
    with served.http.stream("GET", f"/jobs/{job['id']}/events") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        events = [line for line in response.iter_lines() if line.startswith("event: ")]
    assert events[-1] == "event: end"
    assert events[0] == "event: progress"
    assert set(events[:-1]) == {"event: progress"}
    again = served.http.get(f"/jobs/{job['id']}/events").text
    assert again.startswith("event: progress\n")
    assert again.count("event: end\n") == 1
    problem_of(served.http.get("/jobs/jb_none/events"), 404, "not_found")


@pytest.mark.parametrize(
    ("content_type", "found"),
    [("application/x-www-form-urlencoded", "application/x-www-form-urlencoded"), ("", "nothing")],
)
def test_a_body_that_does_not_say_it_is_json_is_told_so(served: Any, content_type: str, found: str) -> None:
    headers = {"content-type": content_type} if content_type else {}
    answer = served.http.put(f"{VAL}/segments/Night/targets", content=b'{"recall": 0.5}', headers=headers)
    body = problem_of(answer, 422, "invalid_input")
    assert body["detail"] == f"Expected a body of Content-Type application/json, found {found}."
