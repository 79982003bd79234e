import { spawn } from 'node:child_process'
import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { Library } from '../../../engine/library/library.ts'
import { readMigrations } from '../../../engine/library/migrate-database.ts'
import { openDatabase, schemaVersion } from '../../../engine/library/open-database.ts'
import { findDatabaseFaults } from '../../../engine/library/verify-database.ts'
import { makeTemporaryFolder, migrationsFolder, openLibrary, someImage } from './temporary-library.ts'

const kills = 8

/** A migration of several statements, each long enough to be hit. */
const slowMigration = `
CREATE TABLE first (x INTEGER);
INSERT INTO first WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000000) SELECT x FROM n;
CREATE TABLE second (x INTEGER);
INSERT INTO second SELECT x FROM first;
ALTER TABLE image ADD COLUMN colour TEXT;
UPDATE image SET colour = 'red';
`

it('leaves the old schema or the new one, wherever in a migration it is killed', { timeout: 240_000 }, async () => {
  const root = await makeTemporaryFolder(onTestFinished)
  const library = await openLibrary(root)
  const ids = library.images.addAll([someImage('a'), someImage('b')]).map(({ image }) => image.id)
  library.close()
  const old = readMigrations(migrationsFolder).length
  const migrations = join(root, 'migrations')
  await cp(migrationsFolder, migrations, { recursive: true })
  await writeFile(join(migrations, `${String(old + 1).padStart(4, '0')}-slow.sql`), slowMigration)
  const program = `
    import { Library } from ${JSON.stringify(join(import.meta.dirname, '../../../engine/library/library.ts'))}
    process.stdout.write('begun')
    await Library.open({ root: ${JSON.stringify(root)}, migrationsFolder: ${JSON.stringify(migrations)}, nowMs: Date.now() })
    process.stdout.write('done')
    setInterval(() => undefined, 1000)`
  const versions: number[] = []
  for (let kill = 0; kill < kills; kill++) {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'ignore'] }) // prettier-ignore
    const ended = new Promise((resolve) => child.on('close', resolve))
    await new Promise((resolve) => child.stdout.once('data', resolve))
    await wait(kill * 200)
    child.kill('SIGKILL')
    await ended
    const database = openDatabase(join(root, 'library.db'))
    const version = schemaVersion(database)
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE name IN ('first', 'second')").all().length
    const columns = database.prepare("SELECT 1 FROM pragma_table_info('image') WHERE name = 'colour'").all().length
    expect([version, tables, columns]).toEqual(version === old ? [old, 0, 0] : [old + 1, 2, 1])
    expect(findDatabaseFaults(database)).toEqual([])
    database.close()
    versions.push(version)
  }
  console.log(JSON.stringify({ kills, stillOld: versions.filter((version) => version === old).length }))
  expect(versions).toContain(old)
  const whole = await Library.open({ root, migrationsFolder: migrations, nowMs: 1 })
  expect(whole.images.summaries(ids)).toHaveLength(2)
  whole.close()
})
