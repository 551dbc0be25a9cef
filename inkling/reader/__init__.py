"""The pipeline, one function per stage: a drawing or a page in, a `Reading` out.

May import `recognition`, `layout` and what lies below them.
"""
