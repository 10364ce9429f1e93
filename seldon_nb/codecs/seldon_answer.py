"""A ``SeldonMessage`` to rows, the same for REST and gRPC.

Names.  The signature's names count where there are as many as columns, else the names that the server gives (its classes), unless they are the wrapper's
own ``t:0``, ``t:1``…  Types.  JSON tells no widths, and gRPC makes a double of every number: what the signature says is restored where no value changes by it.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from seldon_nb.codecs.answers import is_nameless, names_of, ordered
from seldon_nb.codecs.protocol import Decoded, Meta, Refused, safe_reason
from seldon_nb.codecs.tftensor import from_json
from seldon_nb.codecs.typed import typed
from seldon_nb.codecs.v2 import safe
from seldon_nb.domain.signature import Schema, Signature

if TYPE_CHECKING:
    import pandas as pd

_DEFAULT_NAME = re.compile(r"t:\d+\Z")


def read_message(message: Any, signature: Signature | None) -> Decoded:
    """The rows of an answer.

    Args:
        message: the JSON of a ``SeldonMessage`` as Python holds it; arrays may stand where lists would, and bytes in ``binData``.

    Raises:
        Refused: it says FAILURE.
        ValueError: it is no answer; the message holds no value.
    """
    if not isinstance(message, dict):
        raise ValueError("not a message of the protocol")  # noqa: TRY004 - the contract of reading
    status = message.get("status")
    if isinstance(status, dict) and status.get("status") in (1, "FAILURE"):
        raise Refused(safe_reason(status.get("reason")))
    schema = signature.outputs if signature else Schema()
    try:
        return Decoded(typed(_frame(message, schema), schema), meta=_meta(message.get("meta")))
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(safe(error)) from None


def _frame(message: Mapping[str, Any], schema: Schema) -> pd.DataFrame:
    if "data" in message:
        return table_frame(_table(message["data"]), list(message["data"].get("names") or ()), schema)
    if "jsonData" in message:
        return records_frame(message["jsonData"], schema)
    if "strData" in message:
        return table_frame([str(message["strData"])], [], schema)
    if "binData" in message:
        data = message["binData"]
        return table_frame([data if isinstance(data, bytes) else b64decode(data, validate=True)], [], schema)
    raise ValueError("an output of another form")


def _table(data: Mapping[str, Any]) -> Any:
    import numpy as np

    if "tensor" in data:
        tensor = data["tensor"]
        values = tensor.get("values", ())
        flat = (
            values
            if isinstance(values, np.ndarray)
            else np.array(values, dtype=float if None in values or not len(values) else None)
        )
        shape = [int(size) for size in tensor.get("shape") or ()]
        if flat.ndim != 1 or flat.dtype.kind not in "biuf" or flat.size != int(np.prod(shape)):
            raise ValueError("an output does not fill its shape")
        return flat.reshape(shape)
    return from_json(data["tftensor"]) if "tftensor" in data else data["ndarray"]


def table_frame(table: Any, names: list[str], schema: Schema) -> pd.DataFrame:
    """Rows of a table (an array, or nested lists) as a frame, named."""
    import pandas as pd

    columns = _columns(table)
    frame = pd.DataFrame(dict(enumerate(columns)))
    frame.columns = pd.Index(_names(names, len(columns), schema))
    return ordered(frame, schema)


def _columns(table: Any) -> list[Any]:
    import numpy as np

    if isinstance(table, np.ndarray):
        if table.ndim < 2:
            return [table.reshape(-1)]
        return [table[:, position] for position in range(table.shape[1])] if table.ndim == 2 else [list(table)]
    if not isinstance(table, list):
        return [[table]]
    nested = [isinstance(row, list) for row in table]
    if not any(nested):
        return [table]
    if not all(nested) or len({len(row) for row in table}) > 1:
        raise ValueError("outputs with different numbers of rows")
    if any(isinstance(item, list) for row in table for item in row):
        return [[np.array(row) for row in table]]
    return [list(column) for column in zip(*table, strict=True)]


def _names(given: list[str], count: int, schema: Schema) -> list[str]:
    known = list(schema.names)
    real = (
        len(given) == count
        and len(set(given)) == count
        and not all(is_nameless(name) or _DEFAULT_NAME.match(name) for name in given)
    )
    if real and (len(known) != count or all(is_nameless(name) for name in known)):
        return given
    return names_of(given if real else [""] if count == 1 else [f"_{position}" for position in range(count)], schema)


def records_frame(data: Any, schema: Schema) -> pd.DataFrame:
    """Records, or columns of equal length, as a frame; plain values are one column, and a single object is one row."""
    import pandas as pd

    if isinstance(data, list) and data and all(isinstance(row, dict) for row in data):
        return ordered(pd.DataFrame(data), schema)
    if isinstance(data, dict):
        lists = [value for value in data.values() if isinstance(value, list)]
        whole = data and len(lists) == len(data) and len({len(value) for value in lists}) == 1
        return ordered(pd.DataFrame(data) if whole else pd.DataFrame({key: [value] for key, value in data.items()}), schema)
    return table_frame(data, [], schema)


def _meta(meta: Any) -> Meta:
    """What is said along with an answer; metrics are for the server's own graphs, and anything of another form is left out."""
    if not isinstance(meta, dict):
        return Meta()
    puid, tags, routing, path = (meta.get(key) for key in ("puid", "tags", "routing", "requestPath"))
    return Meta(
        puid=puid if isinstance(puid, str) else "",
        tags=dict(tags) if isinstance(tags, dict) else {},
        routing={key: int(value) for key, value in routing.items() if _whole(value)} if isinstance(routing, dict) else {},
        request_path={key: value for key, value in path.items() if isinstance(value, str)} if isinstance(path, dict) else {},
    )


def _whole(value: object) -> bool:
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
