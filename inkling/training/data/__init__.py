"""The data sets: their catalogue, files and readers, and the batches that training sees.

Imports `augment`, `storage`, `recognition` and `imaging`. Only `batches` needs Keras.
"""
