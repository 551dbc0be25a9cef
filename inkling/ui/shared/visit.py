"""The visit: what a person does in one browser outlives a reload and a dropped connection.

Each page with work to keep has a room: a module that lists what it holds as items, and takes it
back. The visit's id is in a cookie and never in the address, because addresses are shared.

    visit.restore(room)  # before the page uses its state
    visit.keep(room)     # after the state may have changed
    visit.remark(room)   # says so where it is not kept

Two tabs of a browser share a visit. Opening the second one changes nothing. Of what is changed in
both, such as the same page's corrections, the later change is kept.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import streamlit as st

from inkling.storage.rules import (
    StoreError,
    is_visit,
    new_visit,
    storing_is_on,
    visit_hours,
    visit_megabytes,
)
from inkling.ui.shared import phrases
from inkling.ui.shared.component import component
from inkling.ui.shared.job_queue import forget_taught

log = logging.getLogger(__name__)

COOKIE = "inkling-visit"
STATE_KEY = "visit"
# Seconds until a database that failed is tried again.
RETRY_AFTER = 20.0
# Seconds until the first look for visits that are too old, when the first page has long been shown,
# and between two looks.
PRUNE_AFTER, PRUNE_EVERY = 10.0, 600.0

_cookie = component(
    "inkling_visit", '<span class="inkling-visit" hidden></span>\n', js=("shared/visit.js",)
)
_reload = component(
    "inkling_reload",
    '<span class="inkling-reload" hidden></span>\n',
    js=("shared/gone.js", "shared/reload.js"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """A part of what a room holds.

    Attributes:
        name: unique among all rooms; it begins with the room's prefix.
        version: another one, another content: a plain value, or the object itself that is kept.
        content: makes the content.
        replaces: whether it takes the place of what another tab keeps under that name.
    """

    name: str
    version: object
    content: Callable[[], bytes]
    replaces: bool = True


class Room(Protocol):
    """A module that holds work to keep."""

    PREFIX: str

    def items(self) -> Sequence[Item]:
        """What there is to keep, the most important first."""

    def take_back(self, parts: Mapping[str, bytes]) -> None:
        """Add what was kept, by name, to what there is. What is damaged is left out."""

    def has_work(self) -> bool:
        """Whether anything would be lost."""


@dataclass(eq=False)
class Visit:
    """A session's part in a visit.

    Attributes:
        id: the visit's.
        is_new: whether nothing can have been kept of it.
        restored: the prefixes of the rooms that have taken back what was kept.
        saved: by name, the versions that are kept.
        too_large: by name, the versions that did not fit.
        problem: a sentence about why nothing is kept now; empty where all is well.
        has_cookie: whether the browser keeps the id.
        is_forgotten: whether the page is about to start anew.
    """

    id: str
    is_new: bool
    restored: set[str] = field(default_factory=set)
    saved: dict[str, object] = field(default_factory=dict)
    too_large: dict[str, object] = field(default_factory=dict)
    problem: str = ""
    has_cookie: bool = True
    is_forgotten: bool = False
    _next_try: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def adopt(self, other: str) -> None:
        """Go on as part of another visit, which another tab of the browser has begun."""
        before, has_begun = self.id, bool(self.saved)
        self.id, self.is_new = other, False
        self.restored, self.saved, self.too_large = set(), {}, {}
        if has_begun:
            # Everything is saved again under the other id.
            with suppress(StoreError):
                _forget(before)

    def restore(self, room: Room) -> None:
        """Let a room take back what was kept of it, once."""
        with self._lock:
            if room.PREFIX in self.restored or not self._may_try():
                return
            try:
                parts = {} if self.is_new else _load(self.id, room.PREFIX)
            except StoreError as problem:
                self._fail(problem)
                return
            self.restored.add(room.PREFIX)
            if parts:
                room.take_back(parts)
                self.saved |= {
                    each.name: each.version for each in room.items() if each.name in parts
                }

    def keep(self, room: Room) -> None:
        """Save what has changed."""
        self.restore(room)
        with self._lock:
            if self.is_forgotten or room.PREFIX not in self.restored or not self._may_try():
                return
            try:
                self._save(room.PREFIX, room.items())
                self.problem = ""
            except StoreError as problem:
                self._fail(problem)

    def _save(self, prefix: str, items: Sequence[Item]) -> None:
        names = {each.name for each in items}
        gone = [name for name in self.saved if name.startswith(prefix) and name not in names]
        if gone:
            # There is room again.
            self.too_large = {}
        changed = [each for each in items if not self._is_saved(each)]
        if not changed and not gone:
            return
        too_large = self._write(changed, gone)
        if too_large is None:
            # It was pruned, or forgotten in another tab. What is on this page is kept again.
            self.saved, gone, changed = {}, [], list(items)
            too_large = self._write(changed, gone) or []
        for name in gone:
            del self.saved[name]
        for each in changed:
            (self.too_large if each.name in too_large else self.saved)[each.name] = each.version

    def _write(self, changed: Sequence[Item], gone: Sequence[str]) -> list[str] | None:
        """Write items and delete others (see `VisitStore.save`)."""
        from inkling.storage.visits import Part, open_visits

        visits = open_visits()
        if visits is None:
            return []
        parts = [
            Part(each.name, each.content(), each.replaces or each.name in self.saved)
            for each in changed
        ]
        return visits.save(self.id, parts, gone=gone, create=not self.saved)

    def _is_saved(self, item: Item) -> bool:
        for known in (self.saved, self.too_large):
            if item.name in known:
                version = known[item.name]
                is_plain = isinstance(version, str | int | float | tuple)
                if version is item.version or (is_plain and version == item.version):
                    return True
        return False

    def _may_try(self) -> bool:
        return time.monotonic() >= self._next_try

    def _fail(self, problem: StoreError) -> None:
        self.problem = str(problem)
        self._next_try = time.monotonic() + RETRY_AFTER


def begin() -> None:
    """Keep the visit's id in the browser. Call it once per page, outside of fragments."""
    if not storing_is_on():
        return
    visit = session_visit()
    result = _cookie(
        key="visit-cookie",
        data={
            "cookie": COOKIE,
            "visit": visit.id,
            "seconds": round(3600 * _hours()),
        },
        on_found_change=lambda: None,
    )
    found = getattr(result, "found", None)
    if found == "":
        visit.has_cookie = False
    elif isinstance(found, str) and found != visit.id and is_visit(found):
        visit.adopt(found)
    _prune_now_and_then()


