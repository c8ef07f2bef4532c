"""May this be done? Then write it down: commands, events, rules and the store. Knows nothing of the web or of views."""
