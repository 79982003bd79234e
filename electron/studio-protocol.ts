import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import type { CustomScheme, Protocol } from 'electron'
import type { ShellPicture, ShellPictureVariant } from '../engine/contract/shell-messages.ts'

/** `studio:` is a scheme like https: it has origins, and fetch and the CSP know it. */
export const studioScheme: CustomScheme = {
  scheme: 'studio',
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
}

/** The page may load its own files and pictures, and nothing else. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const pageHeaders = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
} as const

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

export type ReadPicture = (id: number, variant: ShellPictureVariant) => Promise<ShellPicture | null>

/**
 * Serves `studio://app/…` from the bundle's folder and `studio://app/image/<id>[/thumbnail|/share]` from the library: the
 * same addresses as the headless studio's, in one origin, so that the page may read the pixels of its pictures.
 */
export function serveStudio(protocol: Protocol, folder: string, readPicture: ReadPicture): void {
  protocol.handle('studio', async (request) => {
    const { host, pathname } = new URL(request.url)
    if (host !== 'app') return refuse(404)
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405)
    return pathname.startsWith('/image/') ? servePicture(pathname, readPicture) : serveFile(folder, pathname)
  })
}

const refuse = (status: number): Response => new Response(null, { status })

async function serveFile(folder: string, pathname: string): Promise<Response> {
  const path = normalize(join(folder, decode(pathname)))
  const contentType = contentTypes[extname(path)]
  if (contentType === undefined || !path.startsWith(folder + sep)) return refuse(404)
  const bytes = await readFile(path).catch(() => null)
  if (bytes === null) return refuse(404)
  return new Response(new Uint8Array(bytes), { headers: { ...pageHeaders, 'Content-Type': contentType } })
}

const decode = (pathname: string): string => {
  try {
    return decodeURIComponent(pathname)
  } catch {
    return ''
  }
}

const isVariant = (name: string): name is ShellPictureVariant => name === 'thumbnail' || name === 'share'

async function servePicture(pathname: string, readPicture: ReadPicture): Promise<Response> {
  const [, id, name = 'original'] = /^\/image\/([1-9]\d{0,15})(?:\/(thumbnail|share))?$/.exec(pathname) ?? []
  const picture = id === undefined ? null : await readPicture(Number(id), isVariant(name) ? name : 'original')
  if (picture === null) return refuse(404)
  return new Response(new Uint8Array(picture.bytes), {
    headers: {
      ...pageHeaders,
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'Content-Type': `image/${picture.format}`,
      'Cache-Control': 'no-cache',
    },
  })
}
