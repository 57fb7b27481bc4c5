"""From the names in a query to columns, scores and summaries."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.errors import QueryTypeError
from shoal.query.ast import Field, Function
from shoal.query.near import did_you_mean
from shoal.query.predicate import (
    FRAMES,
    LABELS,
    Anything,
    Column,
    LiftedOperand,
    Operand,
    Rows,
    Score,
    Summary,
)
from shoal.query.types import SCORES, FieldInfo, FieldType, Schema, Table

_BY_QUALIFIER = {table.qualifier: table for table in Table}
_SUMMARIES = (*Function, "count")


@dataclass(frozen=True, slots=True)
class Resolved:
    """A name's meaning; `info` only for columns."""

    operand: Operand
    info: FieldInfo | None = None


def resolve(field: Field, scope: Rows, schema: Schema) -> Resolved:
    """Find what a name means on the rows of `scope`.

    The element's own fields come first, then the frame's.  The operand may be on other rows than `scope`.

    Raises:
        QueryTypeError: nothing has that name; the hint lists near ones.
    """
    parts = field.parts
    if parts[0] == "frame" and len(parts) > 1:
        parts, scope = parts[1:], FRAMES
    summary = _summary(parts, field, schema)
    if summary is not None:
        return Resolved(summary)
    if field.at is not None:
        return Resolved(_at_set(parts, field, schema))
    return _column(parts, field, scope, schema)


def known_set(name: str, offset: int, schema: Schema) -> str:
    """Return the name of an inference set after looking it up.

    Raises:
        QueryTypeError: there is no such set.
    """
    if name in schema.inference_sets:
        return name
    raise type_error(
        f"There is no inference set named {name!r}.", offset, did_you_mean(name, schema.inference_sets)
    )


def chosen_set(name: str | None, what: str, offset: int, schema: Schema) -> str:
    """Return the named inference set, or the chosen one without a name.

    Raises:
        QueryTypeError: there is no such set, or no name and none is chosen.
    """
    if name is not None:
        return known_set(name, offset, schema)
    if schema.inference_set is not None:
        return schema.inference_set
    hint = f"Choose one, or name it: {what}@{schema.inference_sets[0] if schema.inference_sets else 'name'}."
    raise type_error(f"{what} needs an inference set, and none is chosen.", offset, hint)


def object_rows(table: Table, name: str | None, offset: int, schema: Schema) -> Rows:
    """Return the rows that `label`, `inference@name` or `outcome@name` stand for."""
    if table is Table.LABELS:
        return LABELS
    return Rows(table, chosen_set(name, table.qualifier, offset, schema))


def object_field(field: Field, schema: Schema) -> tuple[Rows, FieldInfo] | None:
    """Read `label.area_px` or `inference@name.confidence`; `None` when it has not that form.

    Raises:
        QueryTypeError: the form fits, but the set or field does not exist.
    """
    table = _BY_QUALIFIER.get(field.parts[0])
    if table is None or table is Table.FRAMES:
        return None
    if field.at is None:
        set_name, column = None, ".".join(field.parts[1:])
    else:
        set_name, column = _split_set(field.at, schema)
    if not column or (field.at is not None and len(field.parts) > 1):
        return None
    rows = object_rows(table, set_name, field.offset, schema)
    info = schema.find(table, column)
    if info is None:
        names = [known.name for known in schema.fields(table)]
        raise type_error(
            f"{table.value.capitalize()} have no field {column!r}.", field.offset, did_you_mean(column, names)
        )
    return rows, info


def type_error(message: str, offset: int, hint: str = "") -> QueryTypeError:
    """Make the error of a query that does not fit the data."""
    return QueryTypeError(f"{message} (character {offset + 1})", hint=hint, location={"offset": offset})


def lift(operand: Operand, scope: Rows) -> Operand:
    """Bring an operand to the rows of `scope`."""
    return operand if operand.rows == scope else LiftedOperand(scope, operand)


def _split_set(at: tuple[str, ...], schema: Schema) -> tuple[str, str]:
    """Split `yolo.v8.confidence` at the longest inference set that is known."""
    for length in range(len(at), 0, -1):
        if ".".join(at[:length]) in schema.inference_sets:
            return ".".join(at[:length]), ".".join(at[length:])
    return at[0], ".".join(at[1:])


