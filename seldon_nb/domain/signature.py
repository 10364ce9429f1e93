"""The signature of a model: what it takes and what it answers.

The types are MLflow's schema types (columns or tensors); see ``mlflow.types.DataType``.  Unnamed columns are named by position.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class ColumnType(enum.Enum):
    """A column's type in the words of MLflow's schema."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    LONG = "long"
    FLOAT = "float"
    DOUBLE = "double"
    STRING = "string"
    BINARY = "binary"
    DATETIME = "datetime"
    ANY = "any"  # arrays, objects, maps: passed through, not checked

    @property
    def is_integer(self) -> bool:
        """Whether the column has no room for a missing value once it is served."""
        return self in (ColumnType.INTEGER, ColumnType.LONG)

    @property
    def is_number(self) -> bool:
        """Whether values are numbers (booleans are not)."""
        return self in (ColumnType.INTEGER, ColumnType.LONG, ColumnType.FLOAT, ColumnType.DOUBLE)


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``required`` false means that callers may leave it out."""

    name: str
    type: ColumnType
    required: bool = True


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor: numpy dtype name (``float32``) and shape, ``-1`` for a free dimension."""

    name: str
    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """Columns or tensors, never both; may be empty only for parameters-only models, which we refuse elsewhere."""

    columns: tuple[Column, ...] = ()
    tensors: tuple[Tensor, ...] = ()

    def __post_init__(self) -> None:
        if self.columns and self.tensors:
            raise ValueError("a schema has columns or tensors, not both")
        names = self.names
        if len(set(names)) != len(names):
            raise ValueError("a schema names each column once")

    @property
    def names(self) -> tuple[str, ...]:
        """Names in signature order."""
        return tuple(column.name for column in self.columns) + tuple(tensor.name for tensor in self.tensors)

    @property
    def is_tensor(self) -> bool:
        """Whether it describes tensors."""
        return bool(self.tensors)

    def column(self, name: str) -> Column:
        """The column of that name; ``KeyError`` if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def __bool__(self) -> bool:
        return bool(self.columns or self.tensors)


@dataclass(frozen=True, slots=True)
class Signature:
    """Inputs and outputs.  ``outputs`` may be empty in what others logged; MLServer cannot load that (SNB-126)."""

    inputs: Schema
    outputs: Schema = Schema()
