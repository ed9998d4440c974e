"""What travels between a bench and the node (DESIGN 5): shapes, limits and words. No I/O.

JSON by msgspec; bytes are base64. Bodies of events are carried as raw JSON, so that their bytes, and with
them their hashes, survive. `POST /api/v1/sync` takes an `Exchange` and gives an `Answer`, or a `Refusal`.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Annotated, TypeVar

import msgspec

from kiosk.core.checkpoint import Checkpoint
from kiosk.core.errors import FormatError, TooLarge
from kiosk.core.event import SALT_SIZE, Form, Leaf, Whole
from kiosk.core.note import Note
from kiosk.core.tree import HASH_SIZE

SYNC_PATH = "/api/v1/sync"
ENROL_PATH = "/api/v1/enrol"
TRUST_PATH = "/api/v1/trust"

MAX_EVENTS = 500
MAX_BODIES = 256 * 1024
"""Bytes of bodies after which a batch ends; the last event may reach beyond it."""
MAX_SENT = 1 << 20
MAX_UNPACKED = 4 << 20
WORTH_PACKING = 1024
MAX_LISTS = 200
MAX_LIST = 32 * 1024
"""So many trust lists at once, of so many characters each."""

NODE = "Safe-Bench-Node"
SOURCE = "Safe-Bench-Source"
COUNTER = "Safe-Bench-Counter"
KEY = "Safe-Bench-Key"
"""On answers about enrolment: the node's public key in hex, to be held against the code's fingerprint."""
ASKED = ("@method", "@path", "content-digest", NODE.lower(), SOURCE.lower(), COUNTER.lower())
"""What the signature of a request covers."""
ANSWERED = ("@status", "content-digest", SOURCE.lower(), COUNTER.lower())
"""What the signature of an answer covers."""

STATUSES = {
    "gap": 409,
    "fork": 409,
    "replay": 409,
    "signature": 401,
    "unknown": 403,
    "revoked": 403,
    "code": 403,
    "too-large": 413,
    "format": 400,
    "wait": 429,
}
"""The HTTP status of each kind of refusal."""


def _bytes(size: int, pattern: str) -> msgspec.Meta:
    """So many bytes; `pattern` is their base64's, for whoever reads the schema."""
    return msgspec.Meta(min_length=size, max_length=size, extra_json_schema={"pattern": pattern})


Size = Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)]
SOURCE_PATTERN = r"^[a-z0-9][a-z0-9-]{0,39}\.[0-9]{1,6}[a-z0-9]{4}\Z"
SourceName = Annotated[str, msgspec.Meta(pattern=SOURCE_PATTERN)]
Carried = tuple[bytes, msgspec.Raw] | bytes
"""An event on its way: its salt and body, or its 32 bytes."""
TrustLists = Annotated[
    list[Annotated[str, msgspec.Meta(max_length=MAX_LIST)]], msgspec.Meta(max_length=MAX_LISTS)
]
"""Signed trust lists, oldest first."""


class Batch(msgspec.Struct, frozen=True):
    """Events `first`, `first` + 1, … of a source, and its signed checkpoint at the last of them."""

    source: SourceName
    first: Annotated[int, msgspec.Meta(ge=1, lt=1 << 53)]
    events: Annotated[list[Carried], msgspec.Meta(min_length=1, max_length=MAX_EVENTS)]
    checkpoint: Annotated[str, msgspec.Meta(max_length=4096)]

    @classmethod
    def of(cls, source: str, first: int, forms: Sequence[Form], checkpoint: str) -> Batch:
        """The batch of these forms."""
        events = [
            form.leaf if isinstance(form, Leaf) else (form.salt, msgspec.Raw(form.body)) for form in forms
        ]
        return cls(source, first, events, checkpoint)

    @property
    def last(self) -> int:
        """The number of its last event."""
        return self.first + len(self.events) - 1

    def forms(self) -> list[Form]:
        """The events as they are stored; FormatError when a salt or a leaf has not its size."""
        forms: list[Form] = []
        for event in self.events:
            if isinstance(event, bytes):
                if len(event) != HASH_SIZE:
                    raise FormatError("An event is not 32 bytes.")
                forms.append(Leaf(event))
            else:
                salt, body = event
                if len(salt) != SALT_SIZE:
                    raise FormatError("A salt is not 12 bytes.")
                forms.append(Whole(salt, bytes(body)))
        if sum(len(form[-1]) for form in forms[:-1]) > MAX_BODIES:
            raise TooLarge("That is too much for one batch.")
        return forms

    def signed(self, network: str) -> tuple[Note, Checkpoint]:
        """Its checkpoint, not yet checked; FormatError when it is of another log or another size."""
        note = Note.parse(self.checkpoint)
        checkpoint = Checkpoint.parse(note.text)
        if checkpoint.origin != f"{network}/{self.source}" or checkpoint.size != self.last:
            raise FormatError("The checkpoint is not that of the batch's end.")
        return note, checkpoint


