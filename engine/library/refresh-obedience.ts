import type { LibraryDatabase } from './open-database.ts'

/**
 * Writes anew how well a picture follows what was asked, for the gallery's order: the mean over its painted regions (the
 * smaller of both shares) and its measured words (present 1, weak a half, ignored 0); null when nothing is known.
 */
export const refreshObedience = (database: LibraryDatabase, imageId: number): void => {
  database
    .prepare(
      `UPDATE image SET obedience = (
         SELECT avg(share) FROM (
           SELECT min(1, json_extract(value, '$.inside'), json_extract(value, '$.fill')) AS share
           FROM json_each(image.coverage)
           UNION ALL
           SELECT CASE json_extract(value, '$.score.verdict') WHEN 'present' THEN 1.0 WHEN 'weak' THEN 0.5 ELSE 0.0 END
           FROM image_alignment, json_each(image_alignment.measured, '$.report.words')
           WHERE image_alignment.image_id = image.id))
       WHERE id = ?`,
    )
    .run(imageId)
}
