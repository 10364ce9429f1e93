"""Cards: what is shown, described once and rendered three ways.

What lives here: the card values, their renderings (HTML, plain text, JSON), and functions from domain values to cards.
What must not: input and output, or a decision; a card says what a flow found.
"""
