"""Counts assertions: each is one line of the output and one in the summary; none stops the others."""

import json
import traceback

from googleapiclient.errors import HttpError


class Checks:
    """The assertions of one run, by story."""

    def __init__(self):
        self.story = ""
        self.done = []

    def _note(self, what, good, why=""):
        self.done.append({"story": self.story, "what": what, "good": good, "why": why})
        sign = "ok    " if good else "FAILED"
        print(f"{sign} {self.story}: {what}{'' if good else ': ' + why}", flush=True)
        return good

    def equal(self, what, got, want):
        return self._note(what, got == want, f"got {got!r}, wanted {want!r}")

    def true(self, what, got, context=None):
        return self._note(what, bool(got), f"got {got!r}, {context!r}")

    def has(self, what, got, want):
        """Every member of `want` is in `got` with the same value, at any depth."""
        return self._note(what, holds(got, want), f"got {got!r}, wanted it to hold {want!r}")

    def refused(self, what, ask, status, reason=None):
        """Calling `ask` ends in the client's HttpError with this status and reason; None is any, where Google doesn't say."""
        try:
            got = ask()
        except HttpError as error:
            seen = (error.status_code, reason_of(error))
            good = status in (None, seen[0]) and reason in (None, seen[1])
            self._note(what, good, f"refused with {seen} {error.reason!r}, wanted {(status, reason)}")
            return error
        self._note(what, False, f"not refused but answered {got!r}, wanted {(status, reason)}")
        return None

    def raises(self, what, kind, ask):
        """Calling `ask` raises this kind of error."""
        try:
            got = ask()
        except kind as error:
            self._note(what, True)
            return error
        except Exception as error:  # Another error is a failed assertion, not the end of the run.
            self._note(what, False, f"raised {error!r}, wanted {kind.__name__}")
            return None
        self._note(what, False, f"answered {got!r}, wanted {kind.__name__}")
        return None

    def tell(self, name, story, *arguments):
        """Runs a story. One that breaks off is a failed assertion."""
        self.story = name
        try:
            return story(self, *arguments)
        except Exception as error:  # Whatever it is, the other stories go on.
            traceback.print_exc()
            self._note("the story comes to its end", False, repr(error))
            return None

    def summary(self):
        passed = sum(check["good"] for check in self.done)
        return {"passed": passed, "failed": len(self.done) - passed, "checks": self.done}


def holds(got, want):
    if isinstance(want, dict):
        return isinstance(got, dict) and all(holds(got.get(key), value) for key, value in want.items())
    return got == want


def reason_of(error):
    """The machine-readable reason in either of Google's envelopes."""
    try:
        body = json.loads(error.content)["error"]
    except (ValueError, KeyError, TypeError):
        return None
    if not isinstance(body, dict):
        return body
    entries = body.get("errors") or [{}]
    return entries[0].get("reason")
