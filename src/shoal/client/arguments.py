"""What callers pass, checked before it is sent."""

from __future__ import annotations

from collections.abc import Iterable

from shoal.errors import InvalidInputError
from shoal.model.segment import ElementKind


def names_of(names: Iterable[str], field: str) -> list[str]:
    """Return a list of names; objects that have one stand for it.

    Raises:
        InvalidInputError: one text in place of a list.
    """
    if isinstance(names, str):
        raise InvalidInputError(
            f"Expected a list of names, found the text {names!r}.",
            hint=f"Write [{names!r}].",
            location={"field": field},
        )
    return [str(getattr(one, "name", one)) for one in names]


def element_kind(text: str) -> ElementKind:
    """Return the kind of element a text names.

    Raises:
        InvalidInputError: there is no such kind.
    """
    try:
        return ElementKind(text)
    except ValueError:
        raise InvalidInputError(
            f"Expected elements of {', '.join(ElementKind)}, found {text!r}.", location={"field": "elements"}
        ) from None
