"""Trained networks as the files of `model/<name>/`: Keras, LiteRT and the browser's.

May import the rest of `inkling.training` except `evaluate`, and everything below it.
"""
