"""What callers will send, against the protocol that the deployment speaks: some protocols have no word for some types."""

from __future__ import annotations

from collections.abc import Iterator

from seldon_nb.checks.context import PlanContext
from seldon_nb.checks.document import finding
from seldon_nb.checks.rule import Rule
from seldon_nb.checks.samples import PINNED, SIGNATURE, cluster, in_cluster, version
from seldon_nb.domain.model import Flavor
from seldon_nb.domain.plan import Finding, Server
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature
from seldon_nb.render.seldon.build import protocol_of

_DATES = frozenset({ColumnType.DATETIME})
#: The types that each protocol cannot carry from a data frame of several columns.
_WORDLESS = {
    "seldon": _DATES | {ColumnType.BINARY},
    "tensorflow": _DATES | {ColumnType.ANY},
}


def travels(plan: PlanContext) -> Iterator[Finding]:
    """Every column that the model takes can be sent in the deployment's protocol."""
    signature = plan.spec.version.signature
    if signature is None or signature.inputs.is_tensor:
        return
    protocol = protocol_of(plan.spec)
    wordless = _WORDLESS.get(protocol, frozenset())
    columns = signature.inputs.columns
    lost = [column for column in columns if column.type in wordless and not _alone(column, columns)]
    if lost:
        told = ", ".join(f"{column.name} ({column.type.value})" for column in lost[:12])
        yield finding(plan, "SNB-260", "spec.protocol", protocol=protocol, columns=told, count=len(lost))


def _alone(column: Column, columns: tuple[Column, ...]) -> bool:
    """Bytes may be a whole question of the seldon protocol."""
    return column.type is ColumnType.BINARY and len(columns) == 1


def _with(kind: ColumnType, protocol: str) -> PlanContext:
    inputs = Schema((*SIGNATURE.inputs.columns, Column("seen_at", kind)))
    found = version(flavor=Flavor.PYFUNC, signature=Signature(inputs, SIGNATURE.outputs))
    return cluster(spec=in_cluster(version=found, server=Server.CUSTOM, protocol=protocol, image=PINNED.format("own")))


RULES: tuple[Rule[PlanContext], ...] = (
    Rule(
        code="SNB-260",
        source="the JSON of the seldon and tensorflow protocols",
        check=travels,
        allowed=lambda: _with(ColumnType.DATETIME, "v2"),
        denied=lambda: _with(ColumnType.DATETIME, "seldon"),
    ),
)
