import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @typedef {{ readonly version?: string, readonly integrity?: string, readonly optional?: boolean, readonly devOptional?: boolean }} LockEntry
 * @typedef {{ readonly packages: Readonly<Record<string, LockEntry>> }} Lock
 */

/** @param {string} path @returns {string | undefined} undefined when there is no such file */
function readIfPresent(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** @param {string} root @returns {string} */
const lockHash = (root) =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')

/** @param {string} root @returns {string} */
const stampPath = (root) => join(root, 'node_modules', '.attune-installed')

/**
 * Whether every package of the lock file lies in node_modules, as npm's own record of its last install tells.
 * Optional packages may be missing: they are other platforms'.
 *
 * @param {Lock} wanted package-lock.json
 * @param {Lock} installed node_modules/.package-lock.json
 * @returns {boolean}
 */
export function holdsEveryPackage(wanted, installed) {
  return Object.entries(wanted.packages).every(([path, entry]) => {
    if (path === '') return true
    const found = installed.packages[path]
    if (found === undefined) return entry.optional === true || entry.devOptional === true
    return found.version === entry.version && found.integrity === entry.integrity
  })
}

/**
 * Whether node_modules is what package-lock.json asks for. Costs one hash once that was found true.
 *
 * @param {string} root the project's folder
 * @returns {boolean}
 */
export function isInstalled(root) {
  if (readIfPresent(stampPath(root)) === lockHash(root)) return true
  const record = readIfPresent(join(root, 'node_modules', '.package-lock.json'))
  if (record === undefined) return false
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  if (!holdsEveryPackage(wanted, JSON.parse(record))) return false
  markInstalled(root)
  return true
}

/**
 * Remembers that node_modules fits package-lock.json as it is now.
 *
 * @param {string} root the project's folder
 */
export function markInstalled(root) {
  writeFileSync(stampPath(root), lockHash(root))
}
