"""The query language: meaning without execution.

`parse` reads text into a tree, `to_text` writes it back, `check` holds it against a schema, `complete`
proposes what may come next.  Nothing here touches data, and lark is imported at the first `parse`.
"""

from __future__ import annotations

from shoal.query.ast import Node
from shoal.query.check import check
from shoal.query.completion import Completion, CompletionKind, Completions, complete
from shoal.query.parser import parse
from shoal.query.predicate import CheckedQuery
from shoal.query.printer import to_text
from shoal.query.types import FieldInfo, FieldType, Schema, Table

__all__ = [
    "CheckedQuery",
    "Completion",
    "CompletionKind",
    "Completions",
    "FieldInfo",
    "FieldType",
    "Node",
    "Schema",
    "Table",
    "check",
    "complete",
    "parse",
    "to_text",
]
