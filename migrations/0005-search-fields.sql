-- What the gallery's search finds beside words: the model, the seed, whether painted regions were obeyed, and which
-- words of the prompt were measured to be ignored.

ALTER TABLE image ADD COLUMN model_name TEXT;
ALTER TABLE image ADD COLUMN seed TEXT;
-- Null: no region was painted.
ALTER TABLE image ADD COLUMN obeys_regions INTEGER CHECK (obeys_regions IN (0, 1));

UPDATE image SET
  model_name = coalesce(json_extract(recipe, '$.model.name'), json_extract(foreign_settings, '$.model')),
  seed = coalesce(json_extract(recipe, '$.seed'), json_extract(foreign_settings, '$.seed')),
  obeys_regions = CASE WHEN coverage IS NULL OR json_array_length(coverage) = 0 THEN NULL
    ELSE (SELECT min(json_extract(value, '$.isObeyed')) FROM json_each(coverage)) END;

CREATE INDEX image_model ON image (model_name, id) WHERE trashed_ms IS NULL;
CREATE INDEX image_seed ON image (seed, id) WHERE seed IS NOT NULL;
CREATE INDEX image_obeys ON image (obeys_regions, id) WHERE obeys_regions IS NOT NULL;

CREATE TABLE image_ignored (
  image_id INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
  word TEXT NOT NULL COLLATE NOCASE,
  PRIMARY KEY (image_id, word)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO image_ignored (image_id, word)
SELECT image_id, json_extract(value, '$.word') FROM image_alignment, json_each(measured, '$.report.words')
WHERE measured IS NOT NULL AND json_extract(value, '$.score.verdict') = 'ignored';
