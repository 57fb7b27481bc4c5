"""Hypothesis strategies for queries: any tree, trees that fit a small world, and such worlds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from shoal.model.segment import ElementKind
from shoal.query.ast import (
    Aggregate,
    And,
    Comparison,
    Count,
    Everything,
    Exists,
    Field,
    Flipped,
    Function,
    Node,
    Not,
    Number,
    ObjectKind,
    Objects,
    Operator,
    Or,
    Pattern,
    Range,
    Similar,
    Text,
    Value,
    ValueList,
    Word,
)
from shoal.query.types import OUTCOME_KINDS, FieldType, Schema, Table
from twins.query_world import Row, World

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NAMES = st.one_of(st.sampled_from(["frame", "label", "a b", "and", "user__x y", "7", "one.two"]), TEXTS)
ORDERED = ("<", "<=", ">", ">=")
CITIES = ("berlin", "bern", "b", "", "Ulm", "a*b", "ber lin", "zürich")
DAYS = [datetime(2026, 1, day, hour, tzinfo=UTC) for day in (1, 2, 3) for hour in (0, 12)]
CLASSES = ("car", "truck")
SETS = ("one", "two")


def words() -> st.SearchStrategy[Word]:
    def is_plain(text: str) -> bool:
        try:
            Word(text)
        except ValueError:
            return False
        return True

    plain = st.sampled_from(["rain", "2026-01-01", "2026-01-01T10:00", "true", "a.b", "a-b", "x/y", "ä"])
    return st.one_of(plain, TEXTS.filter(lambda text: bool(text) and is_plain(text))).map(Word)


def scalars() -> st.SearchStrategy[Word | Text | Number]:
    numbers = st.one_of(
        st.integers(-(2**63) + 1, 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False)
    ).map(Number)
    return st.one_of(words(), TEXTS.map(Text), numbers)


def values() -> st.SearchStrategy[Value]:
    inside = st.lists(TEXTS.filter(bool), max_size=3)
    patterns = st.tuples(TEXTS, inside, TEXTS).map(lambda parts: Pattern((parts[0], *parts[1], parts[2])))
    ends = st.one_of(st.none(), scalars())
    ranges = st.tuples(ends, ends).filter(lambda both: both != (None, None)).map(lambda both: Range(*both))
    return st.one_of(scalars(), patterns, ranges)


def fields() -> st.SearchStrategy[Field]:
    parts = st.lists(NAMES.filter(bool), min_size=1, max_size=3).map(tuple)
    return st.builds(Field, parts, st.one_of(st.none(), parts))


def any_nodes() -> st.SearchStrategy[Node]:
    """Any tree that can be built, whether or not it fits any data."""
    leaves: st.SearchStrategy[Node] = st.one_of(
        comparisons(fields()),
        fields().map(Exists),
        st.builds(Flipped, NAMES.filter(bool), NAMES.filter(bool)),
        st.builds(
            Similar,
            st.lists(TEXTS, min_size=1, max_size=3).map(tuple),
            st.integers(1, 10_000),
            st.one_of(st.none(), NAMES),
        ),
    )
    return st.recursive(leaves, _grown, max_leaves=8)


def _grown(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    terms = st.lists(nodes, min_size=2, max_size=3).map(tuple)
    where = st.one_of(st.just(Everything()), nodes)
    objects = st.one_of(
        st.builds(Objects, st.just(ObjectKind.LABEL), st.none(), where),
        st.builds(
            Objects,
            st.sampled_from([ObjectKind.INFERENCE, ObjectKind.OUTCOME]),
            st.one_of(st.none(), NAMES.filter(bool)),
            where,
        ),
    )
    measures = st.one_of(
        objects.map(Count), st.builds(Aggregate, st.sampled_from(list(Function)), fields(), where)
    )
    grown: list[st.SearchStrategy[Node]] = [
        st.builds(And, terms),
        st.builds(Or, terms),
        nodes.map(Not),
        objects,
        comparisons(measures),
    ]
    return st.one_of(grown)


def comparisons(left: st.SearchStrategy[Any]) -> st.SearchStrategy[Node]:
    def is_right(field: Field) -> bool:
        return field.at is not None or is_reference_field(field)

    lists = st.lists(values(), min_size=1, max_size=3).map(lambda items: ValueList(tuple(items)))
    equal = st.tuples(left, st.sampled_from([":", "=", "!="]), st.one_of(values(), lists))
    ordered = st.tuples(
        left, st.sampled_from(ORDERED), values().filter(lambda value: not isinstance(value, Range))
    )
    across = st.tuples(left, st.sampled_from(list(Operator)), st.one_of(fields().filter(is_right), left))
    every = st.one_of(equal, ordered, across.filter(lambda three: _is_allowed(three[2])))
    return every.map(lambda three: Comparison(three[0], Operator(three[1]), three[2]))


def is_reference_field(field: Field) -> bool:
    try:
        Comparison(field, Operator.EQUAL, field)
    except ValueError:
        return False
    return True


def _is_allowed(right: Any) -> bool:
    return not isinstance(right, Field) or is_reference_field(right)


SCHEMA = Schema(
    user_fields={
        Table.FRAMES: {
            "user__city": FieldType.STRING,
            "user__speed": FieldType.NUMBER,
            "user__night": FieldType.BOOLEAN,
            "user__tags": FieldType.LIST,
        },
        Table.LABELS: {"user__city": FieldType.STRING, "user__depth": FieldType.NUMBER},
    },
    classes=CLASSES,
    evaluation_classes=CLASSES,
    segments={"F": ElementKind.FRAMES, "L": ElementKind.LABELS, "I": ElementKind.INFERENCES},
    inference_sets=SETS,
    inference_set="one",
    spaces={
        (Table.FRAMES, None): ("clip",),
        (Table.LABELS, None): ("crops", "dino"),
        (Table.INFERENCES, "one"): ("ones",),
        (Table.INFERENCES, "two"): ("twos",),
    },
)

NUMBERS = st.one_of(st.none(), st.sampled_from([0.0, 1.0, 2.5, -3.0, float("nan"), 7.0]))
STRINGS = st.one_of(st.none(), st.sampled_from(CITIES))
BOOLEANS = st.one_of(st.none(), st.booleans())
DATES = st.one_of(st.none(), st.sampled_from(DAYS), st.just(DAYS[0] - timedelta(microseconds=1)))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Worlds of a few rows under `SCHEMA`, with plenty of missing values and ties."""
    n_frames = draw(st.integers(0, 5))
    frames = [
        {
            "frame_id": f"f{i}",
            "width": draw(NUMBERS),
            "height": draw(NUMBERS),
            "date_captured": draw(DATES),
            "n_labels": draw(NUMBERS),
            "user__city": draw(STRINGS),
            "user__speed": draw(NUMBERS),
            "user__night": draw(BOOLEANS),
            "user__tags": draw(st.one_of(st.none(), st.lists(st.sampled_from(CITIES), max_size=2))),
        }
        for i in range(n_frames)
    ]
    labels = draw(_crops(n_frames, "label_id"))
    inferences = {name: draw(_crops(n_frames, "inference_id")) for name in SETS}
    outcomes = {name: draw(_outcomes(n_frames, len(labels), len(inferences[name]))) for name in SETS}
    score = {"precision": NUMBERS, "recall": NUMBERS, "f1": NUMBERS, "n_errors": NUMBERS, "right": BOOLEANS}
    rows = st.lists(st.fixed_dictionaries(score), min_size=n_frames, max_size=n_frames)
    sizes = {"F": n_frames, "L": len(labels), "I": len(inferences["one"])}
    masks = {name: draw(st.lists(st.booleans(), min_size=n, max_size=n)) for name, n in sizes.items()}
    scores = {name: draw(rows) for name in SETS}
    near = {
        "clip": frames,
        "crops": labels,
        "dino": labels,
        "ones": inferences["one"],
        "twos": inferences["two"],
    }
    vectors = {name: draw(_vectors(found)) for name, found in near.items()}
    return World(SCHEMA, frames, labels, inferences, outcomes, scores, masks, vectors)


