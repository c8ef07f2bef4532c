"""The law as dated data: rule packs, how they are read, and what of them is in force on a day."""
