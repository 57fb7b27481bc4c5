"""Paths and names in requests never lead out of the roots or out of an upload."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from problem_bodies import problem_of

INGEST = "/projects/driving/datasets/val/ingest"


def ingest(served: Any, path: str, role: str = "labels", **more: Any) -> Any:
    return served.http.post(INGEST, json={role: {"path": path, **more}})


@pytest.mark.parametrize("path", ["/etc/passwd", "/", "/etc"])
@pytest.mark.parametrize("role", ["labels", "metadata", "images", "frames"])
def test_files_outside_the_roots_are_refused(served: Any, path: str, role: str) -> None:
    body = problem_of(ingest(served, path, role), 403, "forbidden")
    assert "shoal serve --root" in body["hint"]
    assert body["location"]["path"] == path


def test_whether_a_file_outside_exists_is_not_told(served: Any) -> None:
    there = problem_of(ingest(served, "/etc/passwd"), 403, "forbidden")
    absent = problem_of(ingest(served, "/etc/passwd-nobody-has"), 403, "forbidden")
    assert there["detail"].replace("passwd", "") == absent["detail"].replace("passwd-nobody-has", "")


def test_dots_and_links_do_not_lead_out(served: Any) -> None:
    problem_of(ingest(served, f"{served.root}/../home/owner.json"), 403, "forbidden")
    problem_of(ingest(served, f"{served.root}/../../../../../etc/passwd"), 403, "forbidden")
    link = served.root / "link.json"
    link.symlink_to("/etc/passwd")
    problem_of(ingest(served, str(link)), 403, "forbidden")
    link.unlink()


def test_a_link_inside_a_folder_of_images_is_no_way_out(served: Any) -> None:
    folder = served.root / "signs"
    (folder / "cat").mkdir(parents=True)
    (folder / "cat" / "1.png").symlink_to("/etc/passwd")
    response = ingest(served, str(folder), "images")
    job = response.json()
    while job["state"] in ("queued", "running"):
        job = served.http.get(f"/jobs/{job['id']}", params={"wait": 20, "after": job["revision"]}).json()
    assert job["state"] == "failed"
    assert "root:" not in str(job)


@pytest.mark.parametrize("path", ["labels.json", "../labels.json", "~root/x", ""])
def test_only_absolute_paths_name_files_of_the_server(served: Any, path: str) -> None:
    response = ingest(served, path)
    assert response.status_code in (403, 422)
    problem_of(response, response.status_code, response.json()["code"])


def test_an_odd_path_is_no_failure(served: Any) -> None:
    for path in ("/\0", "~nobody-of-this-name/x", "/" + "x" * 5000, f"{served.root}/" + "y" * 300, "~/x\0"):
        response = ingest(served, path)
        assert response.status_code in (403, 404, 422), response.text
        problem_of(response, response.status_code, response.json()["code"])


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("../x", 403),
        ("a/../../x", 403),
        ("/etc/passwd", 403),
        ("C:/x", 403),
        ("a\\..\\x", 403),
        ("a\0b", 422),
        ("a\tb", 422),
        ("a//b", 422),
        ("./a", 422),
        ("x" * 300, 422),
        ("x/" * 600 + "y", 422),
    ],
)
def test_names_in_uploads_stay_inside(served: Any, name: str, status: int) -> None:
    upload = served.http.post("/uploads").json()["id"]
    url = f"{served.url}/api/v1/uploads/{upload}/files/{quote(name, safe='')}"
    problem_of(served.http.put(url, content=b"x"), status, "forbidden" if status == 403 else "invalid_input")
    assert served.http.get(f"/uploads/{upload}").json()["files"] == []
    assert not (served.home / "uploads" / "x").exists()
    served.http.delete(f"/uploads/{upload}")


@pytest.mark.parametrize("upload", ["up_zzzzzzzzzzzz", "..", "up_000000000000/..", "x", "%2e%2e", "\0"])
def test_uploads_that_are_none(served: Any, upload: str) -> None:
    url = f"{served.url}/api/v1/uploads/{quote(upload, safe='')}"
    problem_of(served.http.get(url), 404, "not_found")
    problem_of(ingest(served, "x", upload=upload), 404, "not_found")


@pytest.mark.parametrize(
    "name", ["a b.json", "é.json", "100%.json", "quote'\".json", "🐟.json", "folder/é/x.json"]
)
def test_odd_names_of_files_are_kept(served: Any, name: str) -> None:
    upload = served.http.post("/uploads").json()["id"]
    url = f"{served.url}/api/v1/uploads/{upload}/files/{quote(name)}"
    assert served.http.put(url, content=b"12").json() == {"name": name, "size": 2}
    assert served.http.get(f"/uploads/{upload}").json()["files"] == [{"name": name, "size": 2}]
    assert served.http.delete(f"/uploads/{upload}").status_code == 204


def test_addresses_in_a_table_open_no_file_outside_the_roots(served: Any) -> None:
    outside = [
        "/etc/passwd",
        "/etc/hostname",
        f"{served.root}/../home/owner.json",
        "//etc/passwd",
        "/dev/zero",
    ]
    urls = [f"file://{path}" for path in outside] + outside
    rows = [{"frame_id": f"{i}", "url": url} for i, url in enumerate(urls)]
    project = served.sh.create_project("addresses")
    val = project.datasets.upload("val", frames=rows, progress=False)
    for row in rows:
        where = f"/projects/addresses/datasets/val/images/{row['frame_id']}"
        for options in ({}, {"size": 64}):
            response = served.http.get(where, params=options)
            assert 400 <= response.status_code < 500, (row, response.text)
            assert "root:" not in response.text
            problem_of(response, response.status_code, response.json()["code"])
    assert val.n_frames == len(rows)
