"""One reading of the run list: which page to ask for, what its rows mean, and where to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kneo_client.platform.shared_poll import LONGEST_PAGE

if TYPE_CHECKING:
    from kneo_client.platform.run_rows import RunPage
    from kneo_client.platform.shared_poll import SharedPoll

_LONGEST_OFFSET = 10_000
_MANY_TO_FIND = 20
_GOOD_SHARE = 4  # of a page's rows, one in so many has to be looked for, or the next page is not worth its price
_OVERLAP = 0.5  # seconds between a change's time stamp and its being listed
_RECENT = 60.0  # seconds before the last look in which a run that nobody has seen yet was created


class ListRead:
    """One reading of the list, from the newest change downwards."""

    def __init__(self, poll: SharedPoll) -> None:
        self._poll = poll
        with poll.lock:
            self._new = set(poll.new)
        self._first = not poll.newest
        self._searching = self._first or len(self._new) > _MANY_TO_FIND
        self._cut = _cut(poll.newest, poll.settled)
        self._seen: set[str] = set()
        self._others: dict[str, str] = {}
        self._moments: list[str] = []  # of the changes, as far as they were read
        self._offset = 0
        self._limit = poll.first_page()
        self._after = None if self._searching or poll.filters_refused else self._oldest(poll)

    def _oldest(self, poll: SharedPoll) -> str | None:
        with poll.lock:
            known = [run.created_at for run in poll.runs.values() if run.created_at is not None]
        if self._new:
            recent = _moved(poll.newest, -_RECENT)
            return None if recent is None else min([*known, recent])
        return min(known, default=None)

    def query(self) -> dict[str, object]:
        """The next page to ask for."""
        order = {"sort_by": "updated_at", "sort_order": "desc", "created_after": self._after}
        return {**order, "limit": self._limit, "offset": self._offset}

    def take(self, page: RunPage) -> bool:
        """Note what the page says; whether another one is needed."""
        from kneo_client.platform.run_rows import read_row

        poll, found, below = self._poll, 0, False
        for raw in page.runs:
            row = read_row(raw)
            if row is None:
                continue
            moment = row.updated_at if isinstance(row.updated_at, str) else ""
            below = below or (bool(moment) and moment < self._cut)
            self._moments.append(moment)
            created = row.created_at if isinstance(row.created_at, str) else None
            if row.id in poll.runs:
                found += row.id in self._new
                self._seen.add(row.id)
                poll.saw_row(row, raw)
            elif created is not None:
                self._others[row.id] = created
        poll.matching = page.total
        return self._wants_more(len(page.runs), found, below=below)

    def _wants_more(self, rows: int, found: int, *, below: bool) -> bool:
        changes = not self._first and not below
        findable = found * _GOOD_SHARE >= rows
        search = self._searching and findable and not self._new <= self._seen
        full = rows >= self._limit
        self._offset += rows
        self._limit = min(4 * self._limit, LONGEST_PAGE)
        if full and (changes or search) and self._offset <= _LONGEST_OFFSET:
            return True
        self._finish(whole=not (full and changes))
        self._poll.later = self._new - self._seen if self._searching and findable else set()
        return False

    def _finish(self, *, whole: bool) -> None:
        """Remember where the next look may stop."""
        poll, before = self._poll, self._poll.newest
        newest = max([before, *self._moments])
        with poll.lock:
            poll.settled, poll.newest = before, newest
            cut = _cut(newest, before)
            again = sum(moment >= cut for moment in self._moments)
            fresh = 0 if self._first else sum(moment > before for moment in self._moments)
            poll.expected = again + 1.3 * fresh
            poll.recent = dict(list(self._others.items())[:LONGEST_PAGE])
            if not whole:  # there were more changes than can be listed: who was not among them may have changed
                for run_id, run in poll.runs.items():
                    if run_id not in self._seen:
                        run.created_at = None


def _cut(newest: str, settled: str) -> str:
    """Where a reading may stop: all before was listed, as of a time when it could be."""
    return max(_moved(newest, -_OVERLAP) or newest, settled)


def _moved(moment: str, seconds: float) -> str | None:
    """The moment so many seconds later, or None for a text that is none."""
    from datetime import datetime, timedelta

    try:
        return (datetime.fromisoformat(moment) + timedelta(seconds=seconds)).isoformat()
    except (ValueError, OverflowError):
        return None
