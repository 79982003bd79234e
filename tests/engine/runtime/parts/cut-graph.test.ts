import { describe, expect, it } from 'vitest'
import { starterModelPath } from '../../../../engine/cli/starter-model.ts'
import { openModel } from '../../../../engine/checkpoint/open-model.ts'
import { cpuTarget, lower } from '../../../../engine/graph/lower/lower.ts'
import { vaeDecoderGraph } from '../../../../engine/networks/vae/vae-graphs.ts'
import { chainSessions } from '../../../../engine/runtime/parts/chain-sessions.ts'
import { countFlops } from '../../../../engine/runtime/parts/count-flops.ts'
import { cutGraph } from '../../../../engine/runtime/parts/cut-graph.ts'
import { createSession, type Session } from '../../../../engine/runtime/session.ts'
import { relativeError } from '../../../reference/relative-error.ts'
import { uniform } from '../../autodiff/gradient-graph.ts'

const { vae } = await openModel(starterModelPath())
const whole = lower(cpuTarget)(vaeDecoderGraph(vae.weights, vae.config, { batch: 1, height: 64, width: 64 }))
const parts = cutGraph(whole, countFlops(whole) / 6)
const latents = uniform([1, vae.config.latent_channels, 8, 8], 3)
const threads = { threads: 1 }

const chain = async (): Promise<Session> => {
  const sessions: Session[] = []
  for (const part of parts) sessions.push(await createSession(part, threads))
  return chainSessions('vae-decoder', sessions)
}

describe('a graph in parts', () => {
  it('has parts that take and give under different names, and lose no work', () => {
    expect(parts.length).toBeGreaterThanOrEqual(4)
    for (const { inputs, outputs } of parts) for (const name of outputs.keys()) expect(inputs.has(name)).toBe(false)
    expect(parts.reduce((sum, part) => sum + countFlops(part), 0)).toBeCloseTo(countFlops(whole), -3)
  })

  it('gives what it gives whole, again and again', async () => {
    const [one, many] = [await createSession(whole, threads), await chain()]
    const { picture: expected } = await one.run({ latents })
    const { picture: first } = await many.run({ latents })
    // Between two parts an activation has its plain layout, and kernels sum in another order.
    expect(relativeError(first?.data ?? [], expected?.data ?? [1])).toBeLessThan(1e-5)
    expect((await many.run({ latents })).picture).toEqual(first)
    await one.release()
    await many.release()
  })

  it('stops between two parts', async () => {
    const many = await chain()
    const controller = new AbortController()
    controller.abort()
    await expect(many.run({ latents }, { signal: controller.signal })).rejects.toMatchObject({ code: 'cancelled' })
    await many.release()
  })

  it('stays whole where it is short enough', () => {
    expect(cutGraph(whole, Infinity)).toHaveLength(1)
  })
})
