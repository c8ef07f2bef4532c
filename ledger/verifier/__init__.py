"""Checks a pack without us: two single files, which import nothing of ours and are imported by nobody."""
