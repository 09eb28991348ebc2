"""Places boxes in layers from top to bottom, with room for what is written on the arrows between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from grandalf.graphs import Edge, Vertex, graph_core  # type: ignore[import-untyped]
from grandalf.layouts import SugiyamaLayout  # type: ignore[import-untyped]

ROUNDS = 8  # of moving boxes within their layers until few arrows cross
ACROSS, DOWN = 24.0, 36.0  # between boxes of a layer, and between layers
APART = 60.0  # between parts that no arrow joins

Size = tuple[float, float]
Point = tuple[float, float]
Stop = tuple[float, float, float]
"""A point of an arrow's way, and half the height of the layer that it goes through there."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a box stands: its middle."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Placed:
    """Each box's place, the stops of each arrow from middle to middle, and the size in all."""

    boxes: Mapping[str, Place]
    paths: Sequence[Sequence[Stop]]
    width: float
    height: float


class _View:
    """What the layout wants to know of a box, and where it writes the place."""

    def __init__(self, size: Size) -> None:
        self.w, self.h = size
        self.xy: Point = (0.0, 0.0)


class _Path:
    def __init__(self) -> None:
        self.points: list[Point] = []
        self.stops: list[Stop] = []

    def setpath(self, points: list[Point]) -> None:
        self.points = [(float(x), float(y)) for x, y in points]


def place(sizes: Mapping[str, Size], arrows: Sequence[tuple[str, str]]) -> Placed:
    """Places boxes of some sizes. No two arrows may join the same boxes, and none a box with itself.

    The same boxes and arrows in the same order always make the same picture.
    """
    vertices = {name: Vertex(name) for name in sizes}
    for name, vertex in vertices.items():
        vertex.view = _View(sizes[name])
    edges = [Edge(vertices[source], vertices[target]) for source, target in arrows]
    for edge in edges:
        edge.view = _Path()
    boxes: dict[str, Place] = {}
    left, height = 0.0, 0.0
    for part in _parts(sizes, arrows):
        inside = [edge for (source, _), edge in zip(arrows, edges, strict=True) if source in part]
        _lay_out([vertices[name] for name in part], inside)
        views = [vertices[name].view for name in part]
        turns = [x for edge in inside for x, _ in edge.view.points]
        start = min([*turns, *(view.xy[0] - view.w / 2 for view in views)])
        halves: dict[float, float] = {}
        for view in views:
            halves[view.xy[1]] = max(halves.get(view.xy[1], 0.0), view.h / 2)
        for edge in inside:
            edge.view.stops = [(x - start + left, y, halves[y]) for x, y in edge.view.points]
        for name, view in zip(part, views, strict=True):
            boxes[name] = Place(view.xy[0] - start + left, view.xy[1], view.w, view.h)
        ends = [x - start + left for x in turns]
        left = max([*ends, *(boxes[name].x + boxes[name].width / 2 for name in part)]) + APART
        height = max([height, *(view.xy[1] + view.h / 2 for view in views)])
    return Placed(boxes, [edge.view.stops for edge in edges], max(0.0, left - APART), height)


def _parts(names: Iterable[str], arrows: Sequence[tuple[str, str]]) -> list[list[str]]:
    """The names in groups that arrows join, each in the order given."""
    beside: dict[str, list[str]] = {name: [] for name in names}
    for source, target in arrows:
        beside[source].append(target)
        beside[target].append(source)
    order, parts, seen = list(beside), [], set[str]()
    for name in order:
        if name not in seen:
            waiting, part = [name], {name}
            while waiting:
                new = [each for each in beside[waiting.pop()] if each not in part]
                part.update(new)
                waiting += new
            seen |= part
            parts.append([each for each in order if each in part])
    return parts


def _lay_out(vertices: list[Vertex], edges: list[Edge]) -> None:
    """Lays out one part: what nothing leads to stands on top, else its first box."""
    if len(vertices) == 1:
        view = vertices[0].view
        view.xy = (view.w / 2, view.h / 2)
        return
    layout = SugiyamaLayout(graph_core(vertices, edges))
    layout.xspace, layout.yspace = ACROSS, DOWN
    layout.init_all(roots=[vertex for vertex in vertices if not vertex.e_in()] or vertices[:1])
    layout.draw(ROUNDS)
    for layer in layout.layers:
        _spread([each.view for each in layer])
    layout.draw_edges()


def _spread(views: Sequence[_View]) -> None:
    """Moves the boxes of a layer apart where they overlap, to both sides alike."""
    rightward, leftward = [view.xy[0] for view in views], [view.xy[0] for view in views]
    apart = [(one.w + other.w) / 2 + ACROSS for one, other in pairwise(views)]
    for number, distance in enumerate(apart):
        rightward[number + 1] = max(rightward[number + 1], rightward[number] + distance)
    for number, distance in reversed(list(enumerate(apart))):
        leftward[number] = min(leftward[number], leftward[number + 1] - distance)
    for view, right, left in zip(views, rightward, leftward, strict=True):
        view.xy = (right + left) / 2, view.xy[1]
