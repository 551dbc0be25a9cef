"""What a person does on the picture."""

from __future__ import annotations

from inkling.ui.upload import number_table, page_editor
from inkling.ui.upload.digit_panel import keyboard_help
from tests.fixtures.uploads import numbers_of, read_file, written


def test_events_on_the_picture_are_applied():
    session = read_file("page.png", written("305 27", seed=3))
    page = session.pages[0]
    box_id = page.draft.boxes[0].id
    page_editor.handle_event(page, {"kind": "select", "id": box_id})
    assert page.selected == box_id
    page_editor.handle_event(page, {"kind": "label", "id": box_id, "label": "8"})
    page_editor.handle_event(page, {"kind": "label", "id": box_id, "label": "nonsense"})
    assert numbers_of(session) == ["805", "27"]
    neighbour = page.draft.boxes[1].id
    page_editor.handle_event(page, {"kind": "delete", "id": box_id})
    # A second press of the key, which arrives late, deletes and deselects nothing.
    page_editor.handle_event(page, {"kind": "delete", "id": box_id})
    assert numbers_of(session) == ["05", "27"] and page.selected == neighbour
    page.undo()
    assert numbers_of(session) == ["805", "27"] and page.selected == box_id
    page_editor.handle_event(page, {"kind": "select", "id": -1})
    assert page.selected is None


def test_enter_confirms_a_number_and_selects_the_next_digit_to_check():
    session = read_file("page.png", written("305 27", seed=3))
    page = session.pages[0]
    first, second = page.draft.entries
    for entry in (first, second):
        number_table.take_step(page, {"kind": "tick", "id": entry.id, "checked": False})
    page_editor.handle_event(page, {"kind": "check", "id": first.boxes[0].id})
    checked = page.draft.entry(first.id)
    assert checked is not None and checked.checked
    assert page.selected == second.boxes[0].id


def test_the_keyboard_help_names_the_models_labels():
    assert keyboard_help(tuple("0123456789")).startswith("Arrow keys move, 0–9 correct, Enter")
    assert "A–C correct" in keyboard_help(("A", "B", "C"))
