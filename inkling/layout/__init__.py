"""Layout: where the digits, the lines and the table cells of a picture are.

May import: `inkling.imaging` and the modules below it.
"""
