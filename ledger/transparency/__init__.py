"""One tamper-evident log per ledger, in the C2SP tlog formats: what outside tools can check."""
