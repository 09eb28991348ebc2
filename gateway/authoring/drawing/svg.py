"""A flow's picture as SVG: one shape a kind of state, its texts inside, red and dashed what no transcript takes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.etree import ElementTree as Xml

from gateway.authoring.drawing import layout
from gateway.authoring.drawing.graph import Arrow, Box, Line, Picture
from gateway.authoring.drawing.layout import Place, Point, Size, Stop

WRAP = 230.0  # pixels that a line of text may take
LABEL_WRAP = 150.0  # the same, beside an arrow
FONT, LEADING = 12.0, 16.0
PAD_ACROSS, PAD_DOWN = 16.0, 9.0
MARGIN, TOP = 24.0, 96.0
ARROWHEAD = 8.0

INK, RED, GREY = "#263238", "#c62828", "#607d8b"
FILLS = {
    "say": "#e8f5e9",
    "choose": "#e3f2fd",
    "ask": "#fff8e1",
    "do": "#f3e5f5",
    "decide": "#eceff1",
    "enter": "#e0f2f1",
    "end": "#cfd8dc",
    "door": "#ffffff",
}
LEGEND = {
    "door": "comes in by",
    "say": "says",
    "choose": "question with options",
    "ask": "open question",
    "do": "asks the world",
    "decide": "decides",
    "enter": "enters a flow",
    "end": "ends",
}

# How wide letters are, as a share of the font's size: fonts differ, so that these are on the safe side.
_NARROW, _LATIN, _WIDE = 0.35, 0.56, 0.95


@dataclass(frozen=True, slots=True)
class _Written:
    """One line as it is drawn."""

    text: str
    colour: str = INK
    weight: str = "normal"
    style: str = "normal"


def svg(picture: Picture) -> str:
    """The picture as an SVG document."""
    texts = {box.name: list(_written(box)) for box in picture.boxes}
    sizes: dict[str, Size] = {box.name: _size(box.kind, texts[box.name]) for box in picture.boxes}
    loops = [arrow for arrow in picture.arrows if arrow.source == arrow.target]
    drawn = [arrow for arrow in picture.arrows if arrow.source != arrow.target]
    bare = {(arrow.source, arrow.target) for arrow in drawn if not arrow.labels}
    labels: dict[str, list[_Written]] = {}
    parts: list[tuple[tuple[str, str], ...]] = []
    for number, arrow in enumerate(drawn):
        if not arrow.labels and (arrow.target, arrow.source) not in bare:
            parts.append(((arrow.source, arrow.target),))
            continue
        # A label stands between its boxes as a box of its own: so nothing is drawn over it.
        name = f"\0{number}"
        labels[name] = [each for line in arrow.labels for each in _wrapped(line, LABEL_WRAP)]
        sizes[name] = _label_size(labels[name])
        parts.append(((arrow.source, name), (name, arrow.target)))
    placed = layout.place(sizes, [join for part in parts for join in part])
    legend = sum(_entry(meaning) + 8 for meaning in LEGEND.values())
    width, height = max(placed.width, legend) + 2 * MARGIN, placed.height + TOP + MARGIN
    root = _document(picture.title, width, height)
    moved = Xml.SubElement(root, "g", transform=f"translate({MARGIN:g} {TOP:g})")
    paths = iter(placed.paths)
    for arrow, part in zip(drawn, parts, strict=True):
        stops = [stop for _ in part for stop in next(paths)]
        _arrow(moved, arrow, stops, (placed.boxes[arrow.source], placed.boxes[arrow.target]))
    for arrow in loops:
        _loop(moved, arrow, placed.boxes[arrow.source])
    for name, lines in labels.items():
        if lines:
            _label(moved, placed.boxes[name], lines)
    for box in picture.boxes:
        _box(moved, box, placed.boxes[box.name], texts[box.name])
    Xml.indent(root)
    return Xml.tostring(root, encoding="unicode") + "\n"


# --- text -------------------------------------------------------------------------------------------------


def _written(box: Box) -> Iterator[_Written]:
    colour = RED if box.missed else INK
    if box.title:
        yield _Written(box.title, colour, "bold")
    for line in box.lines:
        yield from _wrapped(line, WRAP)
    if box.counts is not None:
        came, stopped = box.counts
        yield _Written(f"{came} came, {stopped} stopped here", GREY, "bold")
    if box.ends and box.kind != "end":
        yield _Written("end", GREY, style="italic")


def _wrapped(line: Line, room: float) -> Iterator[_Written]:
    """A line, cut between words where it is too long."""
    colour = RED if line.missed else INK
    for written in line.text.split("\n"):
        row = ""
        for word in written.split(" "):
            longer = f"{row} {word}" if row else word
            if row and _width(longer) > room:
                yield _Written(row, colour)
                longer = word
            row = longer
        yield _Written(row, colour)


def _width(text: str, size: float = FONT) -> float:
    return size * sum(_share(letter) for letter in text)


def _share(letter: str) -> float:
    if unicodedata.combining(letter) or letter in "il.,:;'|! ":
        return _NARROW
    if "\u1200" <= letter <= "\u139f" or unicodedata.east_asian_width(letter) in "WF" or letter in "mwMW—…":
        return _WIDE
    return _LATIN if not letter.isupper() else 0.7


def _size(kind: str, lines: Sequence[_Written]) -> Size:
    text = max([_width(line.text) * (1.08 if line.weight == "bold" else 1) for line in lines], default=0.0)
    slant = {"ask": 14.0, "decide": 18.0, "do": 10.0, "end": 8.0, "enter": 14.0}.get(kind, 0.0)
    return text + 2 * (PAD_ACROSS + slant), len(lines) * LEADING + 2 * PAD_DOWN


def _label_size(lines: Sequence[_Written]) -> Size:
    if not lines:
        return 1.0, 1.0
    return max(_width(line.text, 11) for line in lines) + 12, len(lines) * 14 + 6


def _text(parent: Xml.Element, x: float, y: float, line: _Written, size: float = FONT) -> None:
    """One line, its middle at x; `plaintext` lets its first letters decide from which side it is read."""
    element = Xml.SubElement(parent, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": "middle"})
    element.set("font-size", f"{size:g}")
    element.set("fill", line.colour)
    element.set("style", "unicode-bidi: plaintext")
    if line.weight != "normal":
        element.set("font-weight", line.weight)
    if line.style != "normal":
        element.set("font-style", line.style)
    element.text = _printable(line.text)


def _printable(text: str) -> str:
    """Without what no XML document may hold."""
    return "".join(each for each in text if each.isprintable())


# --- shapes -----------------------------------------------------------------------------------------------


def _box(parent: Xml.Element, box: Box, at: Place, lines: Sequence[_Written]) -> None:
    group = Xml.SubElement(parent, "g", {"class": f"{box.kind} missed" if box.missed else box.kind})
    _shape(group, box.kind, at, box.missed, box.ends)
    top = at.y - len(lines) * LEADING / 2 + LEADING * 0.75
    for number, line in enumerate(lines):
        _text(group, at.x, top + number * LEADING, line)


def _shape(parent: Xml.Element, kind: str, at: Place, missed: bool = False, ends: bool = False) -> None:
    look = {"fill": FILLS[kind], "stroke": RED if missed else INK, "stroke-width": "3" if ends else "1.3"}
    if missed:
        look["stroke-dasharray"] = "6 4"
    left, right = at.x - at.width / 2, at.x + at.width / 2
    top, bottom = at.y - at.height / 2, at.y + at.height / 2
    match kind:
        case "ask":
            corners = [(left + 12, top), (right, top), (right - 12, bottom), (left, bottom)]
        case "decide":
            corners = [(left + 16, top), (right - 16, top), (right, at.y), (right - 16, bottom)]
            corners += [(left + 16, bottom), (left, at.y)]
        case "enter":
            corners = [(left, top), (right - 14, top), (right, at.y), (right - 14, bottom), (left, bottom)]
        case _:
            round_by = {"say": 14.0, "door": at.height / 2, "end": at.height / 2}.get(kind, 2.0)
            place = {"x": left, "y": top, "width": at.width, "height": at.height, "rx": round_by}
            Xml.SubElement(parent, "rect", {key: f"{value:.1f}" for key, value in place.items()} | look)
            if kind == "do":
                for x in (left + 7, right - 7):
                    ends_at = {"x1": x, "x2": x, "y1": top, "y2": bottom}
                    Xml.SubElement(
                        parent, "line", {key: f"{value:.1f}" for key, value in ends_at.items()} | look
                    )
            return
    Xml.SubElement(parent, "polygon", {"points": " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)} | look)


def _label(parent: Xml.Element, at: Place, lines: Sequence[_Written]) -> None:
    place = {"x": at.x - at.width / 2, "y": at.y - at.height / 2, "width": at.width, "height": at.height}
    back = {key: f"{value:.1f}" for key, value in place.items()} | {"fill": "#ffffff", "fill-opacity": "0.9"}
    Xml.SubElement(parent, "rect", back)
    top = at.y - len(lines) * 7 + 10.5
    for number, line in enumerate(lines):
        _text(parent, at.x, top + number * 14, line, 11)


# --- arrows -----------------------------------------------------------------------------------------------


def _arrow(parent: Xml.Element, arrow: Arrow, stops: Sequence[Stop], ends: tuple[Place, Place]) -> None:
    """A line from the edge of one box to the edge of the other: straight through layers, curved only between them."""
    source, target = ends
    down_out, down_in = stops[1][1] > source.y, stops[-2][1] < target.y
    start = _touched(source, stops[1], down_out, not down_out)
    end = _touched(target, stops[-2], not down_in, not down_in)
    between = list(dict.fromkeys(stops[1:-1]))
    way = [(start[0], *stops[0][1:]), *between, (end[0], *stops[-1][1:])]
    path = [f"M {start[0]:.1f} {start[1]:.1f}"]
    for (x0, y0, half0), (x1, y1, half1) in pairwise(way):
        down = 1 if y1 > y0 else -1
        leaves, comes = y0 + down * half0, y1 - down * half1
        middle = (leaves + comes) / 2
        path.append(f"V {leaves:.1f} C {x0:.1f} {middle:.1f} {x1:.1f} {middle:.1f} {x1:.1f} {comes:.1f}")
    if abs(end[1] - comes) > 1:  # an arrowhead turns with the last bit of its line, however short
        path.append(f"V {end[1]:.1f}")
    _line(parent, arrow, " ".join(path))


def _touched(box: Place, towards: Stop, below: bool, aside: bool) -> Point:
    """Where an arrow touches a box, on the side that it comes from; `aside`: out of the way of those that go down."""
    most = box.width * 0.34
    shift = max(-most, min(most, (towards[0] - box.x) * 0.25))
    if aside:
        shift = -most if towards[0] < box.x else most
    return box.x + shift, box.y + (box.height / 2 if below else -box.height / 2)


def _loop(parent: Xml.Element, arrow: Arrow, at: Place) -> None:
    """An arrow from a box to itself, on its right."""
    right = at.x + at.width / 2
    path = (
        f"M {right:.1f} {at.y + 8:.1f} C {right + 34:.1f} {at.y + 20:.1f} {right + 34:.1f} {at.y - 20:.1f} "
    )
    _line(parent, arrow, f"{path}{right:.1f} {at.y - 8:.1f}")
    for number, line in enumerate(arrow.labels):
        colour = RED if line.missed else INK
        _text(parent, right + 20, at.y + 30 + number * 14, _Written(line.text, colour), 11)


def _line(parent: Xml.Element, arrow: Arrow, path: str) -> None:
    colour, head = (RED, "url(#red)") if arrow.missed else (GREY, "url(#grey)")
    look = {"d": path, "fill": "none", "stroke": colour, "stroke-width": "1.5", "marker-end": head}
    if arrow.missed:
        look["stroke-dasharray"] = "6 4"
    Xml.SubElement(parent, "path", look)


# --- around the picture -----------------------------------------------------------------------------------


def _entry(meaning: str) -> float:
    """The width of one entry of the legend."""
    return _width(meaning, 11) + 34


def _document(title: str, width: float, height: float) -> Xml.Element:
    root = Xml.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": f"{width:.0f}",
            "height": f"{height:.0f}",
            "viewBox": f"0 0 {width:.0f} {height:.0f}",
            "font-family": "Noto Sans, Noto Sans Ethiopic, Noto Sans Arabic, DejaVu Sans, sans-serif",
            "role": "img",
        },
    )
    Xml.SubElement(root, "title").text = _printable(title)
    heads = Xml.SubElement(root, "defs")
    for name, colour in (("grey", GREY), ("red", RED)):
        place = {"refX": "9", "refY": "5", "markerWidth": f"{ARROWHEAD:g}", "markerHeight": f"{ARROWHEAD:g}"}
        look = {"id": name, "viewBox": "0 0 10 10", "orient": "auto", "markerUnits": "userSpaceOnUse"}
        Xml.SubElement(
            Xml.SubElement(heads, "marker", look | place), "path", d="M 0 0 L 10 5 L 0 10 z", fill=colour
        )
    Xml.SubElement(root, "rect", width="100%", height="100%", fill="#ffffff")
    heading = Xml.SubElement(root, "text", {"x": f"{MARGIN:g}", "y": "30", "font-size": "18", "fill": INK})
    heading.text = _printable(title)
    left = MARGIN
    for kind, meaning in LEGEND.items():
        wide = _entry(meaning)
        _shape(root, kind, Place(left + wide / 2, 58, wide, 24))
        _text(root, left + wide / 2, 62, _Written(meaning), 11)
        left += wide + 8
    return root
