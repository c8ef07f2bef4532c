"""Whole fen, balanced postings, the names of accounts."""
