"""The sample: brought into one form and compared with what the model was trained with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seldon_nb.checks.contract import column_differences
from seldon_nb.domain.errors import fail

if TYPE_CHECKING:
    import pandas as pd

#: So many rows are asked here and in the clean room; types and missing values are learnt from all rows.
ASKED_ROWS = 100
#: So many rows lie beside the model as its example, if it is not protected.
KEPT_ROWS = 5


def as_sample(sample: Any, fitted: tuple[str, ...], *, integers: str, name: str) -> Any:
    """A DataFrame with text names and a fresh index, or a numpy array for models of tensors.

    Args:
        sample: DataFrame, Series, array of one row per example, list of records, or dictionary of columns.
        fitted: columns of the training; an array as wide takes their names.
        integers: ``float`` turns whole numbers into decimals, which have room for missing values.

    Raises:
        SNB-110: there is none.  SNB-129: it has no rows.  SNB-112: its columns are others than those of the training.
    """
    if sample is None:
        raise fail("SNB-110", name=name)
    frame = _frame(sample, fitted, name)
    if len(frame) == 0:
        raise fail("SNB-129", name=name, columns=frame.shape[1] if frame.ndim > 1 else 1)
    if not hasattr(frame, "columns"):
        return frame
    if differences := column_differences(fitted, tuple(frame.columns)):
        raise fail("SNB-112", name=name, **differences)
    return _with_room(frame) if integers == "float" else frame


def _frame(sample: Any, fitted: tuple[str, ...], name: str) -> Any:
    import numpy as np
    import pandas as pd

    if isinstance(sample, pd.DataFrame):
        frame = sample.reset_index(drop=True)
    elif isinstance(sample, pd.Series):
        row = bool(fitted) and set(map(str, sample.index)) == set(fitted)
        frame = (
            sample.to_frame().T.infer_objects().reset_index(drop=True)
            if row
            else sample.to_frame(sample.name or "0").reset_index(drop=True)
        )
    elif hasattr(sample, "to_pandas"):  # polars, Arrow
        frame = sample.to_pandas()
    elif isinstance(sample, dict) or (isinstance(sample, list) and sample and isinstance(sample[0], dict)):
        frame = pd.DataFrame(sample)
    else:
        return _array(np.asarray(sample), fitted, name)
    if any(not isinstance(column, str) for column in frame.columns):
        frame.columns = pd.Index([str(column) for column in frame.columns])
    return frame


def _array(array: Any, fitted: tuple[str, ...], name: str) -> Any:
    import pandas as pd

    if array.ndim == 0 or array.dtype.kind not in "biufOUS":
        raise fail("SNB-110", name=name)
    if array.ndim == 2 and len(fitted) == array.shape[1]:
        return pd.DataFrame(array, columns=list(fitted)).infer_objects()
    if array.dtype.kind in "OUS":
        frame = pd.DataFrame(array).infer_objects()
        frame.columns = pd.Index([str(column) for column in frame.columns])
        return frame
    return array


def _with_room(frame: pd.DataFrame) -> pd.DataFrame:
    roomy: pd.DataFrame = frame.astype({column: "float64" for column in frame.columns if frame[column].dtype.kind in "iu"})
    return roomy
