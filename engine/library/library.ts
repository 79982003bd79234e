import { randomUUID } from 'node:crypto'
import { EngineError } from '../contract/failures.ts'
import { AlignmentStore } from './alignment-store.ts'
import { BlobStore } from './blob-store.ts'
import { BoardStore } from './board-store.ts'
import { DocumentStore } from './document-store.ts'
import { FeedbackStore } from './feedback-store.ts'
import { FolderStore } from './folder-store.ts'
import { ImageStore } from './image-store.ts'
import { JobStore } from './job-store.ts'
import { libraryFolders, makeLibraryFolders } from './library-folders.ts'
import type { LibraryFolders } from './library-folders.ts'
import { takeLibraryLock } from './library-lock.ts'
import type { LibraryLock } from './library-lock.ts'
import { migrateDatabase, readMigrations } from './migrate-database.ts'
import { ModelStore } from './model-store.ts'
import { asEngineError, openDatabase } from './open-database.ts'
import type { LibraryDatabase } from './open-database.ts'
import { SettingsStore } from './settings-store.ts'
import { StyleStore } from './style-store.ts'
import { TagStore } from './tag-store.ts'
import { WildcardFiles } from './wildcard-files.ts'

export interface LibraryOptions {
  readonly root: string
  /** The folder with `NNNN-*.sql`. */
  readonly migrationsFolder: string
  readonly nowMs: number
}

/** An open library: the only writer of its database. */
export class Library {
  readonly folders: LibraryFolders
  readonly database: LibraryDatabase
  readonly images: ImageStore
  readonly alignment: AlignmentStore
  readonly tags: TagStore
  readonly boards: BoardStore
  readonly feedback: FeedbackStore
  readonly jobs: JobStore
  readonly documents: DocumentStore
  readonly blobs: BlobStore
  readonly settings: SettingsStore
  readonly styles: StyleStore
  readonly wildcards: WildcardFiles
  readonly models: ModelStore
  readonly imageFolders: FolderStore
  /** Names this library inside the pictures it makes. */
  readonly uuid: string
  /** The process that had it open before did not close it. */
  readonly wasCrash: boolean
  readonly #lock: LibraryLock

  private constructor(folders: LibraryFolders, database: LibraryDatabase, lock: LibraryLock) {
    this.folders = folders
    this.database = database
    this.#lock = lock
    this.images = new ImageStore(database)
    this.alignment = new AlignmentStore(database)
    this.tags = new TagStore(database, this.images)
    this.boards = new BoardStore(database)
    this.feedback = new FeedbackStore(database)
    this.jobs = new JobStore(database)
    this.documents = new DocumentStore(database)
    this.blobs = new BlobStore(database)
    this.settings = new SettingsStore(database)
    this.styles = new StyleStore(database)
    this.wildcards = new WildcardFiles(folders.wildcards)
    this.models = new ModelStore(database)
    this.imageFolders = new FolderStore(database)
    const { uuid, wasOpen } = markOpen(database)
    this.uuid = uuid
    this.wasCrash = wasOpen
  }

  /**
   * Opens a library, making it when there is none, and brings it to the newest schema.
   *
   * @throws EngineError 'conflict' when another process has it, 'format-unsupported' when a newer Attune wrote it,
   *                     'file-malformed' when the database is damaged
   */
  static async open({ root, migrationsFolder, nowMs }: LibraryOptions): Promise<Library> {
    const folders = libraryFolders(root)
    await makeLibraryFolders(folders)
    const lock = takeLibraryLock(folders.lock)
    try {
      const database = openDatabase(folders.database)
      try {
        await migrateDatabase(database, {
          migrations: readMigrations(migrationsFolder),
          backupFolder: folders.backups,
          nowMs,
        })
        return new Library(folders, database, lock)
      } catch (error) {
        database.close()
        throw error
      }
    } catch (error) {
      lock.release()
      throw error
    }
  }

  /** Says that all is well, folds the log into the file and lets go of the library. */
  close(): void {
    try {
      this.database.prepare('UPDATE library SET is_open = 0').run()
      this.database.pragma('wal_checkpoint(TRUNCATE)')
    } catch (error) {
      // On a full disk the log stays, whole; the next start takes it for a crash and pauses, which is right.
      if (!isDiskFull(error)) throw error
    } finally {
      this.database.close()
      this.#lock.release()
    }
  }
}

const markOpen = (database: LibraryDatabase): { uuid: string; wasOpen: boolean } =>
  database
    .transaction(() => {
      database.prepare('INSERT INTO library (id, uuid) VALUES (1, ?) ON CONFLICT DO NOTHING').run(randomUUID())
      const row = database.prepare<[], { uuid: string; is_open: 0 | 1 }>('SELECT uuid, is_open FROM library').get()
      database.prepare('UPDATE library SET is_open = 1').run()
      return { uuid: row?.uuid ?? '', wasOpen: row?.is_open === 1 }
    })
    .immediate()

const isDiskFull = (error: unknown): boolean => {
  const known = asEngineError(error, 'library.db')
  return known instanceof EngineError && known.code === 'disk-full'
}
