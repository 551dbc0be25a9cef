"""The end of a run: calibration, measurements and the report of a trained network.

May import the rest of `inkling.training` except `run` and `tuning`, and everything below it.
"""
