import { extname, relative, sep } from 'node:path'
import { walkFiles } from '../../files/walk-files.ts'

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

export interface StaticFile {
  readonly path: string
  readonly contentType: string
  readonly sizeBytes: number
}

/**
 * Every file of the window's bundle by its URL path, listed once. A request can only name what is in this list, so there
 * is no path to climb out of.
 */
export const listStaticFiles = async (folder: string): Promise<ReadonlyMap<string, StaticFile>> => {
  const files = new Map<string, StaticFile>()
  for await (const { path, sizeBytes } of walkFiles(folder, /\.[a-z0-9]+$/)) {
    const contentType = contentTypes[extname(path)]
    if (contentType === undefined) continue
    const url = `/${relative(folder, path).split(sep).join('/')}`
    files.set(url, { path, contentType, sizeBytes })
  }
  const page = files.get('/index.html')
  if (page !== undefined) files.set('/', page)
  return files
}
