"""A segment's similarity search through the SDK: suggestions, answers, the next version."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import shoal
from shoal.client.connection import Shoal
from shoal.client.dataset import Dataset
from shoal.errors import ConflictError, InvalidInputError, NotEvaluableError, NotFoundError
from shoal_server import running_server
from vector_data import made_vectors, nearest

N = 40
D = 8
IDS = [f"f{i:02}" for i in range(N)]
VECTORS = made_vectors(N, D, seed=3)


@pytest.fixture(scope="module", params=["in process", "over a socket"])
def sh(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shoal]:
    home = tmp_path_factory.mktemp("home")
    if request.param == "in process":
        with shoal.connect(home) as opened:
            yield opened
        return
    with running_server(home) as server, shoal.connect(server.url) as opened:
        yield opened


@pytest.fixture
def val(sh: Shoal, request: pytest.FixtureRequest) -> Dataset:
    name = "".join(c if c.isalnum() else "_" for c in request.node.name)
    project = sh.create_project(name, classes=["car"])
    rows = [{"frame_id": one, "lux": float(i), "split": "ab"[i % 2]} for i, one in enumerate(IDS)]
    dataset = project.datasets.upload("val", frames=rows, progress=False)
    dataset.embeddings.upload("clip", IDS, VECTORS, "clip-b32", progress=False)
    return dataset


def ids(numbers: list[int]) -> list[str]:
    return [IDS[i] for i in numbers]


def test_suggestions_are_neither_members_nor_answered_and_respect_the_query(val: Dataset) -> None:
    segment = val.segments.create("Night", type="scenario", query="lux<3")
    members = [0, 1, 2]
    first = segment.similar(k=6)
    allowed = ~np.isin(np.arange(N), members)
    assert first.column("id") == ids(nearest(VECTORS, VECTORS[members], 6, allowed))
    assert first.ranking == "nearest"
    assert first.column("score") == pytest.approx([1 - d for d in first.column("distance")])
    assert set(first.column("nearest")) <= set(ids(members))
    body = first.body
    assert (body.classifier_is_ready, body.n_more_accepted, body.n_more_discarded) == (False, 0, 3)
    assert (body.n_candidates, body.segment_version) == (N - 3, 1)

    good, bad = first.column("id")[0], first.column("id")[1]
    answers = segment.accept([good], author="ada")
    assert (answers.accepted, answers.discarded) == ([good], [])
    assert segment.discard([bad]).discarded == [bad]
    second = segment.similar(k=6, query="split:a")
    wanted = [*members, IDS.index(good)]
    allowed = ~np.isin(np.arange(N), [*wanted, IDS.index(bad)]) & (np.arange(N) % 2 == 0)
    assert second.column("id") == ids(nearest(VECTORS, VECTORS[sorted(wanted)], 6, allowed))
    assert (second.body.n_accepted, second.body.n_discarded) == (1, 1)

    assert segment.discard([good]).model_dump()["discarded"] == [bad, good]
    assert segment.take_back([good, bad]).model_dump(exclude={"revision"}) == {
        "accepted": [],
        "discarded": [],
    }
    assert segment.similar(k=6).column("id") == first.column("id")


def test_enough_answers_switch_to_the_classifier_and_back(val: Dataset) -> None:
    segment = val.segments.create("Night", type="scenario", ids=ids([0]))
    near = segment.similar(k=N)
    found = near.column("id")
    segment.accept(found[:3])
    segment.discard(found[-4:])
    learnt = segment.similar(k=N)
    assert learnt.ranking == "classifier"
    assert learnt.body.classifier_is_ready
    assert learnt.column("score") == sorted(learnt.column("score"), reverse=True)
    assert all(0 <= score <= 1 for score in learnt.column("score"))
    plain = segment.similar(k=N, ranking="nearest")
    assert plain.ranking == "nearest"
    assert sorted(plain.column("id")) == sorted(learnt.column("id"))
    assert plain.column("id") != learnt.column("id")
    distance = {row["id"]: row["distance"] for row in plain}
    assert {row["id"]: row["distance"] for row in learnt} == pytest.approx(distance, abs=1e-6)
    assert learnt.body.n_candidates == N - 8


def test_accepted_elements_become_the_next_version(val: Dataset) -> None:
    segment = val.segments.create("Night", type="scenario", ids=ids([0, 1]))
    with pytest.raises(InvalidInputError, match=r"No suggestion .* is accepted"):
        segment.save_accepted()
    other = val.segments["Night"]
    found = segment.similar(k=8).column("id")
    segment.accept([found[3], found[0], found[4]])
    segment.discard(found[5:])
    assert segment.answers.accepted == [found[3], found[0], found[4]]
    segment.save_accepted(author="ada", note="by look")
    assert segment.version == 2
    assert sorted(segment.ids()) == sorted([*ids([0, 1]), found[3], found[0], found[4]])
    newest = segment.versions[0]
    assert newest.origin == {
        "kind": "similarity",
        "space": "clip",
        "model_id": "clip-b32",
        "ranking": "classifier",
        "accepted": 3,
        "discarded": 3,
    }
    assert (newest.author, newest.note, newest.n_added) == ("ada", "by look", 3)
    assert segment.answers.model_dump(exclude={"revision"}) == {"accepted": [], "discarded": found[5:]}
    assert not set(segment.similar(k=N).column("id")) & {*segment.ids(), *found[5:]}
    other.accept([found[1]])
    with pytest.raises(ConflictError, match="changed by somebody else"):
        other.save_accepted()
    assert other.refresh().save_accepted().version == 3


def test_answers_go_with_their_segment_and_its_elements(val: Dataset) -> None:
    segment = val.segments.create("Night", type="scenario", ids=ids([0]))
    segment.accept(ids([5, 6]))
    segment.add(ids=ids([5]))
    assert segment.answers.accepted == ids([6])
    val.frames.delete(ids([6]))
    assert segment.answers.accepted == []
    with pytest.raises(InvalidInputError, match="one answer about 'f07'"):
        val.session.call(
            "PUT",
            (*segment.path, "similar", "answers"),
            body={"accept": ["f07"], "discard": ["f07"]},
        )
    with pytest.raises(NotFoundError, match="1 of 1 ids are not frames"):
        segment.accept(["nobody"])
    segment.delete()
    again = val.segments.create("Night", type="scenario", ids=ids([0]))
    assert again.answers.accepted == []


def test_a_segment_without_vectors_says_so(val: Dataset) -> None:
    empty = val.segments.create("Empty", type="scenario", query="lux>1000")
    with pytest.raises(NotEvaluableError, match="no element with a vector in embedding space 'clip'"):
        empty.similar()
    empty.accept(ids([4]))
    expected = nearest(VECTORS, VECTORS[[4]], 3, np.arange(N) != 4)
    assert empty.similar(k=3).column("id") == ids(expected)
    assert empty.similar(k=3, query="lux>1000").column("id") == []
