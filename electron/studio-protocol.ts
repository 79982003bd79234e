import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import type { Protocol } from 'electron'

/** The page may load its own files and pictures, and nothing else. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  'img-src studio://app studio://image blob:',
  "connect-src 'self'",
  "font-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** Bytes of a picture of the library. */
export interface PictureBytes {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly format: string
}

export type ReadPicture = (id: number, isThumbnail: boolean) => Promise<PictureBytes | null>

/** Serves `studio://app/…` from the bundle's folder and `studio://image/<id>[/thumbnail]` from the library. */
export function serveStudio(protocol: Protocol, folder: string, readPicture: ReadPicture): void {
  protocol.handle('studio', async (request) => {
    const { host, pathname } = new URL(request.url)
    if (request.method !== 'GET') return refuse(405)
    if (host === 'app') return serveFile(folder, pathname)
    return host === 'image' ? servePicture(pathname, readPicture) : refuse(404)
  })
}

const refuse = (status: number): Response => new Response(null, { status })

async function serveFile(folder: string, pathname: string): Promise<Response> {
  const path = normalize(join(folder, decodeURIComponent(pathname)))
  const contentType = contentTypes[extname(path)]
  if (contentType === undefined || !path.startsWith(folder + sep)) return refuse(404)
  const bytes = await readFile(path).catch(() => null)
  if (bytes === null) return refuse(404)
  return new Response(new Uint8Array(bytes), {
    headers: {
      'Content-Type': contentType,
      'Content-Security-Policy': contentSecurityPolicy,
      'X-Content-Type-Options': 'nosniff',
    },
  })
}

async function servePicture(pathname: string, readPicture: ReadPicture): Promise<Response> {
  const match = /^\/([1-9]\d{0,15})(\/thumbnail)?$/.exec(pathname)
  const picture = match === null ? null : await readPicture(Number(match[1]), match[2] !== undefined)
  if (picture === null) return refuse(404)
  return new Response(picture.bytes, {
    headers: { 'Content-Type': `image/${picture.format}`, 'Content-Security-Policy': "default-src 'none'; sandbox" },
  })
}