class Exchange(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a bench asks: `epoch` is the node's source that `cursor` belongs to, "" at first.

    `trust`: the version of the trust list that it holds, nought when it holds none.
    """

    epoch: Annotated[str, msgspec.Meta(max_length=60)]
    cursor: Size
    batch: Batch | None = None
    trust: Size = 0


class Cosigned(msgspec.Struct, frozen=True):
    """The acknowledgement: the node's cosignature line on the batch's source at exactly `size`."""

    size: Size
    line: Annotated[str, msgspec.Meta(max_length=1024)]


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the node answers.

    `node`: the node's present source; "" from a node that does not know the bench yet. `held`: sizes by
    source, of all that it holds when the cursor began anew, else of those that grew. `quarantined`: the
    events of the batch that could not be applied, with the reason. `trust`: lists newer than the bench's.
    """

    node: Annotated[str, msgspec.Meta(pattern=SOURCE_PATTERN + r"|^\Z")]
    cursor: Size
    held: dict[str, Size] = {}
    cosignature: Cosigned | None = None
    batches: list[Batch] = []
    more: bool = False
    quarantined: dict[Size, str] = {}
    trust: TrustLists = []


class Refusal(msgspec.Struct, frozen=True, omit_defaults=True):
    """A signed no. `held`: up to where the node could follow, or (`replay`) the last counter it took.

    `sources`, with `unknown`: how much it holds of its own logs, so that the bench can give the rest back.
    """

    refused: str
    detail: str
    held: Size = 0
    sources: dict[str, Size] = {}


Secret = Annotated[bytes, _bytes(10, "^[A-Za-z0-9+/]{13}[AQgw]==$")]
PublicKey = Annotated[bytes, _bytes(32, "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$")]


class Enrol(msgspec.Struct, frozen=True):
    """What a new bench asks: the secret of its code and its own public key."""

    secret: Secret
    key: PublicKey
    version: Annotated[str, msgspec.Meta(max_length=40)] = ""


class Enrolled(msgspec.Struct, frozen=True, omit_defaults=True):
    """What it is told. `former`: the newest log that the node has of a bench whose place it takes.

    `trust`: the node's trust lists, whose roots the bench pins with the node's key.
    """

    network: Annotated[str, msgspec.Meta(pattern=r"^[^\s/+]{1,80}$")]
    bench: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    node_key: PublicKey
    node: SourceName
    former: str = ""
    trust: TrustLists = []


Message = TypeVar("Message", bound=msgspec.Struct)
_ENCODER = msgspec.json.Encoder()


def encode(message: msgspec.Struct) -> bytes:
    """A message as JSON."""
    return _ENCODER.encode(message)


def decode(raw: bytes, kind: type[Message]) -> Message:
    """A message of this kind; FormatError when it is not one."""
    try:
        raw.decode()
        return msgspec.json.decode(raw, type=kind)
    except RecursionError:
        raise FormatError("It is nested too deeply.") from None
    except (msgspec.MsgspecError, ValueError) as error:
        raise FormatError(f"It does not read: {str(error)[:200]}.") from None


def pack(body: bytes) -> tuple[bytes, str]:
    """A body as it is sent, and its Content-Encoding ("" for none). gzip level 1: a quarter of 6's time."""
    if len(body) < WORTH_PACKING:
        return body, ""
    packer = zlib.compressobj(1, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush(), "gzip"


def unpack(sent: bytes, encoding: str, limit: int = MAX_UNPACKED) -> bytes:
    """A body as it was before it was sent. TooLarge beyond `limit`; FormatError when cut off or not gzip."""
    if encoding in ("", "identity"):
        return sent
    if encoding != "gzip":
        raise FormatError("It is packed in a way that is not known here.")
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        body = unpacker.decompress(sent, limit + 1)
    except zlib.error:
        raise FormatError("It does not unpack.") from None
    if len(body) > limit:
        raise TooLarge("It is too large once unpacked.")
    if not unpacker.eof or unpacker.unused_data:
        raise FormatError("It was cut off.")
    return body


def _carried(form: Form) -> Carried:
    return form.leaf if isinstance(form, Leaf) else (form.salt, msgspec.Raw(form.body))
