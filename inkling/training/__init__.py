"""Training: data, augmentation, networks, evaluation and export. All that needs TensorFlow.

May import everything except `cli` and `ui`; nothing that serves imports it.
"""
