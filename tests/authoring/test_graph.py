"""A flow as a picture: every state and way is in it, with its texts, what nobody tries, and where people stop."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from click.testing import CliRunner
from desk import MAIN, lay_out, look
from doors import environment

import flows
from gateway.authoring.drawing.graph import Picture, picture
from gateway.authoring.drawing.layout import place
from gateway.authoring.drawing.mermaid import mermaid
from gateway.authoring.drawing.svg import svg
from gateway.authoring.project import Project
from gateway.authoring.rehearsing.coverage import Exit, Trace, exits
from gateway.cli import gateway
from gateway.messages import Address, AddressKind
from gateway.store import conversations, inbox, passages
from gateway.store.database import Database
from gateway.vault import Vault

SVG = "{http://www.w3.org/2000/svg}"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def small(tmp_path: Path) -> Project:
    return look(lay_out(tmp_path))


@pytest.fixture(scope="module")
def shipped() -> Project:
    return look(Path(flows.__path__[0]))


def texts(drawing: str) -> list[str]:
    """Every line of text in an SVG, in order."""
    return [each.text or "" for each in Xml.fromstring(drawing).iter(f"{SVG}text")]


def drawn(project: Project, language: str = "en", trace: Trace | None = None) -> Picture:
    return picture(project, "main", language, trace=trace)


# --- what is in it ----------------------------------------------------------------------------------------


def test_every_state_and_way_is_drawn(shipped: Project) -> None:
    """Each state has its box, and each exit an arrow to where it leads."""
    for name, flow in shipped.revision.flows.items():
        made = picture(shipped, name, "en")
        states = [box.name for box in made.boxes if box.kind != "door"]
        assert states == list(flow.states)
        leaving = {arrow.source for arrow in made.arrows}
        assert {each.state for each in exits(shipped.revision, [name])} <= leaving
        names = {box.name for box in made.boxes}
        assert all(arrow.source in names and arrow.target in names for arrow in made.arrows)


def test_texts_of_a_language(small: Project) -> None:
    """Boxes hold what people read in the language, options by their keys, and names in the place of values."""
    boxes = {box.name: [line.text for line in box.lines] for box in drawn(small, "so").boxes}
    assert boxes["sex"] == ["{full_name}, ma dheddig mise lab?", "1 Dheddig", "2 Lab"]
    assert boxes["thanks"] == ["Mahadsanid. Mar kale soo garaac."]


def test_ways_to_one_state_share_an_arrow(small: Project) -> None:
    """Options that lead to one state stand together, those to others have arrows of their own."""
    arrows = {
        (arrow.source, arrow.target): [line.text for line in arrow.labels] for arrow in drawn(small).arrows
    }
    assert arrows["sex", "thanks"] == ["1-2"]
    assert (arrows["sure", "over"], arrows["sure", "name"]) == (["1"], ["2"])


def test_doors(shipped: Project) -> None:
    """A flow's picture says by which words, links and flows people come in."""
    door = next(box for box in picture(shipped, "registration", "en").boxes if box.kind == "door")
    said = " ".join(line.text for line in door.lines)
    assert "flow main" in said and "REGISTER" in said and "link register" in said


def test_ends_are_marked(small: Project) -> None:
    """What ends the flow is drawn with a strong line and says so."""
    boxes = {box.name: box for box in drawn(small).boxes}
    assert boxes["over"].ends and not boxes["thanks"].ends
    assert texts(svg(drawn(small)))[-2:] == ["Good bye.", "end"]


# --- what no transcript takes -----------------------------------------------------------------------------


def test_what_nobody_tries_is_missed(small: Project) -> None:
    """A way that no transcript takes is red and dashed; one that some take is not."""
    every = {("main", state) for state in small.revision.flows["main"].states}
    taken = {
        Exit("main", "name", "answer"),
        Exit("main", "sex", "option", "f"),
        Exit("main", "sure", "option", "yes"),
    }
    made = drawn(small, trace=Trace(every, taken))
    assert {(arrow.source, arrow.target) for arrow in made.arrows if arrow.missed} == {("sure", "name")}
    sex = next(box for box in made.boxes if box.name == "sex")
    assert [(line.text, line.missed) for line in sex.lines[1:]] == [("1 Female", False), ("2 Male", True)]
    dashed = [
        path
        for path in Xml.fromstring(svg(made)).iter(f"{SVG}path")
        if path.get("stroke-dasharray") and path.get("stroke") == "#c62828"
    ]
    assert len(dashed) == 1


