-- Pictures, jobs, documents, feedback, boards, tags, settings and models. Never edited once landed.
-- An image's id is its place in the gallery: created_ms * 1024 + a counter, so that paging, full-text search,
-- boards and tags all walk in the same order without sorting.

CREATE TABLE library (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  uuid TEXT NOT NULL,
  is_open INTEGER NOT NULL DEFAULT 0 CHECK (is_open IN (0, 1)),
  is_paused INTEGER NOT NULL DEFAULT 0 CHECK (is_paused IN (0, 1)),
  pause_reason TEXT
) STRICT;

CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;

CREATE TABLE job (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
  request TEXT NOT NULL CHECK (json_valid(request)),
  priority INTEGER NOT NULL DEFAULT 0,
  queue_order REAL NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  created_ms INTEGER NOT NULL,
  started_ms INTEGER,
  ended_ms INTEGER,
  failure TEXT CHECK (failure IS NULL OR json_valid(failure)),
  notes TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(notes))
) STRICT;
CREATE INDEX job_waiting ON job (priority DESC, queue_order, id) WHERE state = 'waiting';
CREATE INDEX job_state ON job (state, id);

CREATE TABLE image_folder (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  path TEXT NOT NULL UNIQUE,
  added_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE image (
  id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
  created_ms INTEGER NOT NULL,
  width INTEGER NOT NULL CHECK (width > 0),
  height INTEGER NOT NULL CHECK (height > 0),
  format TEXT NOT NULL CHECK (format IN ('png', 'jpeg', 'webp')),
  size_bytes INTEGER NOT NULL,
  -- Null: the file is the library's own, named by its hash.
  folder_id INTEGER REFERENCES image_folder (id),
  path TEXT,
  modified_ms INTEGER,
  recipe TEXT CHECK (recipe IS NULL OR json_valid(recipe)),
  foreign_settings TEXT CHECK (foreign_settings IS NULL OR json_valid(foreign_settings)),
  job_id INTEGER REFERENCES job (id) ON DELETE SET NULL,
  picture INTEGER,
  rating INTEGER CHECK (rating BETWEEN 1 AND 5),
  flag TEXT CHECK (flag IN ('pick', 'reject')),
  is_starred INTEGER NOT NULL DEFAULT 0 CHECK (is_starred IN (0, 1)),
  is_missing INTEGER NOT NULL DEFAULT 0 CHECK (is_missing IN (0, 1)),
  trashed_ms INTEGER,
  CHECK ((folder_id IS NULL) = (path IS NULL))
) STRICT;
CREATE UNIQUE INDEX image_of_job ON image (job_id, picture) WHERE job_id IS NOT NULL;
CREATE UNIQUE INDEX image_in_place ON image (folder_id, path) WHERE folder_id IS NOT NULL;
CREATE UNIQUE INDEX image_visible ON image (id) WHERE trashed_ms IS NULL;
CREATE INDEX image_trashed ON image (id) WHERE trashed_ms IS NOT NULL;
CREATE INDEX image_rated ON image (id, rating) WHERE rating IS NOT NULL;
CREATE INDEX image_flagged ON image (flag, id) WHERE flag IS NOT NULL;
CREATE INDEX image_starred ON image (id) WHERE is_starred = 1;
CREATE INDEX image_day ON image (created_ms / 86400000, id) WHERE trashed_ms IS NULL;

CREATE VIRTUAL TABLE image_text USING fts5 (
  prompt, negative, tags, other,
  content = '', contentless_delete = 1, prefix = '2 3 4 5 6', tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE tag (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE image_tag (
  tag_id INTEGER NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
  image_id INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
  PRIMARY KEY (tag_id, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_of_image ON image_tag (image_id);

CREATE TABLE board (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE board_image (
  board_id INTEGER NOT NULL REFERENCES board (id) ON DELETE CASCADE,
  image_id INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
  PRIMARY KEY (board_id, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX board_of_image ON board_image (image_id);

CREATE TABLE feedback (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  image_id INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  undone_ms INTEGER
) STRICT;
CREATE INDEX feedback_of_image ON feedback (image_id, id);

CREATE TABLE document (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  -- `state` is the document as it was after change number `state_sequence`; `sequence` is where it stands now.
  state TEXT NOT NULL CHECK (json_valid(state)),
  state_sequence INTEGER NOT NULL DEFAULT 0,
  sequence INTEGER NOT NULL DEFAULT 0,
  created_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL,
  trashed_ms INTEGER
) STRICT;

CREATE TABLE document_change (
  document_id INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  label TEXT NOT NULL,
  edits TEXT NOT NULL CHECK (json_valid(edits)),
  inverse TEXT NOT NULL CHECK (json_valid(inverse)),
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (document_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE document_blob (
  hash TEXT PRIMARY KEY CHECK (length(hash) = 64),
  bytes BLOB NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE model_folder (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  path TEXT NOT NULL UNIQUE,
  layout TEXT NOT NULL,
  added_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE model (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  folder_id INTEGER NOT NULL REFERENCES model_folder (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  family TEXT,
  sentence TEXT NOT NULL,
  is_usable INTEGER NOT NULL CHECK (is_usable IN (0, 1)),
  size_bytes INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  hash TEXT,
  is_missing INTEGER NOT NULL DEFAULT 0 CHECK (is_missing IN (0, 1)),
  UNIQUE (folder_id, path)
) STRICT;
