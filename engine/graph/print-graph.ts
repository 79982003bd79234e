import { topologicalOrder, type Graph } from './graph.ts'
import { isOp, type Value } from './value.ts'

/**
 * A graph as text, one value a line, for reading and for snapshot tests. Equal graphs print equally.
 */
export const printGraph = (graph: Graph): string => {
  const order = topologicalOrder([...graph.outputs.values()])
  const names = new Map(order.map((value, i) => [value, nameOf(value, i)]))
  const refer = (value: Value): string => names.get(value) ?? '?'
  const lines = order.map((value) => {
    const operands = value.inputs.map(refer).join(', ')
    const label = value.label === undefined ? '' : `  # ${value.label}`
    return `${refer(value)}: ${value.dtype}[${value.shape.join(', ')}] = ${value.op}(${operands}${attributesOf(value, operands)})${label}`
  })
  const outputs = [...graph.outputs].map(([name, value]) => `output ${name} = ${refer(value)}`)
  return [`graph ${graph.name}`, ...lines, ...outputs, ''].join('\n')
}

const nameOf = (value: Value, index: number): string => (isOp(value, 'input') ? value.attributes.name : `%${index}`)

const attributesOf = (value: Value, operands: string): string => {
  const shown = shownAttributes(value)
  const entries = Object.entries(shown).map(([name, attribute]) => `${name}=${JSON.stringify(attribute)}`)
  return entries.length === 0 ? '' : `${operands === '' ? '' : '; '}${entries.join(' ')}`
}

const shownAttributes = (value: Value): object => {
  if (isOp(value, 'input')) return {}
  if (isOp(value, 'initializer')) return { key: value.attributes.view.key }
  if (isOp(value, 'constant')) {
    const { data } = value.attributes.array
    return data.length > 4
      ? { elements: data.length }
      : { data: Array.from(data as ArrayLike<number | bigint>, String) } // every element array is one
  }
  return value.attributes
}
