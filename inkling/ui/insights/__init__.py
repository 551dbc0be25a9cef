"""The sections of the Insights page; `charts` draws their figures.

Each section is a module with a function `section(report)`. May import `ui.shared`, the drawing from
`ui.draw`, and everything below `ui`. Numpy, OpenCV and the explanations are imported inside
functions only, so that the first page is painted sooner.
"""