def test_a_state_nobody_reaches(small: Project) -> None:
    """A state that no transcript reaches is missed with all that leads out of it."""
    made = drawn(small, trace=Trace())
    assert all(box.missed for box in made.boxes if box.kind != "door")
    assert all(arrow.missed for arrow in made.arrows if not arrow.source.startswith(">"))
    assert not any(box.missed for box in drawn(small).boxes)


# --- drawing ----------------------------------------------------------------------------------------------


def test_text_is_never_markup(tmp_path: Path) -> None:
    """Letters that mean something to SVG or Mermaid are shown, not obeyed."""
    folder = lay_out(tmp_path)
    nasty = """Is <script>alert("x")</script> & "right" #1?"""
    (folder / "main" / "flow.yaml").write_text(
        MAIN.replace("choose: Is it right?", f"choose: '{nasty}'"), "utf-8"
    )
    made = drawn(look(folder))
    drawing = svg(made)
    assert "<script" not in drawing and nasty in " ".join(texts(drawing))
    diagram = mermaid(made)
    assert "<script" not in diagram and 'alert("' not in diagram


def test_no_two_boxes_overlap(shipped: Project) -> None:
    """In every shipped flow and language, each box has its own place inside the picture."""
    for name in shipped.revision.flows:
        for language in shipped.languages:
            root = Xml.fromstring(svg(picture(shipped, name, language)))
            width, height = float(root.get("width", "0")), float(root.get("height", "0"))
            boxes = list(_boxes(root))
            assert all(left >= 0 and right <= width and bottom <= height for left, _, right, bottom in boxes)
            for number, one in enumerate(boxes):
                assert not any(_overlap(one, other) for other in boxes[:number]), (name, language)


def _boxes(root: Xml.Element) -> Iterator[tuple[float, float, float, float]]:
    for group in root.iter(f"{SVG}g"):
        if group.get("class"):
            shape = group[0]
            if points := shape.get("points"):
                xs, ys = zip(*[map(float, point.split(",")) for point in points.split()], strict=True)
                yield min(xs), min(ys), max(xs), max(ys)
            else:
                x, y = float(shape.get("x", "0")), float(shape.get("y", "0"))
                yield x, y, x + float(shape.get("width", "0")), y + float(shape.get("height", "0"))


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    across = one[0] < other[2] and other[0] < one[2]
    return across and one[1] < other[3] and other[1] < one[3]


def test_circles_and_parts_apart() -> None:
    """A circle of boxes and a box that nothing joins are placed, and every arrow gets its way."""
    sizes = dict.fromkeys("abcd", (50.0, 20.0))
    placed = place(sizes, [("a", "b"), ("b", "c"), ("c", "a")])
    assert set(placed.boxes) == set(sizes)
    assert all(len(path) >= 2 for path in placed.paths)
    assert placed.boxes["d"].x > max(placed.boxes[name].x for name in "abc")


def test_a_state_that_leads_to_itself(tmp_path: Path) -> None:
    """A question that is asked again by one of its options has an arrow to itself."""
    folder = lay_out(tmp_path)
    again = MAIN.replace('"no": {label: "No", go: name}', '"no": {label: "No", go: sure}')
    (folder / "main" / "flow.yaml").write_text(again, "utf-8")
    made = drawn(look(folder))
    assert ("sure", "sure") in {(arrow.source, arrow.target) for arrow in made.arrows}
    assert "2" in texts(svg(made))


