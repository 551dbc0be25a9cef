"""Accuracy on photos that people took for their own purposes, beside the sets of photos.py.

    python benchmarks/accuracy/people.py FOLDER [--set NAME ...] [--limit N] [--timeout SECONDS]
        [--alone] [--wrong] [--json FILE]

FOLDER holds people/, people_digits/, photos/, cheques/ and register/ (see photo_sets.py); missing
sets are skipped. RapidOCR comes with `pip install -r requirements-benchmark.txt`.

For each set and reader, this prints how many lines are right from the first to the last digit, how
many lines were read that the picture does not have, the character error rate, how many lines the
reader is sure of and how many of these are wrong, and the seconds of processor per picture. The
95 % intervals are bootstrap intervals over pictures. `--wrong` prints each line that is not right.

Lines of the truth and of the reading are paired in order, so that the number of edits is smallest.
RapidOCR is told when a picture holds a single line, which it then reads without looking for text;
the labels do not say where the lines of other pictures are. "RapidOCR without hints" is not told.
Single digits (people_digits) are read by Inkling alone, as `read` and as `classify` do it.
"""

from __future__ import annotations

import statistics
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec

from benchmarks import common
from benchmarks.accuracy import photo_sets, readers
from benchmarks.accuracy.photo_sets import ONE_LINE
from benchmarks.accuracy.readers import PictureResult, Reader
from benchmarks.accuracy.rivals import MissingRivalError, RapidOCR
from inkling.recognition import classifier
from inkling.reports.photos import PEOPLE_COMMAND, PhotoSet, ReaderResult
from inkling.reports.statistics import Interval

# Whether a choice in Inkling was made after looking at its results on a set. People's pictures
# showed what made pages lacked.
TUNED = {
    "people": True,
    "people_digits": True,
    "photos": True,
    "cheques": True,
    "register": True,
}
SINGLE_DIGITS = "people_digits"


def figures(name: str, version: str, results: Sequence[PictureResult]) -> ReaderResult:
    """The figures of one reader on one set; `results` holds at least one picture."""
    scores = [result.score for result in results]
    total = readers.summed(results)
    lines = [score.lines for score in scores]
    right = common.ratio([score.right for score in scores], lines)
    errors = common.ratio([score.errors for score in scores], [score.digits for score in scores])
    if right is None:
        raise ValueError("the pictures have no lines")
    found = ReaderResult(
        name=name,
        version=version,
        right=total.right,
        lines=total.lines,
        low=right.low,
        high=right.high,
        character_error_rate=errors.value if errors else None,
        character_errors=errors,
        ms=1000.0 * statistics.median(result.wall for result in results),
        extra=total.extra,
        cpu_seconds=statistics.fmean(result.cpu for result in results),
        most_cpu_seconds=max(result.cpu for result in results),
    )
    if total.sure is None:
        return found
    sure = [score.sure or 0 for score in scores]
    wrong = [(score.sure or 0) - (score.sure_right or 0) for score in scores]
    return msgspec.structs.replace(
        found,
        sure=total.sure,
        sure_right=total.sure_right,
        sure_share=common.ratio(sure, lines),
        sure_wrong_share=common.ratio(wrong, sure),
    )


def wrong_lines(result: PictureResult) -> list[str]:
    """A sentence for each line of a picture that was missed, misread or invented."""
    found = photo_sets.differences(result.picture.lines, [line.text for line in result.lines])
    return [
        f"{result.picture.path.name}: {words}"
        + (" (sure)" if place is not None and result.lines[place].is_sure else "")
        for place, words in found
    ]


def row(found: ReaderResult) -> str:
    """A reader's figures as a line for the terminal."""
    part = Interval(found.right / found.lines, found.low, found.high)
    words = [
        f"{found.name} {found.version}".ljust(32),
        f"{found.right:4d} of {found.lines:4d} right {_share(part)}",
        f"{found.extra} lines too many",
        f"character errors {_share(found.character_errors)}",
    ]
    if found.sure is not None:
        wrong = found.sure - (found.sure_right or 0)
        words.append(f"sure of {found.sure} {_share(found.sure_share)}")
        words.append(f"{wrong} of these wrong {_share(found.sure_wrong_share)}")
    words.append(f"{found.cpu_seconds:.2f} s of processor, at most {found.most_cpu_seconds:.1f} s")
    return "  " + "; ".join(words)


def measure_set(
    name: str, folder: Path, programs: Sequence[Reader], options: Namespace
) -> PhotoSet | None:
    """Measure readers on one set and print a line for each; None if the set is missing."""
    pictures = photo_sets.load_pictures(folder, name, options.limit)
    if not pictures:
        return None
    lines = sum(len(picture.lines) for picture in pictures)
    tuned = "yes" if TUNED[name] else "no"
    print(f"{name}: {len(pictures)} pictures, {lines} lines; Inkling tuned on this set: {tuned}")
    rows = []
    for program in programs:
        print(f"{name}: {program.name}", file=sys.stderr, flush=True)
        results = readers.read_pictures(
            pictures, program.read, one_line=name in ONE_LINE, hints=True
        )
        rows.append(figures(program.name, program.version, results))
        print(row(rows[-1]), flush=True)
        for line in [line for each in results for line in wrong_lines(each) if options.wrong]:
            print(f"    {line}")
    unit = "digits" if name == SINGLE_DIGITS else "lines"
    return PhotoSet(name, len(pictures), unit, rows, TUNED[name])


def parse_options() -> Namespace:
    parser = common.argument_parser(__doc__)
    common.add_sets(parser, TUNED)
    common.add_timeout(parser)
    parser.add_argument("--alone", action="store_true", help="measure Inkling only")
    parser.add_argument("--wrong", action="store_true", help="print each line that is not right")
    common.add_json(parser)
    return parser.parse_args()


def main() -> int:
    options = parse_options()
    model = classifier.load(options.network)
    inkling = readers.inkling_reader(options.network, model, options.timeout)
    classify = readers.classifying_reader(options.network, model)
    try:
        others = [] if options.alone else readers.other_readers([RapidOCR.name])
    except MissingRivalError as error:
        print(f"{error} --alone measures Inkling only.", file=sys.stderr)
        return 2
    sets = []
    for name in options.sets or TUNED:
        programs = [inkling, *others]
        if name == SINGLE_DIGITS:
            programs = [inkling, classify]
        found = measure_set(name, options.folder, programs, options)
        if found:
            sets.append(msgspec.to_builtins(found))
    if options.json:
        command = f"{PEOPLE_COMMAND} FOLDER"
        stored = common.merged_results(sets, options.json, command, list(TUNED))
        common.write_figures(stored, options.json, show=False)
    return 0


def _share(part: Interval | None) -> str:
    """A share with its interval, for the terminal."""
    return f"{part.value:.1%} ({part.low:.1%} to {part.high:.1%})" if part else "(none)"


if __name__ == "__main__":
    sys.exit(main())
