import { describe, expect, it } from 'vitest'
import { starterModelPath } from '../../../../engine/cli/starter-model.ts'
import { openModel } from '../../../../engine/checkpoint/open-model.ts'
import { cpuTarget, lower } from '../../../../engine/graph/lower/lower.ts'
import { vaeDecoderGraph } from '../../../../engine/networks/vae/vae-graphs.ts'
import { cpuDevice } from '../../../../engine/runtime/devices/device.ts'
import { sessionPlans } from '../../../../engine/runtime/memory/session-plans.ts'
import { countFlops } from '../../../../engine/runtime/parts/count-flops.ts'

const { vae } = await openModel(starterModelPath())
const graph = vaeDecoderGraph(vae.weights, vae.config, { batch: 1, height: 256, width: 256 })
const partFlops = countFlops(lower(cpuTarget)(graph)) / 6

/** The plan that is taken where so many bytes are free. */
const planWith = (availableBytes: number) => {
  const options = { device: cpuDevice, isBig: true, partFlops }
  const plans = sessionPlans(options, { kind: 'vae-decoder', forms: { kept: () => graph }, alive: 0 })
  return plans.find(({ way, predicted }) => predicted().totalBytes <= (way.shareOfAvailable ?? 1) * availableBytes)
}

const bytesOf = (plan: ReturnType<typeof planWith>): number => plan?.predicted().totalBytes ?? Number.NaN

describe('an autoencoder', () => {
  it('keeps its memory in short parts, in fewer longer ones, or not at all, by how much memory there is', () => {
    const short = planWith(Infinity)
    const long = planWith(4 * bytesOf(short) - 1)
    const given = planWith(4 * bytesOf(long) - 1)
    expect([short, long, given].map((plan) => plan?.way.arena)).toEqual([true, true, false])
    expect(long?.parts.length).toBeLessThan(short?.parts.length ?? 0)
    expect(given?.parts.length).toBe(short?.parts.length)
    expect(bytesOf(long)).toBeLessThan(bytesOf(short))
    expect(bytesOf(given)).toBeLessThan(bytesOf(long))
  })

  it('has no part much longer than three usual ones', () => {
    const long = planWith(4 * bytesOf(planWith(Infinity)) - 1)
    for (const part of long?.parts ?? []) expect(countFlops(part)).toBeLessThanOrEqual(3 * partFlops)
  })

  it('has no way at all where nothing fits', () => {
    expect(planWith(1e5)).toBeUndefined()
  })
})
