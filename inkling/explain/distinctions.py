"""How to write two digits so that they cannot be confused."""

from __future__ import annotations

# By the two labels in order: pairs that people write alike.
DISTINCTIONS = {
    "01": "close the 0 to a wide ring",
    "06": "start the 6 well above its ring, and close the 0 at the top",
    "08": "cross the 8 in the middle, and keep the 0 empty",
    "17": "give the 7 a longer bar at the top, and the 1 no bar",
    "12": "give the 2 a foot, and the 1 no foot",
    "23": "give the 2 a flat foot, and the 3 a waist",
    "27": "give the 2 a flat foot, and the 7 no foot",
    "28": "leave the 2 open, and close both rings of the 8",
    "35": "make the top of the 5 a flat bar, and the top of the 3 round",
    "38": "leave the 3 open on its left, and close both rings of the 8",
    "39": "close the ring of the 9, and leave the 3 open on its left",
    "46": "close the ring of the 6, and give the 4 a bar across",
    "47": "give the 4 a bar across, and the 7 a flat top",
    "49": "leave the top of the 4 open, and close the ring of the 9",
    "56": "close the ring of the 6, and leave the 5 open",
    "58": "leave the 5 open, and close both rings of the 8",
    "59": "close the ring of the 9, and give the 5 a flat bar at the top",
    "68": "close both rings of the 8, and give the 6 only the lower one",
    "79": "close the ring of the 9, and keep the top of the 7 flat",
    "89": "close the lower ring of the 8, and give the 9 only the upper one",
}
