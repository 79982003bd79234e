-- How well a picture follows what was asked, for the gallery's order: the mean over its painted regions (the smaller of
-- both shares) and its measured words (present 1, weak a half, ignored 0). Null: nothing is known of it.
ALTER TABLE image ADD COLUMN obedience REAL CHECK (obedience BETWEEN 0 AND 1);

UPDATE image SET obedience = (
  SELECT avg(share) FROM (
    SELECT min(1, json_extract(value, '$.inside'), json_extract(value, '$.fill')) AS share FROM json_each(image.coverage)
    UNION ALL
    SELECT CASE json_extract(value, '$.score.verdict') WHEN 'present' THEN 1.0 WHEN 'weak' THEN 0.5 ELSE 0.0 END
    FROM image_alignment, json_each(image_alignment.measured, '$.report.words')
    WHERE image_alignment.image_id = image.id))
WHERE coverage IS NOT NULL OR id IN (SELECT image_id FROM image_alignment WHERE measured IS NOT NULL);

CREATE INDEX image_by_stars ON image (coalesce(rating, 0), id) WHERE trashed_ms IS NULL;
CREATE INDEX image_by_obedience ON image (coalesce(obedience, -1), id) WHERE trashed_ms IS NULL;