def _vectors(rows: list[Row]) -> st.SearchStrategy[dict[str, list[float]]]:
    """Vectors of some of the rows by id, with plenty of ties."""
    ids = [next(row[key] for key in ("frame_id", "label_id", "inference_id") if key in row) for row in rows]
    numbers = st.lists(st.sampled_from([0.0, 1.0, 3.0]), min_size=2, max_size=2)
    if not ids:
        return st.just({})
    return st.dictionaries(st.sampled_from(ids), numbers)


@st.composite
def _crops(draw: st.DrawFn, n_frames: int, key: str) -> list[Row]:
    owners = draw(st.lists(st.integers(0, n_frames - 1), max_size=6)) if n_frames else []
    return [
        {
            key: f"o{i}",
            "frame": owner,
            "class": draw(st.sampled_from(CLASSES)),
            "area_px": draw(NUMBERS),
            "confidence": draw(NUMBERS),
            "difficult": draw(BOOLEANS),
            "user__city": draw(STRINGS),
            "user__depth": draw(NUMBERS),
        }
        for i, owner in enumerate(sorted(owners))
    ]


@st.composite
def _outcomes(draw: st.DrawFn, n_frames: int, n_labels: int, n_inferences: int) -> list[Row]:
    owners = draw(st.lists(st.integers(0, n_frames - 1), max_size=6)) if n_frames else []
    names = st.sampled_from((*CLASSES, "background"))
    return [
        {
            "frame": owner,
            "truth": draw(names),
            "predicted": draw(names),
            "kind": draw(st.sampled_from(OUTCOME_KINDS)),
            "confidence": draw(NUMBERS),
            "iou": draw(NUMBERS),
            "weight": 1.0,
            "label_row": draw(st.integers(-1, n_labels - 1)),
            "inference_row": draw(st.integers(-1, n_inferences - 1)),
        }
        for owner in owners
    ]


