"""The shell: ``seldon-nb <verb> <thing>``.  Exit codes: 0 done · 1 refused or failed, with the reason · 2 wrong usage."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from seldon_nb.domain.deployment import Progress as StageProgress
from seldon_nb.domain.deployment import StageStatus
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.signature import Column, ColumnType
from seldon_nb.words import tr


def main(arguments: list[str] | None = None) -> None:
    """The program's entry."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """One line of a shell; returns the exit code."""
    if os.environ.get("_SELDON_NB_COMPLETE"):
        from seldon_nb.parser import build

        build().main(args=arguments, prog_name="seldon-nb", complete_var="_SELDON_NB_COMPLETE")
    from seldon_nb.cards.skin import Skin
    from seldon_nb.grammar import Session
    from seldon_nb.parser import as_fault
    from seldon_nb.parser import run as run_line
    from seldon_nb.workspace import current

    workspace = current()
    workspace.tell = Teller()
    workspace.progress = progress_bar
    session = Session(workspace=workspace, reader=FileReader(), skin=Skin.SHELL)
    as_json = "--json" in arguments
    try:
        if arguments == ["demo"] or (len(arguments) == 3 and arguments[:2] == ["demo", "--to"]):
            from seldon_nb.demo import run as demo

            return demo(workspace, *arguments[2:])
        outcome = run_line(arguments, session)
    except SeldonNbError as error:
        return refuse(error, as_json=as_json)
    except KeyboardInterrupt:
        print(tr("Stopped. What was complete stays; see 'seldon-nb list'."), file=sys.stderr)
        return 1
    except Exception as error:
        if os.environ.get("SELDON_NB_DEBUG"):
            raise
        return refuse(as_fault(error, arguments[0] if arguments else ""), as_json=as_json)
    show(outcome, as_json=as_json)
    return 0


def show(outcome: Any, *, as_json: bool) -> None:
    """Print an outcome: a card as text, JSON for scripts, or raw text."""
    from seldon_nb.cards.json import to_json
    from seldon_nb.cards.skin import Skin
    from seldon_nb.cards.text import to_text

    if outcome.raw:
        print(outcome.raw.rstrip("\n"))
    elif outcome.card is not None and as_json:
        print(json.dumps(to_json(outcome.card, Skin.SHELL), indent=2, sort_keys=True, ensure_ascii=False))
    elif outcome.card is not None:
        print(to_text(outcome.card, Skin.SHELL))
        if outcome.python:
            print(tr("Python: {line}", line=outcome.python))


def refuse(error: SeldonNbError, *, as_json: bool) -> int:
    """Print an error's card (to stderr, or as JSON to stdout) and return its exit code."""
    from seldon_nb.cards.error import error_card
    from seldon_nb.cards.json import to_json
    from seldon_nb.cards.skin import Skin
    from seldon_nb.cards.text import to_text

    card = error_card(error, skin=Skin.SHELL)
    if as_json:
        print(json.dumps(to_json(card, Skin.SHELL), indent=2, sort_keys=True, ensure_ascii=False))
    else:
        print(to_text(card, Skin.SHELL), file=sys.stderr)
    return error.exit_code


class Teller:
    """Says on stderr which stage is done, once each."""

    def __init__(self) -> None:
        self._done = 0

    def __call__(self, stages: tuple[StageStatus, ...]) -> None:
        """Tell what was finished since the last call."""
        from seldon_nb.cards.tones import stage_word

        done = [item for item in stages if item.progress is StageProgress.DONE]
        for item in done[self._done :]:
            print(f"  ✓ {stage_word(item.stage)}  {item.took_ms / 1000:.1f} s", file=sys.stderr)
        self._done = len(done)


def progress_bar() -> Any:
    """A progress bar for long work, on stderr."""
    from seldon_nb.progress import Bar

    return Bar()


class FileReader:
    """In a shell, data and models are files."""

    def frame(self, text: str, *, columns: tuple[Column, ...] = ()) -> Any:
        """A CSV, Parquet or JSON file as a DataFrame; SNB-705 if it cannot be read.

        A text file knows no types: columns of text keep their leading zeros, and dates become dates, where ``columns`` say so.
        """
        import pandas as pd

        path = Path(text)
        texts = {column.name: str for column in columns if column.type is ColumnType.STRING}
        readers: dict[str, Callable[[], pd.DataFrame]] = {
            ".csv": lambda: pd.read_csv(path, dtype=texts),
            ".json": lambda: pd.read_json(path, lines=path.read_bytes()[:1] == b"{", dtype=texts or None),
            ".parquet": lambda: pd.read_parquet(path),
        }
        if path.suffix not in readers:
            raise fail(
                "SNB-705", path=text, wanted=tr("data"), reason=tr("Files end in .csv, .parquet or .json."), verb="predict"
            )
        try:
            frame = readers[path.suffix]()
            for column in columns:
                if column.type is ColumnType.DATETIME and column.name in frame and path.suffix != ".parquet":
                    frame[column.name] = pd.to_datetime(frame[column.name])
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
            raise fail("SNB-705", path=text, wanted=tr("data"), reason=reason, verb="predict") from None
        return frame

    def model(self, text: str) -> Any:
        """A .joblib or .pkl file, or a directory that MLflow saved, as an estimator; loading one runs what it holds, so only load your own."""
        from seldon_nb.catalog.files import load_model

        return load_model(Path(text))