def test_the_same_flow_makes_the_same_picture(tmp_path: Path) -> None:
    """Pictures can be kept and compared: another process draws the same bytes."""
    folder = lay_out(tmp_path / "flows")
    command = [sys.executable, "-m", "gateway", "flows", "graph", "main", "--folder", str(folder)]
    made = {
        subprocess.run(
            command, check=True, capture_output=True, env=os.environ | {"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1


# --- Mermaid ----------------------------------------------------------------------------------------------


def test_mermaid(small: Project) -> None:
    """Mermaid names each box and arrow, and dashes what no transcript takes."""
    every = {("main", state) for state in small.revision.flows["main"].states}
    lines = mermaid(drawn(small, trace=Trace(every, {Exit("main", "sure", "option", "yes")}))).splitlines()
    assert lines[1] == 'title: "Main (main)"' and lines[3] == "flowchart TD"
    boxes = {line.split("<b>")[1].split("</b>")[0]: line.split()[0] for line in lines if "<b>" in line}
    names = {title: start.split("[")[0].split("(")[0] for title, start in boxes.items()}
    assert f'    {names["sure"]} -->|"1"| {names["over"]}' in lines
    assert f'    {names["sure"]} -.->|"<s>2</s>"| {names["name"]}' in lines


# --- the command ------------------------------------------------------------------------------------------


def test_the_command(tmp_path: Path) -> None:
    """`graph` writes a picture of a flow with what its transcripts take, and knows a near name."""
    folder, out = lay_out(tmp_path / "flows"), tmp_path / "main.svg"
    run = CliRunner()
    given = [
        "flows",
        "graph",
        "main",
        "--coverage",
        "--lang",
        "am",
        "--folder",
        str(folder),
        "--out",
        str(out),
    ]
    result = run.invoke(gateway, given)
    assert result.exit_code == 0, result.output
    assert "ሙሉ ስምዎ?" in texts(out.read_text("utf-8"))
    wrong = run.invoke(gateway, ["flows", "graph", "mian", "--folder", str(folder)])
    assert wrong.exit_code == 2 and "Did you mean 'main'?" in wrong.output


# --- how many people --------------------------------------------------------------------------------------


def test_where_people_stop(database: Database, vault: Vault) -> None:
    """A conversation stopped at the question its newest message led to, once it has been quiet for an hour."""
    hours = {
        1: [(5, "main.menu"), (4, "registration.name")],  # stopped at the name
        2: [(5, "main.menu"), (4, "registration.name"), (3, "registration.area"), (2, "")],  # came to an end
        3: [(5, "main.menu"), (0.5, "registration.name")],  # may be typing
        4: [(5, "main.menu"), (4, "main.menu"), (3, "main.menu")],  # stopped at the menu, counted once
        5: [(900, "main.menu")],  # too long ago
    }
    with database.transaction() as tx:
        for person, messages in hours.items():
            address = Address(AddressKind.PHONE, f"+25191100000{person}")
            row = conversations.open_address(tx, vault, address, "africastalking", NOW)
            for number, (ago, asked) in enumerate(messages):
                inbox.add(
                    tx,
                    channel="ussd",
                    carrier="africastalking",
                    key=f"{person}.{number}".encode(),
                    body=b"",
                    now=NOW - timedelta(hours=ago),
                    conversation_id=row.conversation_id,
                    asked=asked,
                )
        inbox.add(tx, channel="sms", carrier="x", key=b"stray", body=b"", now=NOW, asked="main.menu")
    with database.reading() as tx:
        assert passages.counts(tx, NOW - timedelta(days=30), NOW) == {
            "main.menu": (4, 1),
            "registration.area": (1, 0),
            "registration.name": (3, 1),
        }


def test_the_command_counts(database: Database, database_url: str, vault: Vault, tmp_path: Path) -> None:
    """With `--counts` the picture holds what the database of the settings says."""
    folder, then = lay_out(tmp_path / "flows"), datetime.now(UTC) - timedelta(hours=2)
    with database.transaction() as tx:
        row = conversations.open_address(tx, vault, Address(AddressKind.PHONE, "+251911000001"), "x", then)
        kept = {"channel": "ussd", "carrier": "x", "key": b"1", "body": b"", "now": then}
        inbox.add(tx, **kept, conversation_id=row.conversation_id, asked="main.name")
    given = ["flows", "graph", "main", "--counts", "--days", "2", "--folder", str(folder)]
    result = CliRunner().invoke(gateway, given, env=environment(database_url))
    assert "1 came, 1 stopped here" in texts(result.output), result.output


def test_counts_are_drawn(small: Project) -> None:
    """A question says how many people came to it and how many stopped there."""
    made = picture(small, "main", "en", counts={"main.name": (41, 7)})
    assert "41 came, 7 stopped here" in texts(svg(made))
    assert "41 came, 7 stopped here" in mermaid(made)