def _comparison(names: list[str], values: st.SearchStrategy[Any], operators: str) -> st.SearchStrategy[str]:
    parts = st.tuples(st.sampled_from(names), st.sampled_from(operators.split()), values)
    return parts.map(lambda three: f"{three[0]} {three[1]} {three[2]}")


_EQUALS = ": = !="
_ALL = ": = != < <= > >="
_TEXT = st.sampled_from(['"berlin"', '"bern"', '"b"', '""', "Ulm", '"a*b"', "zürich", '"ber lin"'])
_PATTERN = st.sampled_from(["*", "b*", "*n", "*er*", "b*r*n", "*b*", 'b"er"*', "*r*i*", "b*b"])
_NUMBER = st.sampled_from(["0", "1", "2.5", "-3", "7", "2"])
_RANGE = st.sampled_from(["0..2.5", "..1", "1..", "-3..7", "(0, 7)", "(1, 2..)", "(2.5, -3, 9)"])
_DATE = st.sampled_from(["2026-01-01", "2026-01-02T12:00", '"2026-01-03"', "2026-01-02T13:00+01:00"])
_DATES = st.sampled_from(
    ["2026-01-01..2026-01-02", "..2026-01-01", "2026-01-02T12:00..", "(2026-01-01, 2026-01-03)"]
)
_FRAME_NUMBERS = [
    "width",
    "frame.speed",
    "user__speed",
    "n_labels",
    "f1",
    "recall@two",
    "n_errors",
    "precision@one",
]


