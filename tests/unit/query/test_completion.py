from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.model.segment import ElementKind
from shoal.query import FieldInfo, FieldType, Schema, Table, complete, parse
from shoal.query.completion import MAXIMUM_ITEMS, Completions

SCHEMA = Schema(
    user_fields={
        Table.FRAMES: {
            "user__weather": FieldType.STRING,
            "user__speed kmh": FieldType.NUMBER,
            "user__night": FieldType.BOOLEAN,
            "user__tags": FieldType.LIST,
            "user__width": FieldType.NUMBER,
            "user__a.b": FieldType.STRING,
        },
        Table.LABELS: {"user__occlusion": FieldType.NUMBER, "user__weather": FieldType.STRING},
    },
    classes=("car", "traffic light"),
    evaluation_classes=("car",),
    segments={"Night rain": ElementKind.FRAMES, "train": ElementKind.FRAMES},
    inference_sets=("yolo_v7", "my set"),
    inference_set="yolo_v7",
    spaces={(Table.FRAMES, None): ("clip", "my space"), (Table.LABELS, None): ("crops",)},
)
WEATHER = [("rain", 1200), ("snow", 30), ("New York", 5), ("and", 4), ("5", 2)]


def values(info: FieldInfo, prefix: str) -> list[tuple[str, int]]:
    known = {"user__weather": WEATHER, "class": [("car", 7)], "user__night": [("true", 3)]}
    return [(value, n) for value, n in known.get(info.column, []) if value.startswith(prefix)]


def at(marked: str, elements: ElementKind = ElementKind.FRAMES) -> Completions:
    """Complete where the bar stands."""
    return complete(marked.replace("|", ""), marked.index("|"), SCHEMA, values, elements)


def texts(marked: str, elements: ElementKind = ElementKind.FRAMES) -> list[str]:
    return [item.text for item in at(marked, elements).items]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("wea|", ["weather"]),
        ("weather:rain wea|", ["weather"]),
        ("(night:true OR wea|", ["weather"]),
        ("speed|", ['"speed kmh"']),
        ("user__w|", ["user__weather", "user__width"]),
        ("user__spe|", ['user__"speed kmh"']),
        ("a.|", ["a.b"]),
        ("weather |", [":", "=", "!="]),
        ("night |", [":", "="]),
        ("tags |", [":"]),
        ("count(label) |", [":", "=", "!=", "<", "<=", ">", ">="]),
        ("segment |", [":", "!="]),
        ("weather:|", ["rain", "snow", '"New York"', '"and"', '"5"']),
        ("weather = |", ["rain", "snow", '"New York"', '"and"', '"5"']),
        ("frame.weather:r|", ["rain"]),
        ("weather:(rain, s|", ["snow"]),
        ('weather:"New Y|', ['"New York"']),
        ('weather:"New Y|" night:true', ['"New York"']),
        ("night:|", ["true", "false"]),
        ("label(class:|", ["car", '"traffic light"']),
        ("label(class:tra|", ['"traffic light"']),
        ("label(label.class:c|", ["car"]),
        ("outcome(kind:conf|", ["confusion"]),
        ("outcome(truth:b|", ["background"]),
        ("segment:|", ['"Night rain"', "train"]),
        ("NOT segment:tr|", ["train"]),
        ("recall@|", ["recall@yolo_v7", 'recall@"my set"']),
        ("f1 < recall@yo|", ["recall@yolo_v7"]),
        ("inference@my|", ['inference@"my set"(']),
        ("count(outcome@y|", ["outcome@yolo_v7("]),
        ("flipped(|", ["yolo_v7", '"my set"']),
        ("flipped(yolo_v7, m|", ['"my set"']),
        ("simi|", ["similar("]),
        ("similar(|", ["id"]),
        ("similar(id |", [":", "=", "!="]),
        ("similar(id:(a, b) |", []),
        ("similar(id:a, |", []),
        ("similar(id:a, 50 |", []),
        ("similar(id:a, 50, |", ["space:clip", 'space:"my space"']),
        ("similar(id:a, 50, space:m|", ['"my space"']),
        ("similar(id:a, 50, space:clip |", []),
        ("similar(id:a, 50, space:clip) wea|", ["weather"]),
        ("label(similar(id:a, 5, |", ["space:crops"]),
        ("count(|", ["label(", "inference(", "outcome("]),
        ("max(label.occ|", ["label.occlusion"]),
        ("max(label.occlusion |", []),
        ("exists(nig|", ["night"]),
        ("max(label.area_px, iscr|", ["iscrowd"]),
        ("weather:rain an|", ["AND"]),
        ("ex|", ["exists("]),
        ("!! ' wea|", ["weather"]),
        ("))) wea|", ["weather"]),
    ],
)
def test_proposals(marked: str, expected: list[str]) -> None:
    found = texts(marked)
    assert found[: len(expected)] == expected
    assert (
        len(found) == len(expected) or marked.endswith(("wea|", "|")) is False or len(expected) <= len(found)
    )


