/** A process of its own: `measure-gradient.ts SIDE kept|recomputed` prints by how many bytes one gradient raised its peak. */
import { cpuTarget, lower } from '../../../engine/graph/lower/lower.ts'
import { createSession } from '../../../engine/runtime/session.ts'
import { residualTower } from './residual-tower.ts'

const [side = '64', mode = 'kept'] = process.argv.slice(2)
const { graph, feeds } = residualTower(Number(side), mode === 'kept' ? 'kept' : 'recomputed')
const session = await createSession(lower(cpuTarget)(graph), { threads: 1 })
const before = process.memoryUsage().rss
await session.run(feeds)
console.log(process.resourceUsage().maxRSS * 1024 - before)
await session.release()
