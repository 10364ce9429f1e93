"""The fingerprint of a table: equal for equal data, and nothing of the data can be read from it."""

from __future__ import annotations

import hashlib
from typing import Any

from seldon_nb.domain.training import Fingerprint

#: From more cells on, one row in so many stands for all.
MOST_CELLS = 20_000_000


def fingerprint(data: Any, target: Any = None) -> Fingerprint | None:
    """Over the names and types of the columns, the number of rows and the content; the order of rows and columns counts.

    Args:
        data: a DataFrame (n_rows, n_columns), Series, array, sparse matrix, or whatever has ``to_pandas``.
        target: what it was fitted to, which counts too; may be None.

    Returns:
        None for anything without a length.
    """
    data = data.to_pandas() if hasattr(data, "to_pandas") else data
    shape = _shape(data)
    if shape is None:
        return None
    rows, columns = shape
    every = 1 + rows * max(1, columns) // MOST_CELLS
    digest = hashlib.sha256(f"seldon_nb/1 {rows} {every}".encode())
    whole = _update(digest, data, every)
    if target is not None:
        digest.update(b"\x00target")
        whole &= _update(digest, target.to_pandas() if hasattr(target, "to_pandas") else target, every)
    return Fingerprint(rows=rows, columns=columns, digest=f"sha256:{digest.hexdigest()}", every=every if whole else 0)


def _shape(data: Any) -> tuple[int, int] | None:
    shape = getattr(data, "shape", None)
    if isinstance(shape, tuple) and shape:
        return int(shape[0]), int(shape[1]) if len(shape) > 1 else 0
    try:
        return len(data), 0
    except TypeError:
        return None


def _update(digest: Any, data: Any, every: int) -> bool:
    """Whether the content could be taken in, and not its form only."""
    import numpy as np
    import pandas as pd

    if isinstance(data, (pd.DataFrame, pd.Series)):
        frame = data.to_frame() if isinstance(data, pd.Series) else data
        for name, dtype in zip(frame.columns, frame.dtypes, strict=True):
            digest.update(f"\x1f{name}\x1e{dtype}".encode(errors="backslashreplace"))
        try:
            hashes = pd.util.hash_pandas_object(frame.iloc[::every], index=False)
        except TypeError:  # a cell that holds a list or the like
            return False
        digest.update(np.ascontiguousarray(hashes.to_numpy()))
        return True
    if hasattr(data, "tocsr"):
        matrix = data.tocsr()[::every]
        return all(_update(digest, part, 1) for part in (matrix.indptr, matrix.indices, matrix.data))
    try:
        array = np.asarray(data)
    except ValueError:  # rows of different lengths
        return False
    digest.update(f"\x1f{array.dtype}\x1e{array.shape[1:]}".encode())
    if array.dtype.hasobject:
        return _update(digest, pd.DataFrame(array.reshape(len(array), -1)) if array.ndim else pd.Series([array.item()]), every)
    digest.update(np.ascontiguousarray(array[::every] if array.ndim else array))
    return True
