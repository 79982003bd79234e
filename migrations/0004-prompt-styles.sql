-- Pieces of prompts that are kept under a name.

CREATE TABLE prompt_style (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  prompt TEXT NOT NULL,
  negative TEXT NOT NULL
) STRICT;
