"""``python -m seldon_nb``: the shell."""

from seldon_nb.cli import main

main()
