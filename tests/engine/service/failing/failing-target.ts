import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../../../../engine/contract/failures.ts'
import { firstIdOf } from '../../../../engine/library/image-ids.ts'
import { hashOf } from '../../../../engine/library/image-files.ts'
import { imagePath } from '../../../../engine/library/library-folders.ts'
import { findDatabaseFaults } from '../../../../engine/library/verify-database.ts'
import { openService } from '../temporary-service.ts'
import { arm, disarm, refusals } from './nth-failure.ts'
import type { Refusal } from './nth-failure.ts'
import { operations } from './operations.ts'
import type { Operation, Place } from './operations.ts'

/**
 * Takes one service through one operation and every refusal: the first call of the file system fails, then the second, ...
 * until the operation runs through clean. One JSON line for each refusal; what went wrong stands in `wrong`.
 */
const folder = process.env['FAIL_NTH_FOLDER'] ?? ''
const most = 200
const wrong: string[] = []
let number = 1000

const content = Buffer.alloc(300_000, 7)
const hub = createServer((_, response) => response.end(content)).listen(0, '127.0.0.1')
await new Promise((resolve) => hub.once('listening', resolve))
const { port } = hub.address() as AddressInfo // A TCP server has one.

const open = await openService(join(folder, 'library'), { onDefect: (error, where) => wrong.push(`defect in ${where}: ${String(error)}`) }) // prettier-ignore
process.on('unhandledRejection', (error) => wrong.push(`unhandled: ${String(error)}`))

const codes = ['disk-full', 'file-unwritable', 'file-unreadable', 'refused', 'not-found', 'conflict', 'file-malformed']

const failureOf = async (operation: Operation, place: Place): Promise<string | undefined> => {
  try {
    await operation.act(place)
    return undefined
  } catch (error) {
    if (error instanceof EngineError && codes.includes(error.code)) return error.code
    wrong.push(`failed with ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return 'wrong'
  }
}

/** A sound database, and for every picture of the library's own from `first` on its file, with the content that its name says. */
const assertSound = async (first: number): Promise<void> => {
  const { library } = open.service
  for (const fault of findDatabaseFaults(library.database)) wrong.push(fault)
  const rows = library.database
    .prepare<[number], { hash: string }>(
      'SELECT hash FROM image WHERE id >= ? AND folder_id IS NULL AND trashed_ms IS NULL',
    )
    .all(first)
  for (const { hash } of rows) {
    const bytes = await readFile(imagePath(library.folders, hash, 'png')).catch(() => undefined)
    if (bytes === undefined || hashOf(bytes) !== hash) wrong.push(`picture ${hash} is not there`)
  }
}

/** How many calls the operation makes, and how it failed at each. */
const failThrough = async (operation: Operation, refusal: Refusal, isLasting: boolean): Promise<object> => {
  const ends: Record<string, number> = {}
  for (let nth = 1; nth <= most; nth++) {
    const place: Place = { ...open, folder, number: number++, hub: { url: `http://127.0.0.1:${port}/`, content } }
    await operation.prepare?.(place)
    const [before, first] = [wrong.length, firstIdOf(Date.now())]
    arm(nth, refusal, isLasting)
    const end = await failureOf(operation, place)
    const isFired = disarm()
    ends[end ?? 'done'] = (ends[end ?? 'done'] ?? 0) + 1
    if (isFired && end === undefined) ends['overcome'] = (ends['overcome'] ?? 0) + 1
    if (!isFired && end !== undefined) wrong.push(`failed although nothing did: ${end}`)
    await assertSound(isFired ? first : 0)
    const again = await failureOf(operation, place)
    if (again !== undefined) wrong.push(`the second try ended with ${again}`)
    await operation.verify(place).catch((error: unknown) => wrong.push(`afterwards: ${String(error)}`))
    for (let index = before; index < wrong.length; index++) wrong[index] = `${operation.name}, ${refusal} at ${nth}: ${wrong[index] ?? ''}` // prettier-ignore
    if (!isFired) return { calls: nth - 1, ends }
  }
  wrong.push(`${operation.name}: still failing after ${most} calls`)
  return { calls: most, ends }
}

const operation = operations.find(({ name }) => name === process.argv[2])
if (operation === undefined) throw new Error('name an operation')
for (const refusal of refusals) {
  for (const isLasting of refusal === 'ENOSPC' || refusal === 'EIO' ? [false, true] : [false]) {
    wrong.length = 0
    const result = await failThrough(operation, refusal, isLasting)
    console.log(JSON.stringify({ operation: operation.name, refusal, isLasting, ...result, wrong: wrong.slice(0, 20) }))
  }
}
await open.service.close()
process.exit(0)
