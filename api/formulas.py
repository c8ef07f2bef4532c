"""What others wrote stays text in a sheet: a spreadsheet takes some of it for a formula, and runs it."""

STARTS = tuple("=+-@\t\r\n＝＋－＠")


def guarded(text: str) -> str:
    """A text no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(STARTS) else text
