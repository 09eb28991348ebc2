"""A flow's picture as Mermaid, which wikis and code hosts draw by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.authoring.drawing.graph import Arrow, Box, Line, Picture

_SHAPES = {
    "say": ('("', '")'),
    "choose": ('["', '"]'),
    "ask": ('[/"', '"/]'),
    "do": ('[["', '"]]'),
    "decide": ('{{"', '"}}'),
    "enter": ('>"', '"]'),
    "end": ('(("', '"))'),
    "door": ('(["', '"])'),
}
_ESCAPES = str.maketrans({each: f"#{ord(each)};" for each in '#&<>"`\\'} | {"\n": "<br/>"})


def mermaid(picture: Picture) -> str:
    """The picture as the text of a Mermaid flowchart."""
    return "\n".join(_lines(picture)) + "\n"


def _lines(picture: Picture) -> Iterator[str]:
    names = {box.name: f"s{number}" for number, box in enumerate(picture.boxes)}
    yield "---"
    yield f"title: {_quoted(picture.title)}"
    yield "---"
    yield "flowchart TD"
    for box in picture.boxes:
        before, behind = _SHAPES[box.kind]
        yield f"    {names[box.name]}{before}{_text(box)}{behind}"
    for arrow in picture.arrows:
        yield f"    {names[arrow.source]} {_arrow(arrow)} {names[arrow.target]}"
    yield "    classDef missed stroke:#c62828,stroke-dasharray:5 4"
    if missed := [names[box.name] for box in picture.boxes if box.missed]:
        yield f"    class {','.join(missed)} missed"
    if red := [str(number) for number, arrow in enumerate(picture.arrows) if arrow.missed]:
        yield f"    linkStyle {','.join(red)} stroke:#c62828"


def _text(box: Box) -> str:
    lines = [f"<b>{_escaped(box.title)}</b>"] if box.title else []
    lines += [_shown(line) for line in box.lines]
    if box.counts:
        lines.append(f"<i>{box.counts[0]} came, {box.counts[1]} stopped here</i>")
    if box.ends and box.kind != "end":
        lines.append("<i>end</i>")
    return "<br/>".join(lines)


def _arrow(arrow: Arrow) -> str:
    drawn = "-.->" if arrow.missed else "-->"
    label = "<br/>".join(_shown(line) for line in arrow.labels)
    return f'{drawn}|"{label}"|' if label else drawn


def _shown(line: Line) -> str:
    return f"<s>{_escaped(line.text)}</s>" if line.missed else _escaped(line.text)


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
