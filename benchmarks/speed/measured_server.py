"""Streamlit serving the app with every run of a script timed; for benchmarks/speed/live.py.

    python benchmarks/speed/measured_server.py FILE [--predict] run app.py [Streamlit's options]

Writes a line a run to FILE: milliseconds on the clock and of the processor, with the garbage that
Streamlit collects after it, and whether it asked the network. With --predict Keras'
`model.predict` answers in LiteRT's place, as in most digit apps.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner  # noqa: E402
from streamlit.web import cli  # noqa: E402

from inkling.recognition import classifier  # noqa: E402


def time_runs(path: Path) -> None:
    """Write down how long every run takes."""
    run, ask = ScriptRunner._run_script, classifier.Classifier.probabilities
    asked: set[int] = set()

    def noted(self: classifier.Classifier, glyphs: Any) -> Any:
        asked.add(threading.get_ident())
        return ask(self, glyphs)

    def timed(self: ScriptRunner, rerun_data: Any) -> None:
        asked.discard(threading.get_ident())
        wall, own = time.perf_counter(), time.thread_time()
        run(self, rerun_data)
        wall, own = time.perf_counter() - wall, time.thread_time() - own
        kind = "asked" if threading.get_ident() in asked else "other"
        with path.open("a", encoding="ascii") as file:
            file.write(f"{1000 * wall:.2f} {1000 * own:.2f} {kind}\n")

    ScriptRunner._run_script = timed  # type: ignore[method-assign]
    classifier.Classifier.probabilities = noted  # type: ignore[method-assign]


def answer_by_predict() -> None:
    """Let Keras answer, glyph by glyph."""
    import keras
    import numpy as np

    from inkling.paths import model_folder

    model = keras.models.load_model(model_folder() / "digits" / "model.keras", safe_mode=True)
    model.predict(np.zeros((1, 28, 28, 1), np.float32), verbose=0)

    def probabilities(_self: classifier.Classifier, glyphs: Any) -> Any:
        rows = [model.predict(glyph[None, ..., None] / 255.0, verbose=0)[0] for glyph in glyphs]
        return np.array(rows, np.float32).reshape(len(glyphs), -1)

    classifier.Classifier.probabilities = probabilities  # type: ignore[method-assign]


def main() -> None:
    path = Path(sys.argv.pop(1))
    if sys.argv[1] == "--predict":
        sys.argv.pop(1)
        answer_by_predict()
    time_runs(path)
    cli.main()


if __name__ == "__main__":
    main()
