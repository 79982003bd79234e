import { readFile, rm, mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { makeGraph } from '../../../../engine/graph/graph.ts'
import { cpuTarget, lower } from '../../../../engine/graph/lower/lower.ts'
import { nodeOrder } from '../../../../engine/graph/onnx/node-order.ts'
import { add, cos, exp, input, log, matmul, mul, sin } from '../../../../engine/graph/ops.ts'
import type { Value } from '../../../../engine/graph/value.ts'
import { createSession } from '../../../../engine/runtime/session.ts'
import { scattered } from '../small-graphs.ts'

const x = input('x', [4, 4])

describe('nodeOrder', () => {
  it('numbers every value after its operands', () => {
    const long = exp(sin(exp(x)))
    const order = nodeOrder([mul(long, log(x)), add(long, x)])
    for (const [i, value] of order.entries()) {
      for (const operand of value.inputs) expect(order.indexOf(operand)).toBeLessThan(i)
    }
  })

  it('lets ONNX Runtime run the longest way first and what only joins it last', async () => {
    // As in a gradient: a chain of products, each with a factor that the inputs alone decide.
    const start = log(log(log(x)))
    const chain = [sin(x), cos(x)].reduce((g: Value, angle) => mul(matmul(g, g), exp(angle)), start)
    const [first, second] = [
      ['MatMul', 'Sin', 'Exp', 'Mul'],
      ['MatMul', 'Cos', 'Exp', 'Mul'],
    ]
    expect(await operatorsRun({ chain })).toEqual(['Log', 'Log', 'Log', ...first, ...second])
  })

  it('lets ONNX Runtime run the result with the shortest way first', async () => {
    const long = exp(sin(x))
    expect(await operatorsRun({ long: matmul(exp(long), long), short: log(long) })).toEqual(
      ['Sin', 'Exp', 'Log', 'Exp', 'MatMul'], // Log before what only the other result needs
    )
  })
})

const profileSchema = z.array(
  z.object({
    cat: z.string().optional(),
    ts: z.number(),
    name: z.string(),
    args: z.record(z.string(), z.unknown()).optional(),
  }),
)

/** Operators in the order in which a profile of ONNX Runtime has them. */
const operatorsRun = async (outputs: Readonly<Record<string, Value>>): Promise<readonly unknown[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'attune-order-'))
  try {
    const session = await createSession(lower(cpuTarget)(makeGraph('order', outputs)), {
      profilePrefix: join(folder, 'profile'),
    })
    await session.run({ x: scattered([4, 4]) })
    await session.release()
    const [file = ''] = await readdir(folder)
    const events = profileSchema.parse(JSON.parse(await readFile(join(folder, file), 'utf8')))
    return events
      .filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'))
      .sort((a, b) => a.ts - b.ts)
      .map(({ args }) => args?.['op_name'])
  } finally {
    await rm(folder, { recursive: true })
  }
}