def test_nothing_but_what_fits_is_proposed() -> None:
    assert texts("weather:r|") == ["rain"]
    assert texts("segment:tr|") == ["train"]
    assert texts("unknown:|") == []
    assert texts("max(label.occlusion |") == []


def test_start_and_end_span_the_word_at_the_cursor() -> None:
    found = at("night:true wea|ther:rain")
    assert (found.start, found.end) == (11, 18)
    found = at('weather:"New| York" night:true')
    assert (found.start, found.end) == (8, 18)
    found = at("weather:|")
    assert (found.start, found.end) == (8, 8)
    found = at("lab|el(class:car)")
    assert (found.start, found.end) == (0, 6)


def test_a_proposal_put_in_place_gives_a_query() -> None:
    for marked in ("wea|:rain", "weather:|", 'weather:"New Y|', "segment:Ni|", "lab|(class:car)", "f1@|<1"):
        text = marked.replace("|", "")
        for item in at(marked).items:
            found = at(marked)
            parse(text[: found.start] + item.text + text[found.end :])


def test_values_come_with_counts() -> None:
    assert [(item.text, item.detail) for item in at("weather:|").items][:2] == [
        ("rain", "1,200"),
        ("snow", "30"),
    ]


def test_fields_of_the_element_come_first() -> None:
    assert texts("|", ElementKind.LABELS)[:2] == ["id", "class"]
    assert texts("label(|")[:2] == ["id", "class"]
    assert "frame.weather" in texts("wea|", ElementKind.LABELS)
    assert texts("|")[0] == "id"


def test_values_are_asked_for_the_field_of_the_element() -> None:
    asked: list[str] = []

    def source(info: FieldInfo, prefix: str) -> list[tuple[str, int]]:
        asked.append(f"{info.qualified_name} {prefix}")
        return []

    complete("label(class:c", 13, SCHEMA, source)
    complete("label(frame.weather:r", 21, SCHEMA, source)
    assert asked == ["label.class c", "frame.weather r"]


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=40), st.integers(-5, 50))
def test_any_text_any_cursor(text: str, cursor: int) -> None:
    found = complete(text, cursor, SCHEMA, values)
    assert 0 <= found.start <= found.end <= len(text)
    assert len(found.items) <= MAXIMUM_ITEMS


PARTS = st.sampled_from(
    (
        "label(",
        "max(",
        "flipped(",
        "similar(",
        *"():,<@.* ",
        '"',
        "'",
        "\\",
        "..",
        "weather",
        "and",
        "segment",
    )
)


@settings(deadline=None, max_examples=300)
@given(st.lists(PARTS, max_size=20).map("".join), st.data())
def test_broken_queries(text: str, data: st.DataObject) -> None:
    cursor = data.draw(st.integers(0, len(text)))
    found = complete(text, cursor, SCHEMA, values)
    assert found.start <= cursor <= found.end


@pytest.mark.parametrize("piece", ["'", '"\\', "(", "!", "label(", "a:", '"'])
def test_long_texts_are_quick(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    began = time.process_time()
    complete(text, len(text), SCHEMA, values)
    assert time.process_time() - began < 2.0
    assert complete(text + "xx", 5, SCHEMA, values).items == ()
