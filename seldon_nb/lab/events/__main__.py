"""Write the event's schema out: ``python -m seldon_nb.lab.events``."""

from __future__ import annotations

from seldon_nb.lab.events import FILE, written

if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
