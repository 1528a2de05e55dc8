"""The modules of this project that a handler can import: its artifact holds these and no others."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def reached(root: Path, handler: str) -> list[Path]:
    """The files, relative to ``root``, of the module ``handler`` and of this project's modules that it imports.

    Imports inside functions count; those under TYPE_CHECKING don't.
    """
    found: set[Path] = set()
    ahead = list(_with_parents(handler))
    while ahead:
        file = _file(root, ahead.pop())
        if file is None or file in found:
            continue
        found.add(file)
        ahead += _imported(ast.parse((root / file).read_text(encoding="utf-8")))
    return sorted(found)


def _file(root: Path, module: str) -> Path | None:
    """The file of a module of this project. None: of a library, or a name inside a module."""
    path = root.joinpath(*module.split("."))
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            return file.relative_to(root)
    return None


def _imported(tree: ast.AST) -> Iterator[str]:
    """Every module that this code may import, with its parent packages."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
            case ast.Import(names):
                for alias in names:
                    yield from _with_parents(alias.name)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield from _with_parents(module)
                yield from (f"{module}.{alias.name}" for alias in names)
        yield from _imported(node)


def _with_parents(module: str) -> Iterator[str]:
    parts = module.split(".")
    yield from (".".join(parts[:length]) for length in range(1, len(parts) + 1))
