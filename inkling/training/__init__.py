"""Learning: data, augmentation, networks, training, evaluation and export.

Everything that needs TensorFlow or Keras lives here; nothing that serves imports it.
"""
