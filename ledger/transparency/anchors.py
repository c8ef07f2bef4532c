"""Time stamps of checkpoints (RFC 3161) by an authority that courts believe and no operator can call back.

Nothing here asks the network: a person carries the request there and the answer back. Only what the authority
signed over a checkpoint of this log is kept. What reads it is an extra, `anchors`.
"""

import hashlib
from datetime import datetime
from typing import Any, NamedTuple

from cryptography import x509

from ledger.errors import LedgerError
from ledger.transparency.checkpoint import checkpoint_of
from ledger.transparency.log_folder import LogFolder


class AnchorRefused(LedgerError):
    """There is nothing to stamp, or what came back is no time stamp of this log by that authority."""

    code = "anchor.refused"


class Anchored(NamedTuple):
    """How many records a stamped checkpoint has, and since when it was there for certain."""

    size: int
    at: datetime


def request(files: LogFolder) -> bytes:
    """A TimeStampReq for the checkpoint readers see. Errors: `AnchorRefused`."""
    note = files.checkpoint()
    if note is None:
        raise AnchorRefused("anchor.nothing-signed")
    rfc3161 = _rfc3161()
    made: bytes = rfc3161.TimestampRequestBuilder(note, rfc3161.HashAlgorithm.SHA256).build().as_bytes()
    return made


def keep(files: LogFolder, answer: bytes, roots: bytes) -> Anchored:
    """Keep an answer (a TimeStampResp) that is over a checkpoint of this log and signed under a root.

    `roots`: the authority's own certificates (PEM), from its website or a court, never from the answer.
    Errors: `AnchorRefused`.
    """
    rfc3161 = _rfc3161()
    try:
        trusted = x509.load_pem_x509_certificates(roots)
    except ValueError as error:
        raise AnchorRefused("anchor.roots-unreadable", reason=str(error)) from error
    try:
        response = rfc3161.decode_timestamp_response(answer)
        if response.status == rfc3161.PKIStatus.REJECTION:
            raise AnchorRefused("anchor.rejected", reason=", ".join(response.status_string) or "REJECTION")
        imprint = bytes(response.tst_info.message_imprint.message)
    except ValueError as error:
        raise AnchorRefused("anchor.unreadable", reason=str(error)) from error
    stamped = next((note for note in files.notes() if _sha256(str(note).encode()) == imprint), None)
    if stamped is None:
        raise AnchorRefused("anchor.of-no-checkpoint")
    try:
        rfc3161.VerifierBuilder(roots=trusted).build().verify_message(response, str(stamped).encode())
    except rfc3161.VerificationError as error:
        raise AnchorRefused("anchor.not-signed", reason=str(error)) from error
    size = checkpoint_of(stamped.text).size
    files.keep_anchor(f"{size}-{_sha256(answer).hex()[:8]}.tsr", answer)
    return Anchored(size, response.tst_info.gen_time)


def _sha256(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


def _rfc3161() -> Any:
    try:
        import rfc3161_client  # noqa: PLC0415  who needs no time stamps need not install it
    except ImportError as error:
        raise AnchorRefused("anchor.not-installed") from error
    return rfc3161_client