def _leaves(names: dict[str, list[str]]) -> st.SearchStrategy[str]:
    numbers, texts = names["numbers"], names["texts"]
    return st.one_of(
        _comparison(texts, st.one_of(_TEXT), _ALL),
        _comparison(texts, st.one_of(_PATTERN, st.sampled_from(['(berlin, "b", *m)', "b..c"])), _EQUALS),
        _comparison(numbers, st.one_of(_NUMBER, st.sampled_from(["width", "frame.speed", "f1@two"])), _ALL),
        _comparison(numbers, _RANGE, _EQUALS),
        _comparison(["date_captured"], _DATE, _ALL),
        _comparison(["date_captured"], _DATES, _EQUALS),
        _comparison(["night", *names["booleans"]], st.sampled_from(["true", "False"]), _EQUALS),
        _comparison(["frame.tags"], st.one_of(_TEXT, _PATTERN, st.just("(b, *m)")), ":"),
        _comparison(names["classes"], st.sampled_from(["car", "(car, truck)", "t*"]), _EQUALS),
        _comparison(["segment"], st.sampled_from(["F", "L", "I", "(F, L)"]), _EQUALS),
        st.sampled_from([*numbers, *texts, "date_captured"]).map(lambda name: f"exists({name})"),
        st.sampled_from(["flipped(one, two)", "flipped(two, one)", "width < height", "city != frame.city"]),
        st.sampled_from(names["similar"] or ["flipped(one, two)"]),
    )


_SCOPES: dict[str, dict[str, list[str]]] = {
    "frames": {
        "numbers": _FRAME_NUMBERS,
        "texts": ["city", "frame_id"],
        "booleans": [],
        "classes": [],
        "similar": ["similar(id:f0, 2)", "similar(id:(f1, f3), 1, space:clip)"],
    },
    "label": {
        "numbers": [*_FRAME_NUMBERS, "area_px", "depth"],
        "texts": ["city", "frame.city", "id"],
        "booleans": ["difficult"],
        "classes": ["class"],
        "similar": ["similar(id:o0, 2, space:crops)", "similar(id:(o1, o3), 3, space:dino)"],
    },
    "inference": {
        "numbers": [*_FRAME_NUMBERS, "confidence", "area_px"],
        "texts": ["city", "id", "frame.id"],
        "booleans": [],
        "classes": ["class"],
        "similar": ["similar(id:o0, 1)", "similar(id:o1, 3)"],
    },
    "outcome": {
        "numbers": [*_FRAME_NUMBERS, "iou", "label.area_px", "inference.confidence", "label.depth"],
        "texts": ["frame.city", "label.city"],
        "booleans": ["label.difficult"],
        "classes": ["truth", "predicted", "label.class"],
        "similar": [],
    },
}


def fitting_texts(scope: str = "frames", depth: int = 2) -> st.SearchStrategy[str]:
    """Texts of queries that fit `SCHEMA` on the rows of a scope."""
    names = {**_SCOPES[scope], "classes": _SCOPES[scope]["classes"] or ["class"]}
    leaves = _leaves(names) if _SCOPES[scope]["classes"] else _leaves({**names, "classes": ["city"]})
    options = [leaves]
    if depth:
        options += [_nested(scope, depth - 1), _nested(scope, depth - 1)]
    nodes = st.one_of(options)
    return st.recursive(
        nodes,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from([" ", " AND ", " OR "]), inner).map(
                lambda three: f"({three[0]}{three[1]}{three[2]})"
            ),
            inner.map(lambda text: f"NOT ({text})"),
        ),
        max_leaves=4,
    )


def _nested(scope: str, depth: int) -> st.SearchStrategy[str]:
    outcome = "outcome@one" if scope == "inference" else "outcome@two"
    kinds = {"label": "label", "inference@two": "inference", outcome: "outcome", "outcome": "outcome"}
    if scope == "inference":
        kinds = {"label": "label", "inference": "inference", outcome: "outcome"}
    values = {"label": "label.area_px", "inference": "inference.confidence", "outcome": f"{outcome}.iou"}

    def written(name: str) -> st.SearchStrategy[str]:
        where = fitting_texts("inference" if kinds[name] == "inference" else kinds[name], 0)
        parts = st.tuples(where, st.sampled_from(list(Function)), st.sampled_from(_ALL.split()), _NUMBER)
        return parts.flatmap(
            lambda four: st.sampled_from(
                [
                    f"{name}({four[0]})",
                    f"count({name}({four[0]})) {four[2]} {four[3]}",
                    f"{four[1]}({values[kinds[name]]}, {four[0]}) {four[2]} {four[3]}",
                ]
            )
        )

    return st.sampled_from(sorted(kinds)).flatmap(written)
