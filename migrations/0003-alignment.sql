-- What pictures show of their words: the marks of their own attention, and what was measured.

CREATE TABLE image_alignment (
  image_id INTEGER PRIMARY KEY REFERENCES image (id) ON DELETE CASCADE,
  -- [{"word", "share"}] in the order of the prompt.
  first TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(first)),
  measured TEXT CHECK (measured IS NULL OR json_valid(measured))
) STRICT;

CREATE TABLE image_heat (
  image_id INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
  source TEXT NOT NULL CHECK (source IN ('first', 'measured')),
  word TEXT NOT NULL,
  width INTEGER NOT NULL CHECK (width > 0),
  height INTEGER NOT NULL CHECK (height > 0),
  -- One byte for each place, rows from the top: 0 coldest, 255 hottest.
  bytes BLOB NOT NULL CHECK (length(bytes) = width * height),
  PRIMARY KEY (image_id, source, word)
) STRICT, WITHOUT ROWID;
