"""Synthetic pages: pictures of handwriting with every digit's place, to train the page model.

`make.make_page` is the way in. Imports the other modules of `synthesis`; no Keras.
"""
