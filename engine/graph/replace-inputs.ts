import { EngineError } from '../contract/failures.ts'
import type { Transform } from './graph.ts'
import { rewrite } from './rewrite.ts'
import { isOp, type Value } from './value.ts'

/**
 * Feeds inputs from values of another graph, so that two networks become one.
 *
 * @param values  what takes the place of the inputs of these names, of the same shape and dtype
 * @throws EngineError 'unknown-name' when there is no such input, 'graph-invalid' when a value does not fit where it is used
 */
export const replaceInputs =
  (values: Readonly<Record<string, Value>>): Transform =>
  (graph) => {
    for (const name of Object.keys(values)) {
      if (graph.inputs.has(name)) continue
      throw new EngineError('unknown-name', {
        where: `inputs of ${graph.name}`,
        found: `"${name}"`,
        expected: [...graph.inputs.keys()].join(', '),
      })
    }
    return rewrite(graph, (value) => (isOp(value, 'input') ? values[value.attributes.name] : undefined))
  }
