import { link, open, rename, unlink } from 'node:fs/promises'

/** An open file or folder: the part of node's FileHandle that writing needs. */
export interface OpenFile {
  readonly writeFile: (content: Content) => Promise<void>
  readonly sync: () => Promise<void>
  readonly close: () => Promise<void>
}

/** What a file is made of; pieces are written one after the other. */
export type Content = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** The calls of node:fs/promises that writing needs, so that a test can make any of them fail. */
export interface FileSystem {
  readonly open: (path: string, flags: string) => Promise<OpenFile>
  readonly rename: (from: string, to: string) => Promise<void>
  readonly link: (from: string, to: string) => Promise<void>
  readonly unlink: (path: string) => Promise<void>
}

/** The real file system. */
export const realFileSystem: FileSystem = { open, rename, link, unlink }
