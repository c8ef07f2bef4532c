"""Folders that are still there after the power went: every new name is synced with the folder it is in."""

import os
from pathlib import Path


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """A folder with all above it; those that are there stay as they are."""
    if not folder.is_dir():
        make_folder(folder.parent, mode)
        folder.mkdir(mode=mode, exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Names in this folder are safe on disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