def restore(room: Room) -> None:
    """Let a page take back what was kept of its work, once."""
    if storing_is_on():
        session_visit().restore(room)


def keep(room: Room) -> None:
    """Save what has changed on a page. Where nothing has, it costs nothing."""
    if storing_is_on():
        session_visit().keep(room)


def remark(room: Room) -> None:
    """Where work is not kept, say why, and let the browser ask before it is lost."""
    visit = session_visit() if storing_is_on() else None
    sentence = _problem(visit) if visit else ""
    has_work = room.has_work()
    # A part of its own, which is there also when it is empty, so that nothing below it moves.
    with st.container():
        if sentence and has_work:
            st.warning(sentence, icon=":material/save:")
    reloads = visit is not None and visit.is_forgotten
    asks = has_work and not reloads and (visit is None or bool(sentence))
    _reload(key=f"reload-{room.PREFIX[:-1]}", data={"asks": asks, "reloads": reloads})


def section() -> None:
    """Say how long work is kept, and let people delete it."""
    if not storing_is_on():
        st.caption(f"Inkling remembers drawings, pictures and corrections {lifetime()}.")
        return
    st.caption(
        f"Inkling remembers your drawings, pictures and corrections {lifetime()} and shows them in "
        "this browser only. On a computer that others use, too, forget them before you leave."
    )
    st.button(
        "Forget this visit",
        icon=":material/delete_forever:",
        key="forget-visit",
        help="Deletes everything of this visit: drawings, also those saved for training, "
        "pictures, corrections, and what the network was taught",
        on_click=forget,
        width="stretch",
    )


def lifetime() -> str:
    """How long work is remembered, such as "for 24 hours after your last visit"."""
    if not storing_is_on():
        return "until you close or reload this page"
    hours = _hours()
    return f"for {'an hour' if hours == 1 else f'{hours:g} hours'} after your last visit"


def forget() -> None:
    """Delete the visit with everything in it; the page then starts anew (see `remark`)."""
    visit = session_visit()
    forget_taught(owner())
    try:
        _forget(visit.id)
    except StoreError as problem:
        visit.problem = str(problem)
    else:
        visit.is_forgotten = True


def drawings_of() -> str:
    """The name under which the visit's drawings are saved for training; nobody can guess it."""
    return _drawings_of(session_visit().id)


def owner() -> str:
    """Who the visit's trainings and taught models belong to. It does not give its id away."""
    return hashlib.sha256(session_visit().id.encode()).hexdigest()


def session_visit() -> Visit:
    """This session's visit: that of the browser's cookie, or a new one."""
    if STATE_KEY not in st.session_state:
        known = browser_visit()
        st.session_state[STATE_KEY] = Visit(known or new_visit(), is_new=not known)
    visit: Visit = st.session_state[STATE_KEY]
    return visit


def browser_visit() -> str:
    """The id in the browser's cookie; empty where there is none."""
    known = st.context.cookies.get(COOKIE, "")
    # Without a browser, Streamlit's AppTest gives something else.
    return known if isinstance(known, str) and is_visit(known) else ""


def _hours() -> float:
    try:
        return visit_hours()
    except StoreError:
        # Saving says what is wrong with the setting.
        return 1.0


def _problem(visit: Visit) -> str:
    """Why a reload would lose something; empty where it would not."""
    if visit.problem:
        return f"A reload would lose what you do here now. {phrases.plain(visit.problem)}"
    if not visit.has_cookie:
        return "A reload loses what you do here, because this browser keeps no cookies."
    if visit.too_large:
        return (
            f"This visit has more than {visit_megabytes():g} MB. The pictures that were added last "
            "stay until you close or reload the page. Save a project, or remove other pictures."
        )
    return ""


def _load(visit: str, prefix: str) -> dict[str, bytes]:
    from inkling.storage.visits import load_kept

    return load_kept(visit, prefix)


def _forget(visit: str) -> None:
    from inkling.storage.database import database_may_exist
    from inkling.storage.drawings import open_store
    from inkling.storage.visits import open_visits

    if not database_may_exist():
        return
    visits, drawings = open_visits(), open_store()
    if visits is not None and drawings is not None:
        visits.forget(visit)
        drawings.erase(_drawings_of(visit))


def _drawings_of(visit: str) -> str:
    return hashlib.sha256(f"drawings of {visit}".encode()).hexdigest()[:32]


@st.cache_resource(show_spinner=False)
def _prune_now_and_then() -> None:
    """Delete visits that are too old, as long as the process lives."""
    threading.Thread(target=_prune, name="prune-visits", daemon=True).start()


def _prune() -> None:
    time.sleep(PRUNE_AFTER)
    from inkling.storage.database import database_may_exist
    from inkling.storage.visits import open_visits

    while True:
        try:
            visits = open_visits() if database_may_exist() else None
            if visits is not None:
                visits.prune()
        except StoreError as problem:
            log.warning("old visits stay: %s", problem)
        time.sleep(PRUNE_EVERY)
