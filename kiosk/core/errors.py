"""Every error that crosses a module's border, in one tree.

SafeBenchError
  Refused              a person asked for something that cannot be: one plain sentence (exit 1)
  TryLater             it may work in a while: locked, no network (exit 75)
  JournalError
    Gap                events would leave a hole in their source
    Fork               two histories of one source
    Invalid            an event that its declaration does not allow
    Damaged            what is stored no longer gives what was signed
    NotSaved           the disk refused: full, read-only, or failing
  FormatError          a note, checkpoint, proof or batch that does not parse
  SignatureError       a signature that is missing or not from the key it names
"""

from __future__ import annotations


class SafeBenchError(Exception):
    """The root: `str()` of any of these is a sentence that a person can read."""


class Refused(SafeBenchError):
    """Asked for something that cannot be done; nothing was changed."""


class TryLater(SafeBenchError):
    """Cannot be done now, may be done later; nothing was changed."""


class JournalError(SafeBenchError):
    """The journal did not take or could not give an event."""


class Gap(JournalError):
    """Events were offered that do not follow on what is held."""


class Fork(JournalError):
    """A source shows two histories: its new events do not extend what it signed before."""


class Invalid(JournalError):
    """An event is not of the shape, writer or scope that its type declares."""


class Damaged(JournalError):
    """What the database holds does not give the root that was signed."""


class NotSaved(JournalError):
    """The disk did not keep it: what was being written is not stored."""


class FormatError(SafeBenchError):
    """Bytes that are not what their place in the protocol asks for."""


class SignatureError(SafeBenchError):
    """A signature is missing, wrong, or by an unknown key."""