def is_summary(parts: tuple[str, ...], at: tuple[str, ...] | None = None) -> bool:
    """Return whether a name has the form of a summary over a frame's objects: `label.area_px.max`."""
    tail = parts if at is None else at
    return parts[0] in ("label", "inference", "outcome") and len(tail) >= 2 and tail[-1] in _SUMMARIES


def _summary(parts: tuple[str, ...], field: Field, schema: Schema) -> Summary | None:
    if not is_summary(parts, field.at):
        return None
    tail = parts if field.at is None else field.at
    shorter = Field(parts[:-1] if field.at is None else parts, field.at and field.at[:-1], field.offset)
    if tail[-1] == "count":
        table = _BY_QUALIFIER[parts[0]]
        if len(shorter.parts) > 1:
            return None
        name = ".".join(shorter.at) if shorter.at else None
        return Summary(FRAMES, object_rows(table, name, field.offset, schema), None, None, Anything())
    found = object_field(shorter, schema)
    if found is None:
        return None
    rows, info = found
    if info.type is not FieldType.NUMBER:
        raise type_error(f"{tail[-1]} needs numbers; {info.name} holds {info.type.plural}.", field.offset)
    return Summary(FRAMES, rows, Function(tail[-1]), Column(rows, info.column, info.type), Anything())


def _at_set(parts: tuple[str, ...], field: Field, schema: Schema) -> Operand:
    name = ".".join(parts)
    set_name = ".".join(field.at or ())
    if name in SCORES:
        return Score(name, known_set(set_name, field.offset, schema))
    if name == "n_inferences":
        rows = Rows(Table.INFERENCES, known_set(set_name, field.offset, schema))
        return Summary(FRAMES, rows, None, None, Anything())
    choices = (*SCORES, "n_inferences")
    raise type_error(
        f"{name!r} takes no @: only {', '.join(choices)} belong to an inference set.",
        field.offset,
        did_you_mean(name, choices) or "If text with an @ is meant, put it between double quotes.",
    )


def _column(parts: tuple[str, ...], field: Field, scope: Rows, schema: Schema) -> Resolved:
    name = ".".join(parts)
    for rows, short in _places(parts, scope):
        info = schema.find(rows.table, short)
        if info is not None:
            if info.column == "n_inferences":
                chosen_set(None, "n_inferences", field.offset, schema)
            return Resolved(Column(rows, info.column, info.type), info)
        if rows == FRAMES and short in SCORES:
            return Resolved(Score(short, chosen_set(None, short, field.offset, schema)))
    raise type_error(f"There is no field named {name!r}.", field.offset, _near_fields(parts, scope, schema))


def _places(parts: tuple[str, ...], scope: Rows) -> list[tuple[Rows, str]]:
    """Return where to look for a name on the rows of `scope`, first match wins."""
    places = [(scope, ".".join(parts))]
    if scope != FRAMES:
        places.append((FRAMES, ".".join(parts)))
        table = _BY_QUALIFIER.get(parts[0])
        if table is scope.table:
            places.append((scope, ".".join(parts[1:])))
        elif scope.table is Table.OUTCOMES and table is Table.LABELS:
            places.append((LABELS, ".".join(parts[1:])))
        elif scope.table is Table.OUTCOMES and table is Table.INFERENCES:
            places.append((Rows(Table.INFERENCES, scope.inference_set), ".".join(parts[1:])))
    return places


def _near_fields(parts: tuple[str, ...], scope: Rows, schema: Schema) -> str:
    name = ".".join(parts)
    table = _BY_QUALIFIER.get(parts[0])
    if scope == FRAMES and table is not None and len(parts) > 1:
        rest = ".".join(parts[1:])
        return f"On frames, write {parts[0]}({rest} ...) or max({parts[0]}.{rest})."
    if scope == FRAMES:
        for kind, below in (("label", Table.LABELS), ("inference", Table.INFERENCES)):
            if schema.find(below, name) is not None:
                return f"It is a field of {kind}s; for the frames that hold them, write {kind}({name}:...)."
    names = [info.name for info in schema.fields(scope.table)]
    if scope != FRAMES:
        names += [info.name for info in schema.fields(Table.FRAMES)]
    names += [*SCORES, "segment"]
    short = name.removeprefix("user__")
    return did_you_mean(short, names)
