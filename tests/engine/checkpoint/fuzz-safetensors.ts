import { expect } from 'vitest'
import { EngineError } from '../../../engine/contract/failures.ts'
import { parseSafetensors, type SafetensorsHeader } from '../../../engine/checkpoint/safetensors.ts'
import { mutatedFile, randomNumbers } from './mutate-safetensors.ts'

/**
 * Parses `count` mutated files. Each must be refused with 'file-malformed' or be consistent by an independent check,
 * within 200 ms of processor time (a busy machine must not fail the test), and all together must not make the heap grow.
 */
export const fuzzSafetensors = (
  count: number,
  seed: number,
): { accepted: number; slowestMs: number; grownBytes: number } => {
  const random = randomNumbers(seed)
  let accepted = 0
  let slowestMs = 0
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < count; i += 1) {
    const bytes = mutatedFile(random)
    const begin = process.threadCpuUsage()
    const header = parseOrRefuse(bytes)
    slowestMs = Math.max(slowestMs, cpuMs(process.threadCpuUsage(begin)))
    if (header === undefined) continue
    accepted += 1
    expectConsistent(header, bytes)
  }
  return { accepted, slowestMs, grownBytes: process.memoryUsage().heapUsed - before }
}

const cpuMs = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000

const parseOrRefuse = (bytes: Uint8Array): SafetensorsHeader | undefined => {
  try {
    return parseSafetensors(bytes, 'mutated.safetensors')
  } catch (error) {
    if (error instanceof EngineError && error.code === 'file-malformed') return undefined
    throw error
  }
}

/** The tensors fill the data exactly, once, and say what `JSON.parse` says. */
const expectConsistent = (header: SafetensorsHeader, bytes: Uint8Array): void => {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
  const json: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))
  const expected = Object.entries(json as Record<string, { shape: unknown }>) // it was accepted, so it is an object
  const tensors = [...header.tensors.values()]
  const spans = Object.fromEntries(tensors.map(({ name, shape }) => [name, shape]))
  expect(spans).toEqual(
    Object.fromEntries(expected.filter(([name]) => name !== '__metadata__').map(([name, { shape }]) => [name, shape])),
  )
  const total = tensors.reduce((sum, { byteLength }) => sum + byteLength, 0)
  expect(total).toBe(bytes.length - 8 - length)
  for (const { byteOffset, byteLength } of tensors) {
    expect(byteOffset).toBeGreaterThanOrEqual(8 + length)
    expect(byteOffset + byteLength).toBeLessThanOrEqual(bytes.length)
  }
}
