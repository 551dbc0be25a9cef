"""Streamlit serving the app, with every run of a script timed; for benchmarks/speed/live.py.

    python benchmarks/speed/measured_server.py FILE [--predict] run app.py [Streamlit's options]

Writes a line per run to FILE: wall-clock and processor time in milliseconds, including Streamlit's
garbage collection after the run, and "network" if the run used the network, else "other". With
--predict, Keras' `model.predict` answers instead of LiteRT, as in most digit apps.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.web import cli

from inkling.recognition.classifier import Classifier


def time_runs(path: Path) -> None:
    """Write the time of every run to a file."""
    run, probabilities = ScriptRunner._run_script, Classifier.probabilities
    threads_using_network: set[int] = set()

    def noted(self: Classifier, glyphs: Any) -> Any:
        threads_using_network.add(threading.get_ident())
        return probabilities(self, glyphs)

    def timed(self: ScriptRunner, rerun_data: Any) -> None:
        threads_using_network.discard(threading.get_ident())
        wall, cpu = time.perf_counter(), time.thread_time()
        run(self, rerun_data)
        wall, cpu = time.perf_counter() - wall, time.thread_time() - cpu
        kind = "network" if threading.get_ident() in threads_using_network else "other"
        with path.open("a", encoding="ascii") as file:
            file.write(f"{1000 * wall:.2f} {1000 * cpu:.2f} {kind}\n")

    setattr(ScriptRunner, "_run_script", timed)  # noqa: B010
    setattr(Classifier, "probabilities", noted)  # noqa: B010


def answer_with_keras() -> None:
    """Let Keras' `model.predict` answer, one glyph at a time."""
    import keras
    import numpy as np

    from inkling.paths import model_folder

    model = keras.models.load_model(model_folder() / "digits" / "model.keras", safe_mode=True)
    model.predict(np.zeros((1, 28, 28, 1), np.float32), verbose=0)

    def probabilities(_self: Classifier, glyphs: Any) -> Any:
        rows = [model.predict(glyph[None, ..., None] / 255.0, verbose=0)[0] for glyph in glyphs]
        return np.array(rows, np.float32).reshape(len(glyphs), -1)

    setattr(Classifier, "probabilities", probabilities)  # noqa: B010


def main() -> None:
    path = Path(sys.argv.pop(1))
    if sys.argv[1] == "--predict":
        sys.argv.pop(1)
        answer_with_keras()
    time_runs(path)
    cli.main()


if __name__ == "__main__":
    main()
