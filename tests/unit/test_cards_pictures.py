"""Pictures say what the values say, whatever the values are, and nothing else."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seldon_nb.cards import pictures, squares
from seldon_nb.cards.card import Bar, Bars, Card, Meter, Meters, Spark, Sparklines, Stop, Strip, Timeline, Tone
from seldon_nb.cards.html import to_html
from seldon_nb.cards.style import STYLE
from seldon_nb.cards.text import to_text

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.lists(st.none() | NUMBERS, max_size=12)
#: What may stand in a picture: no link, no script, no text of anybody's.
ALLOWED = {"svg", "polyline", "circle", "rect", "line", "text"}


def drawn(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


@given(VALUES)
def test_a_line_of_any_values_stays_in_its_field(values):
    picture = drawn(pictures.sparkline(values))
    for circle in picture.iter("circle"):
        assert 0 <= float(circle.get("cx")) <= 96 and 0 <= float(circle.get("cy")) <= 22
    known = [value for value in values[-6:] if value is not None]
    assert len(list(picture.iter("circle"))) == len(known)


@given(VALUES)
def test_a_higher_value_stands_higher(values):
    places = pictures.points(values)
    both = [(value, place[1]) for value, place in zip(values[-6:], places, strict=True) if value is not None]
    for value, y in both:
        for other, lower in both:
            assert value <= other or y <= lower


def test_the_newest_value_stands_at_the_right_however_few_there_are():
    for count in range(1, 9):
        place = pictures.points([float(index) for index in range(count)])[-1]
        assert place == pytest.approx((92.0, 4.0 if count > 1 else 11.0))


def test_equal_values_are_a_line_in_the_middle():
    assert {place[1] for place in pictures.points([3.0, 3.0, 3.0])} == {11.0}


def test_a_gap_breaks_the_line():
    picture = drawn(pictures.sparkline([1.0, 2.0, None, 2.0, 1.0]))
    assert len(list(picture.iter("polyline"))) == 2


def test_the_newest_value_is_marked():
    marked = [circle for circle in drawn(pictures.sparkline([1.0, 2.0])).iter("circle") if circle.get("class") == "no"]
    assert [circle.get("cx") for circle in marked] == ["92"]
    assert not [circle for circle in drawn(pictures.sparkline([1.0, None])).iter("circle") if circle.get("class") == "no"]


@pytest.mark.parametrize(
    ("share", "wide"), [(0.0, 0), (0.004, 0), (0.5, 50), (1.0, 100), (1.7, 100), (-1.0, 0), (float("nan"), 0)]
)
def test_a_bar_is_as_wide_as_its_share(share, wide):
    assert drawn(pictures.bar(share)).find("rect").get("width") == str(wide)


@given(NUMBERS, NUMBERS)
def test_a_meter_never_leaves_its_whole(now, after):
    ends = [int(rect.get("x", "0")) + int(rect.get("width")) for rect in drawn(pictures.meter(now, after)).iter("rect")]
    assert all(0 <= end <= 100 for end in ends)
    assert len(squares.meter(now, after)) == squares.SQUARES


def test_what_comes_is_drawn_beside_what_is_used():
    used, coming = drawn(pictures.meter(0.25, 0.75)).iter("rect")
    assert (used.get("width"), coming.get("x"), coming.get("width")) == ("25", "25", "50")
    assert squares.meter(0.25, 0.75) == "█" * 5 + "▓" * 10 + "░" * 5


@given(VALUES)
def test_six_blocks_stand_for_a_line_in_plain_text(values):
    assert len(squares.sparkline(values)) == 6


def test_blocks_rise_with_the_values():
    assert squares.sparkline([1.0, 2.0, None, 8.0]) == "  ▁▂·█"


def test_a_line_of_stations_begins_and_ends():
    first, middle, last = (drawn(pictures.station(Tone.GOOD, first=index == 0, last=index == 2)) for index in range(3))
    assert [len(list(item.iter("line"))) for item in (first, middle, last)] == [1, 2, 1]
    assert [item.find("text").text for item in (first, middle, last)] == ["✓"] * 3


def test_a_station_that_is_not_reached_is_hollow():
    assert drawn(pictures.station(Tone.NEUTRAL, first=False, last=True, reached=False)).find("circle").get("class") == "of"


CARD = Card(
    kind="test",
    title="t",
    blocks=(
        Timeline((("accepted", Tone.GOOD, "1 ms"), ("placed", Tone.NEUTRAL, ""))),
        Meters((Meter("memory", 0.2, 0.9, "4 of 8 GiB", Tone.WARN),), caption="Room"),
        Sparklines((Spark("auc", (0.5, None, 0.9), "0.900", "0.400 higher", Tone.GOOD), Spark("n", (1.0,), "1.000"))),
        Bars((Bar("fraud", 0.92, "92 %", strong=True), Bar("honest", 0.08, "8 %"))),
        Strip(
            (
                Stop("run", "Run", "calm-fox"),
                Stop("workflow", "Workflow", ""),
                Stop("deployment", "Deployment", "dev/x", "now", Tone.BAD),
            )
        ),
    ),
)


def test_every_picture_is_hidden_from_a_screen_reader_because_words_stand_beside_it():
    page = to_html(CARD)
    found = re.findall(r"<svg.*?</svg>", page)
    assert len(found) == 2 + 1 + 2 + 2 + 3
    for svg in found:
        assert drawn(svg).get("aria-hidden") == "true"
        assert {item.tag for item in drawn(svg).iter()} <= ALLOWED
        assert "href" not in svg and "url(" not in svg and "style=" not in svg
    rest = re.sub(r"<svg.*?</svg>", "", page)
    for words in (
        "accepted",
        "1 ms",
        "4 of 8 GiB",
        "0.900",
        "0.400 higher",
        "92 %",
        "calm-fox",
        "not known",
        "dev/x",
        "warning",
        "problem",
    ):
        assert words in rest


def test_plain_text_says_it_too():
    text = to_text(CARD)
    for words in ("✓ auc", "▁·█  0.900  0.400 higher", "▸ fraud", "92 %", "Run calm-fox → Workflow – → ✕ Deployment dev/x (now)"):
        assert words in text


def test_a_long_lineage_is_one_line_for_each_station():
    stops = tuple(Stop("run", "Run", "a-name-that-is-rather-long" * 2) for _ in range(4))
    lines = to_text(Card(kind="test", title="t", blocks=(Strip(stops),))).splitlines()
    assert [line.strip().startswith("→") for line in lines if "Run" in line] == [False, True, True, True]


def test_colours_are_variables_and_every_theme_has_its_rules():
    outside = re.sub(r"--[a-z]+:[^;}]*", "", STYLE)
    assert not re.search(r"#[0-9a-f]{3,6}\b", outside)
    for rule in (
        "data-jp-theme-light=false",
        "prefers-color-scheme:dark",
        "prefers-contrast:more",
        "forced-colors:active",
        "media print",
    ):
        assert rule in STYLE
    assert "http" not in STYLE and "url(" not in STYLE and "@import" not in STYLE


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        full = colour if len(colour) == 7 else "#" + "".join(char * 2 for char in colour[1:])
        parts = [int(full[index : index + 2], 16) / 255 for index in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_colour_of_words_stands_out_from_both_grounds(scheme):
    found = re.findall(r"\{(--g:[^}]*)\}", STYLE)
    colours = dict(part.split(":") for part in (found[0], found[1])[scheme].strip(";").split(";"))
    for name in ("--t", "--m", "--a", "--ok", "--wa", "--no", "--pr"):
        for ground in ("--g", "--s"):
            assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)
