import { realFileSystem } from '../../../engine/files/file-system.ts'
import type { FileSystem, OpenFile } from '../../../engine/files/file-system.ts'

export interface FailingFileSystem {
  readonly fileSystem: FileSystem
  /** The calls made so far, by name. */
  readonly calls: readonly string[]
}

/** The real file system, but for one thing: the calls that `fails` picks (counted from 1) throw `errno` and do nothing. */
export const failingFileSystem = (errno: string, fails: (call: string, nth: number) => boolean): FailingFileSystem => {
  const calls: string[] = []
  const attempt = async <Result>(name: string, act: () => Promise<Result>): Promise<Result> => {
    calls.push(name)
    if (fails(name, calls.length)) throw Object.assign(new Error(`${errno}: injected into ${name}`), { code: errno })
    return act()
  }
  const open = async (path: string, flags: string): Promise<OpenFile> => {
    const file = await attempt('open', () => realFileSystem.open(path, flags))
    return {
      writeFile: (content) => attempt('write', () => file.writeFile(content)),
      sync: () => attempt('sync', () => file.sync()),
      // A close that reports an error has closed all the same.
      close: async () => {
        await file.close()
        await attempt('close', async () => undefined)
      },
    }
  }
  const fileSystem: FileSystem = {
    open,
    rename: (from, to) => attempt('rename', () => realFileSystem.rename(from, to)),
    link: (from, to) => attempt('link', () => realFileSystem.link(from, to)),
    unlink: (path) => attempt('unlink', () => realFileSystem.unlink(path)),
  }
  return { fileSystem, calls }
}
