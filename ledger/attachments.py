"""Files that belong to an event: public ones by name and digest, of others only commitments (rule 7)."""

from collections.abc import Iterable

from ledger.errors import Refused
from ledger.events import Attachment
from ledger.fields import Personal
from ledger.store.files import subject_of
from ledger.store.vault import Upload, Vault


def attached(vault: Vault, ledger: str, digests: Iterable[str]) -> tuple[Attachment, ...]:
    """The attachments of a command, as they were uploaded to its ledger; each once.

    Errors: `Refused` for a digest nobody uploaded there.
    """
    return tuple(_attachment(vault.upload(ledger, sha256), sha256) for sha256 in dict.fromkeys(digests))


def _attachment(upload: Upload | None, sha256: str) -> Attachment:
    if upload is None:
        raise Refused("attachment.unknown", attachment=sha256)
    name, digest = upload.name, upload.sha256
    if upload.tier == "public":
        return Attachment(name=name, sha256=digest, size=upload.size, tier=upload.tier, type=upload.type)
    return Attachment(
        name=Personal.of(subject_of(digest), name),  # a name tells as much as a face
        sha256=Personal.of(subject_of(digest), digest),
        size=upload.size,
        tier=upload.tier,
        type=upload.type,
    )
