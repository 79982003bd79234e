import { readdir, writeFile, mkdir, cp } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listBackups } from '../../../engine/library/backup-database.ts'
import { Library } from '../../../engine/library/library.ts'
import { migrateDatabase, readMigrations } from '../../../engine/library/migrate-database.ts'
import { openDatabase, schemaVersion } from '../../../engine/library/open-database.ts'
import { findDatabaseFaults, verifyDatabaseFile } from '../../../engine/library/verify-database.ts'
import { makeTemporaryFolder, migrationsFolder, openLibrary, someImage, someRecipe } from './temporary-library.ts'

const folderOfMigrations = async (root: string, files: Readonly<Record<string, string>>): Promise<string> => {
  const folder = join(root, 'migrations')
  await mkdir(folder, { recursive: true })
  for (const [name, sql] of Object.entries(files)) await writeFile(join(folder, name), sql)
  return folder
}

describe('migrations', () => {
  it('bring a new file to the newest schema with sound foreign keys', async () => {
    const library = await openLibrary(await makeTemporaryFolder(onTestFinished))
    expect(schemaVersion(library.database)).toBe(readMigrations(migrationsFolder).length)
    expect(findDatabaseFaults(library.database)).toEqual([])
    library.close()
  })

  it('keep every row of the version before and make a checked backup of it first', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    const library = await openLibrary(root)
    const { image } = library.images.add(someImage('kept'))
    library.close()
    const newer = join(root, 'newer')
    await cp(migrationsFolder, newer, { recursive: true })
    const next = String(readMigrations(migrationsFolder).length + 1).padStart(4, '0')
    await writeFile(join(newer, `${next}-more.sql`), 'ALTER TABLE image ADD COLUMN colour TEXT;')
    const again = await Library.open({ root, migrationsFolder: newer, nowMs: 1 })
    expect(again.images.summary(image.id)).toEqual(image)
    const [backup] = await listBackups(again.folders.backups)
    again.close()
    verifyDatabaseFile(join(again.folders.backups, backup ?? ''))
  })

  it('give pictures of the version before their fields for searching', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    const older = join(root, 'older')
    await mkdir(older, { recursive: true })
    for (const name of (await readdir(migrationsFolder)).filter((file) => file < '0005')) {
      await cp(join(migrationsFolder, name), join(older, name))
    }
    const before = await Library.open({ root, migrationsFolder: older, nowMs: 1 })
    const insert = before.database.prepare(
      "INSERT INTO image (id, hash, created_ms, width, height, format, size_bytes, recipe, foreign_settings, coverage) VALUES (?, ?, 1, 8, 8, 'png', 1, ?, ?, ?)",
    )
    const recipe = JSON.stringify(someRecipe({ seed: '7' }))
    insert.run(1, 'a'.repeat(64), recipe, null, '[{"isObeyed":true},{"isObeyed":false}]')
    insert.run(2, 'b'.repeat(64), null, '{"model":"dusk","seed":"9"}', '[]')
    insert.run(3, 'c'.repeat(64), recipe, null, '[{"isObeyed":true}]')
    before.database
      .prepare('INSERT INTO image_alignment (image_id, measured) VALUES (3, ?)')
      .run(
        '{"report":{"words":[{"word":"moon","score":{"verdict":"ignored"}},{"word":"lake","score":{"verdict":"weak"}}]}}',
      )
    before.close()
    const library = await Library.open({ root, migrationsFolder, nowMs: 1 })
    onTestFinished(() => library.close())
    const rows = library.database.prepare('SELECT model_name, seed, obeys_regions FROM image ORDER BY id').all()
    expect(rows).toEqual([
      { model_name: someRecipe().model.name, seed: '7', obeys_regions: 0 },
      { model_name: 'dusk', seed: '9', obeys_regions: null },
      { model_name: someRecipe().model.name, seed: '7', obeys_regions: 1 },
    ])
    expect(library.database.prepare('SELECT * FROM image_ignored').all()).toEqual([{ image_id: 3, word: 'moon' }])
  })

  it('give pictures of the version before their place in the order of what was obeyed', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    const older = join(root, 'older')
    await mkdir(older, { recursive: true })
    for (const name of (await readdir(migrationsFolder)).filter((file) => file < '0007')) {
      await cp(join(migrationsFolder, name), join(older, name))
    }
    const before = await Library.open({ root, migrationsFolder: older, nowMs: 1 })
    const insert = before.database.prepare(
      "INSERT INTO image (id, hash, created_ms, width, height, format, size_bytes, coverage) VALUES (?, ?, 1, 8, 8, 'png', 1, ?)",
    )
    insert.run(1, 'a'.repeat(64), '[{"inside":0.5,"fill":0.9},{"inside":1.0000005,"fill":1.0000005}]')
    insert.run(2, 'b'.repeat(64), null)
    insert.run(3, 'c'.repeat(64), null)
    before.database
      .prepare('INSERT INTO image_alignment (image_id, measured) VALUES (3, ?)')
      .run('{"report":{"words":[{"score":{"verdict":"present"}},{"score":{"verdict":"weak"}}]}}')
    before.close()
    const library = await Library.open({ root, migrationsFolder, nowMs: 1 })
    onTestFinished(() => library.close())
    const rows = library.database.prepare('SELECT obedience FROM image ORDER BY id').all()
    expect(rows).toEqual([{ obedience: 0.75 }, { obedience: null }, { obedience: 0.75 }])
  })

  it('refuse a file of a newer app and leave it as it is', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    const library = await openLibrary(root)
    library.database.pragma('user_version = 9999')
    library.close()
    await expect(openLibrary(root)).rejects.toMatchObject({ code: 'format-unsupported' })
    const database = openDatabase(join(root, 'library.db'), { isReadOnly: true })
    expect(schemaVersion(database)).toBe(9999)
    database.close()
  })

  it('leave nothing of a step that fails half-way', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    const folder = await folderOfMigrations(root, {
      '0001-a.sql': 'CREATE TABLE a (x INTEGER);',
      '0002-b.sql': 'CREATE TABLE b (x INTEGER); INSERT INTO b VALUES (1); INSERT INTO nowhere VALUES (1);',
    })
    const database = openDatabase(join(root, 'x.db'))
    const migrations = readMigrations(folder)
    const options = { backupFolder: join(root, 'backups'), nowMs: 1 }
    await expect(migrateDatabase(database, { ...options, migrations })).rejects.toMatchObject({
      code: 'file-malformed',
      facts: { where: 'migration 0002-b.sql' },
    })
    expect(schemaVersion(database)).toBe(1)
    expect(database.prepare("SELECT name FROM sqlite_master WHERE name IN ('a', 'b')").all()).toEqual([{ name: 'a' }])
    database.close()
  })

  it.each([
    ['a gap', { '0001-a.sql': '', '0003-c.sql': '' }],
    ['the same number twice', { '0001-a.sql': '', '0001-b.sql': '' }],
    ['no number', { 'first.sql': '' }],
  ])('refuse numbers with %s', async (_, files) => {
    const folder = await folderOfMigrations(await makeTemporaryFolder(onTestFinished), files)
    expect(() => readMigrations(folder)).toThrowError(expect.objectContaining({ code: 'config-invalid' }))
  })

  it('refuse a file that is no database', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    await writeFile(join(root, 'library.db'), Buffer.alloc(8192, 'x'))
    await expect(openLibrary(root)).rejects.toMatchObject({ code: 'file-malformed' })
  })
})

describe('an open library', () => {
  it('is refused to a second process or window', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    const library = await openLibrary(root)
    await expect(openLibrary(root)).rejects.toMatchObject({ code: 'conflict', facts: { where: 'library' } })
    library.close()
    const again = await openLibrary(root)
    expect(again.wasCrash).toBe(false)
    again.close()
  })

  it('leaves no log behind when it is closed', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    const library = await openLibrary(root)
    library.images.add(someImage('one'))
    library.close()
    expect((await readdir(root)).filter((name) => name.endsWith('-wal'))).toEqual([])
  })
})
