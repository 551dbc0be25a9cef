"""Accuracy on many copies of one form: fields right, and pages aligned or told.

    python benchmarks/accuracy/forms.py [--forms N] [--others N] [--strokes FOLDER]
        [--network NAME] [--json FILE]

The forms are those of tests/fixtures/forms.py: three layouts with printed labels, filled in with
MNIST's legible test digits, or with those of the test writers of the pen strokes in FOLDER, and
photographed at an angle, in uneven light, with noise and as JPEG. The templates are made of the
flat, empty forms. The other pages are no copies of the form: other layouts, other editions with the
same words in other places, and pages of handwriting.

A field is right if its value is: all digits, the amount, the day, yes or no, or that it is empty.
The fields of a page that was told count as wrong. A page counts as aligned where its fields are
where they were photographed, within a few pixels, and as told where a message says why not. What
was not read correctly is listed on stderr. Proportions have 95 % Wilson intervals.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from benchmarks import common
from inkling.forms.alignment import corners_of, transformed
from inkling.forms.read import Form as ReadForm
from inkling.forms.read import open_form, read_form
from inkling.forms.result import FormReading
from inkling.imaging.load import Page
from inkling.imaging.pixels import Pixels
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from tests.fixtures import forms
from tests.fixtures.forms import LAYOUTS, Form
from tests.fixtures.hands import Hands, mnist_hands, pen_writers
from tests.fixtures.pages_made import make_page

# The first seed of the forms: those below were used to build the reader.
FIRST_SEED = 1000
# How far a corner of a field may be from where it is, in pixels of the photo.
MAX_AWAY = 8.0


def is_in_place(reading: FormReading, form: Form) -> bool:
    """Whether the fields of an aligned page are where they were photographed."""
    there = np.concatenate([corners_of(forms.box_of(place)) for place in form.layout.places])
    found = np.array([point for field in reading.fields for point in field.polygon])
    away = np.hypot(*(found - transformed(there, form.matrix)).T)
    return bool(away.max() <= MAX_AWAY)


def measure_forms(
    opened: list[ReadForm], hands: Hands, model: Classifier, count: int
) -> dict[str, Any]:
    """Fields right, by kind, and pages aligned, told, or neither."""
    right: Counter[str] = Counter()
    n: Counter[str] = Counter()
    sure: Counter[bool] = Counter()
    pages: Counter[str] = Counter()
    for index in range(count):
        which = index % len(LAYOUTS)
        form = forms.make_form(LAYOUTS[which], FIRST_SEED + index, hands)
        reading = read_form(Page(f"form {index}", 1, form.picture), opened[which], model)
        state = "told" if reading.problem else "aligned" if is_in_place(reading, form) else "wrong"
        pages[state] += 1
        read = {field.name: field for field in reading.fields}
        for place in form.layout.places:
            truth, field = form.truth[place.label], read.get(place.label)
            is_right = field is not None and field.shown == truth
            n[place.kind] += 1
            right[place.kind] += is_right
            if field is not None and field.is_sure:
                sure[is_right] += 1
            if not is_right:
                found = f"{field.text!r} (sure: {field.is_sure})" if field else reading.problem
                print(f"form {index}: {place.label} {truth!r} read as {found}", file=sys.stderr)
    return {
        "forms": count,
        "fields": common.proportion(sum(right.values()), sum(n.values())),
        "by_kind": {str(kind): common.proportion(right[kind], n[kind]) for kind in n},
        "sure": common.proportion(sum(sure.values()), sum(n.values())),
        "right_of_sure": common.proportion(sure[True], sum(sure.values())),
        "pages": {state: pages[state] for state in ("aligned", "told", "wrong")},
    }


def others(count: int, hands: Hands) -> Iterator[tuple[int, str, Pixels]]:
    """Pages that are not the form: which form they are not, what they are, and their picture."""
    for index in range(count):
        which, kind = index % len(LAYOUTS), ("edition", "layout", "edition", "page")[index % 4]
        seed = FIRST_SEED + 10_000 + index
        if kind == "page":
            yield which, kind, make_page([["12", "907"], ["3345", "8"], ["60"]], seed)
            continue
        layout = LAYOUTS[(which + 1) % len(LAYOUTS)]
        if kind == "edition":
            layout = forms.revised(LAYOUTS[which])
        yield which, kind, forms.make_form(layout, seed, hands).picture


def measure_others(
    opened: list[ReadForm], hands: Hands, model: Classifier, count: int
) -> dict[str, Any]:
    """How many pages that are not the form were told, by what they are."""
    told: Counter[str] = Counter()
    n: Counter[str] = Counter()
    for which, kind, picture in others(count, hands):
        reading = read_form(Page(kind, 1, picture), opened[which], model)
        n[kind] += 1
        told[kind] += bool(reading.problem)
    return {
        "told": common.proportion(sum(told.values()), sum(n.values())),
        "by_kind": {kind: {"n": n[kind], "told": told[kind]} for kind in n},
    }


def main() -> int:
    parser = common.argument_parser(__doc__)
    parser.add_argument("--forms", type=int, default=100, metavar="N", help="filled-in forms")
    parser.add_argument("--others", type=int, default=20, metavar="N", help="other pages")
    parser.add_argument("--strokes", type=Path, metavar="FOLDER", help="pen strokes, not MNIST")
    common.add_network(parser)
    common.add_json(parser)
    options = parser.parse_args()
    hands = mnist_hands if options.strokes is None else pen_writers(options.strokes)
    model = classifier.load(options.network)
    opened = [open_form(forms.template_of(layout)) for layout in LAYOUTS]
    digits = "MNIST test" if options.strokes is None else "pen strokes, test writers"
    measured = measure_forms(opened, hands, model, options.forms)
    strange = measure_others(opened, hands, model, options.others)
    good = measured["pages"]["aligned"] + measured["pages"]["told"] + strange["told"]["right"]
    figures = {
        "network": options.network,
        "digits": digits,
        **measured,
        "others": strange,
        "aligned_or_told": common.proportion(good, options.forms + options.others),
    }
    common.write_figures(figures, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
