"""The table of what can keep a deployment in a cluster from answering, as Markdown: it stands in the README between two marks.

``python -m seldon_nb.cards.failures`` prints it; ``python -m seldon_nb.cards.failures README.md`` renews it in that file.
"""

from __future__ import annotations

import sys
from pathlib import Path

from seldon_nb.cards.clean import visible
from seldon_nb.cards.error import sentence, steps_of
from seldon_nb.cards.skin import Skin, command
from seldon_nb.domain.codes import lookup
from seldon_nb.words import tr, use_language

BEGIN, END = "<!-- failures: begin (python -m seldon_nb.cards.failures README.md) -->", "<!-- failures: end -->"

#: The causes, in the order in which a deployment can meet them.
CAUSES = (
    *(f"SNB-{number}" for number in (533, 534, 535, 341, 347, 343, 344, 345, 342, 333, 334, 330, 331)),
    *(f"SNB-{number}" for number in (338, 336, 337, 332, 335, 339, 340, 348, 346)),
)


def failures_table() -> str:
    """One row a cause: its code, what it says of an example, what to do now."""
    head = (tr("Code"), tr("What it says, for example"), tr("What to do"))
    rows = ["| " + " | ".join(head) + " |", "|---|---|---|"]
    return "\n".join([*rows, *map(_row, CAUSES)]) + "\n"


def renewed(page: str) -> str:
    """A page with the table between its two marks made anew.

    Raises:
        ValueError: if the page lacks the marks.
    """
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page needs {BEGIN} and {END}")
    return f"{head}{BEGIN}\n{failures_table()}{END}{tail}"


def _row(code_id: str) -> str:
    code = lookup(code_id)
    says = " ".join(part for part in (sentence(code.what, code.example), sentence(code.saw, code.example)) if part)
    todo = [
        f"{_cell(step.say)} `{_cell(command(step, Skin.SHELL))}`".strip() if step.command else _cell(step.say)
        for step in steps_of(code, code.example)
    ]
    return f"| {code.id} | {_cell(says)} | {'<br>'.join(todo)} |"


def _cell(text: str) -> str:
    return visible(text).replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def main(arguments: list[str]) -> None:
    """Print the table, or renew it in the files that are named; always in English."""
    use_language("en")
    if not arguments:
        sys.stdout.write(failures_table())
    for name in arguments:
        path = Path(name)
        path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
