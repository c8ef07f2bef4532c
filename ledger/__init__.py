"""May this be done? Then write it down: commands, events, the store. Knows nothing of the web or of views."""
