"""YAML as plain values together with the line each stands on."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import yaml

from shoal.errors import PolicyError

MAX_POLICY_BYTES: Final = 256 * 1024
"""The longest policy read."""

Path: TypeAlias = tuple[str | int, ...]
"""Keys and positions that lead to a value."""

Lines: TypeAlias = dict[Path, int]
"""The line of every value, from 1."""


def load_yaml(text: str) -> tuple[Any, Lines]:
    """Return the plain values of a YAML text and their lines.

    Only what JSON knows, and dates, can come out: tags that make other objects are refused, as are anchors,
    keys given twice, and texts over 256 KiB.

    Raises:
        PolicyError: the text is not YAML, or one of those.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_POLICY_BYTES:
        raise PolicyError(f"Expected a policy of at most {MAX_POLICY_BYTES // 1024} KiB, found a longer one.")
    loader = yaml.SafeLoader("")
    try:
        loader = yaml.SafeLoader(text)
        _refuse_anchors(text)
        node = loader.get_single_node()
        if node is None:
            raise PolicyError("Expected a policy, found an empty text.")
        lines: Lines = {}
        return _value(loader, node, (), lines), lines
    except yaml.YAMLError as problem:
        raise _translated(problem) from problem
    except RecursionError:
        raise PolicyError("Expected a policy, found brackets nested too deeply.") from None
    except ValueError as problem:
        raise PolicyError(f"Expected a policy, found a value YAML cannot read: {problem}.") from problem
    finally:
        loader.dispose()


def _refuse_anchors(text: str) -> None:
    for token in yaml.scan(text, yaml.SafeLoader):
        if isinstance(token, yaml.AnchorToken | yaml.AliasToken):
            line = token.start_mark.line + 1
            raise PolicyError(
                f"Policy, line {line}: anchors and aliases are not read.", location={"line": line}
            )


def _value(loader: yaml.SafeLoader, node: yaml.Node, path: Path, lines: Lines) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, item, (*path, i), lines) for i, item in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return loader.construct_object(node)
    result: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise PolicyError(
                f"Policy, line {line}: expected a key, found brackets.", location={"line": line}
            )
        key = key_node.value
        if key in result:
            raise PolicyError(
                f"Policy, line {line}: the key `{key}` is given twice.", location={"line": line}
            )
        result[key] = _value(loader, value_node, (*path, key), lines)
        lines[(*path, key)] = line
    return result


def _translated(problem: yaml.YAMLError) -> PolicyError:
    mark = getattr(problem, "problem_mark", None)
    line = mark.line + 1 if mark is not None else 0
    what = getattr(problem, "problem", None) or str(problem)
    where = f"Policy, line {line}" if line else "Policy"
    return PolicyError(f"{where}: this is not YAML: {what}.", location={"line": line})
