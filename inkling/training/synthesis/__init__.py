"""Synthetic lines of handwriting, made of the data sets' characters, to train the line model.

Imports `data`, `augment` and `imaging`, and the image size of `recognition`; no Keras.
"""
