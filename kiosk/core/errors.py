"""Every error that crosses a module's border, in one tree.

SafeBenchError
  Refused              a person asked for something that cannot be: one plain sentence (exit 1)
    NodeRefused        the node said no, and signed that: asking again gives the same answer
    Untrusted          a trust list that does not follow on the one that is known
  TryLater             it may work in a while: locked, no network (exit 75)
    NoWayThrough       no answer that the pinned node has signed came back
  JournalError
    Gap                events would leave a hole in their source
    Fork               two histories of one source
    Invalid            an event that its declaration does not allow
    Damaged            what is stored no longer gives what was signed
    NotSaved           the disk refused: full, read-only, or failing
  FormatError          a note, checkpoint, proof or batch that does not parse
    TooLarge           more than the protocol allows
  SignatureError       a signature that is missing or not from the key it names
"""

from __future__ import annotations

from collections.abc import Mapping


class SafeBenchError(Exception):
    """The root: `str()` of any of these is a sentence in English that a person can read.

    `sentence` has a `{named}` place for each of the `facts`, so that a page says it in the reader's language
    (`web.words.say`); those that a page shows are marked with `core.sentences.N_`.
    """

    def __init__(self, sentence: str = "", **facts: object) -> None:
        super().__init__(sentence.format(**facts) if facts else sentence)
        self.sentence = sentence
        self.facts = facts


class Refused(SafeBenchError):
    """Asked for something that cannot be done; nothing was changed."""


class TryLater(SafeBenchError):
    """Cannot be done now, may be done later; nothing was changed."""


class NodeRefused(Refused):
    """A signed refusal of an exchange. `kind` is one of the protocol's words; `held` a size or counter.

    `sources`: with `unknown`, how much the node has of its own logs.
    """

    def __init__(
        self, kind: str, sentence: str, held: int = 0, sources: Mapping[str, int] | None = None
    ) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.held = held
        self.sources = sources or {}


class Untrusted(Refused):
    """A trust list that is not of this network, not newer, not signed by the known roots, or over."""


class NoWayThrough(TryLater):
    """Nothing signed by the pinned node came back: no network, a captive portal, a broken proxy.

    `wait`: for how many seconds something on the way asked to be left alone. `slow`: the time ran out.
    """

    def __init__(self, sentence: str, *, wait: float = 0.0, slow: bool = False) -> None:
        super().__init__(sentence)
        self.wait = wait
        self.slow = slow


class JournalError(SafeBenchError):
    """The journal did not take or could not give an event."""


class Gap(JournalError):
    """Events were offered that do not follow on what is held."""


class Fork(JournalError):
    """A source shows two histories: its new events do not extend what it signed before.

    `agreed`: up to which event both histories are known to be the same.
    """

    def __init__(self, sentence: str, agreed: int = 0) -> None:
        super().__init__(sentence)
        self.agreed = agreed


class Invalid(JournalError):
    """An event is not of the shape, writer or scope that its type declares."""


class Damaged(JournalError):
    """What the database holds does not give the root that was signed."""


class NotSaved(JournalError):
    """The disk did not keep it: what was being written is not stored."""


class FormatError(SafeBenchError):
    """Bytes that are not what their place in the protocol asks for."""


class TooLarge(FormatError):
    """Larger, once unpacked, than the protocol allows."""


class SignatureError(SafeBenchError):
    """A signature is missing, wrong, or by an unknown key."""
