"""Model versions as cards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from seldon_nb.cards.amounts import duration, moment, number, size
from seldon_nb.cards.card import Block, Card, Facts, Lines, Step, Table, Text, Tone
from seldon_nb.cards.error import finding_data, finding_line
from seldon_nb.cards.skin import Skin
from seldon_nb.cards.tones import badge, level_word
from seldon_nb.domain.canonical import short
from seldon_nb.domain.model import Answer, Contract, ModelVersion
from seldon_nb.domain.plan import Finding
from seldon_nb.domain.signature import Schema, Signature
from seldon_nb.words import N_, tr, trn

MOST_COLUMNS = 40

_MISSING = {Answer.SAME_KIND: N_("answers"), Answer.REFUSES: N_("refuses"), Answer.UNTRIED: N_("not tried")}


class Versions(Protocol):
    """A page of versions and the token of the next one."""

    @property
    def items(self) -> tuple[ModelVersion, ...]:
        """The versions, newest first."""

    @property
    def next(self) -> str:
        """Empty if this is the last page."""


def model_card(version: ModelVersion, findings: Sequence[Finding] = (), *, to: str = "dev", skin: Skin = Skin.NOTEBOOK) -> Card:
    """One version: what it takes and answers, what it was made of, what the clean process saw, and what to do next (``to``: a namespace)."""
    warned = any(finding.severity.value != "info" for finding in findings)
    blocks: list[Block] = [Facts(tuple(_facts(version)))]
    if findings:
        blocks.append(Lines(tuple(finding_line(finding) for finding in findings)))
    if version.signature is not None:
        blocks += _signature(version.signature, version.contract)
    return Card(
        kind="model",
        title=version.ref,
        badge=badge(version.classification),
        tone=Tone.WARN if warned else Tone.GOOD,
        state=tr("Saved, with warnings") if warned else tr("Saved"),
        blocks=tuple(blocks),
        steps=(Step(tr("See what deploying it would do:"), f"plan {_word(version.ref)} --to {to}"),),
        data=_data(version, findings),
    )


def versions_card(page: Versions, *, skin: Skin = Skin.NOTEBOOK) -> Card:
    """A page of versions, newest first."""
    if not page.items:
        return Card(
            kind="models",
            title=tr("No models yet"),
            blocks=(Text(tr("A model appears here once it is logged with a few sample rows.")),),
            steps=(Step(tr("Log one:"), "log model --name fraud --sample X.head()"),),
            data={"models": [], "next": ""},
        )
    headers = (tr("Model"), tr("Alias"), tr("Kind"), tr("Size"), tr("Classification"), tr("Logged"))
    rows = tuple(
        (
            version.ref,
            ", ".join(version.aliases),
            version.flavor.value,
            size(version.size) if version.size else "",
            level_word(version.classification),
            moment(version.created_at, year=True),
        )
        for version in page.items
    )
    steps = [Step(tr("See one in full:"), f"show {_word(page.items[0].ref)}")]
    if page.next:
        steps.append(Step(tr("There are more:"), f"list models --page {page.next}"))
    return Card(
        kind="models",
        title=trn("{n} model version", "{n} model versions", len(rows)),
        blocks=(Table(headers, rows, right=frozenset({3})),),
        steps=tuple(steps),
        data={"models": [_data(version, ()) for version in page.items], "next": page.next},
    )


def _word(text: str) -> str:
    import shlex

    return shlex.quote(text)


def _facts(version: ModelVersion) -> list[tuple[str, str]]:
    kind = version.flavor.value + (f" · {version.serialization}" if version.serialization else "")
    rows = [(tr("Kind"), kind)]
    if version.environment is not None:
        count = len(version.environment.packages)
        packages = trn("{n} package pinned", "{n} packages pinned", count)
        rows.append((tr("Environment"), tr("Python {python}, {packages}", python=version.environment.python, packages=packages)))
    if version.contract is not None:
        rows.append((tr("Clean process"), _contract(version.contract)))
    if version.size:
        rows.append((tr("Size"), size(version.size)))
    if version.aliases:
        rows.append((tr("Alias"), ", ".join(version.aliases)))
    if version.extra_modules:
        rows.append((tr("Your files in it"), ", ".join(version.extra_modules)))
    lineage = version.lineage
    source = " · ".join(part for part in (lineage.notebook, lineage.data) if part)
    if source:
        rows.append((tr("Made from"), source))
    if version.created_at:
        by = (
            tr("{when} by {who}", when=moment(version.created_at, year=True), who=lineage.author)
            if lineage.author
            else moment(version.created_at, year=True)
        )
        rows.append((tr("Logged"), by))
    if version.digest:
        rows.append((tr("Digest"), short(version.digest)))
    return rows


def _contract(contract: Contract) -> str:
    if not contract.checked:
        return tr("Not tried: models of this kind are passed through as they are.")
    parts = [tr("Loaded with the server's packages in {time}.", time=duration(contract.load_ms))]
    if contract.rows:
        parts.append(trn("{n} row answered as in your kernel.", "{n} rows answered as in your kernel.", contract.rows))
    if contract.order_matters:
        parts.append(tr("The order of its columns matters."))
    return " ".join(parts)


def _signature(signature: Signature, contract: Contract | None) -> list[Block]:
    tried = dict(contract.nan) if contract is not None else {}
    blocks: list[Block] = [_inputs(signature.inputs, tried)]
    if (hidden := len(signature.inputs.names) - MOST_COLUMNS) > 0:
        blocks.append(Text(trn("… and {n} more column.", "… and {n} more columns.", hidden)))
    if signature.outputs:
        answers = ", ".join(f"{name or '0'}: {kind}" for name, kind in _columns(signature.outputs)[:MOST_COLUMNS])
        blocks.append(Facts(((tr("Answers with"), answers),)))
    return blocks


def _inputs(schema: Schema, tried: dict[str, Answer]) -> Table:
    headers = [tr("Column") if not schema.is_tensor else tr("Tensor"), tr("Type")]
    rows = [list(row) for row in _columns(schema)[:MOST_COLUMNS]]
    if tried:
        headers.append(tr("If a value is missing"))
        for row in rows:
            row.append(tr(_MISSING[tried.get(row[0], Answer.UNTRIED)]))
    caption = trn("It takes {count} column", "It takes {count} columns", len(schema.names), count=number(len(schema.names)))
    return Table(tuple(headers), tuple(tuple(row) for row in rows), caption=caption)


def _columns(schema: Schema) -> list[tuple[str, str]]:
    if schema.is_tensor:
        return [
            (tensor.name, f"{tensor.dtype} [{', '.join(str(size) if size >= 0 else '*' for size in tensor.shape)}]")
            for tensor in schema.tensors
        ]
    optional = tr("may be left out")
    return [(column.name, column.type.value + ("" if column.required else f", {optional}")) for column in schema.columns]


def _data(version: ModelVersion, findings: Sequence[Finding]) -> dict[str, object]:
    signature = version.signature
    return {
        "name": version.name,
        "version": version.version,
        "ref": version.ref,
        "digest": version.digest,
        "uri": version.uri,
        "flavor": version.flavor.value,
        "serialization": version.serialization,
        "classification": version.classification.value,
        "aliases": list(version.aliases),
        "size": version.size,
        "createdAt": version.created_at,
        "runId": version.lineage.run_id,
        "inputs": [{"name": name, "type": kind} for name, kind in _plain_columns(signature.inputs)] if signature else None,
        "outputs": [{"name": name, "type": kind} for name, kind in _plain_columns(signature.outputs)] if signature else None,
        "findings": [finding_data(finding) for finding in findings],
    }


def _plain_columns(schema: Schema) -> list[tuple[str, str]]:
    if schema.is_tensor:
        return [(tensor.name, tensor.dtype) for tensor in schema.tensors]
    return [(column.name, column.type.value) for column in schema.columns]
