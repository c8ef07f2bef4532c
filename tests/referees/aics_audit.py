"""Run by the Python that has aics-tlog: FOLDER LOG-VKEY WITNESS-VKEY...; 3, and why, if not sound."""

import sys
from pathlib import Path

from aics_tlog import audit_tiles, verify_checkpoint
from aics_tlog.checkpoint import checkpoint_from_note
from aics_tlog.note import parse_vkey
from aics_tlog.tiles import FileSystemTileReader

folder, *vkeys = sys.argv[1:]
log, *witnesses = map(parse_vkey, vkeys)
try:
    checkpoint, note = checkpoint_from_note(Path(folder, "checkpoint").read_bytes())
    verified = verify_checkpoint(note, log, witnesses, quorum=len(witnesses))
    if not verified.ok:
        raise ValueError(verified.error)
    audited = audit_tiles(FileSystemTileReader(folder), checkpoint.size, checkpoint.root)
except ValueError as error:
    print(error)
    sys.exit(3)
print(audited.size, audited.tiles, audited.bundles)
