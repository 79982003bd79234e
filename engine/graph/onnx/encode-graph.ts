import { create, toBinary } from '@bufbuild/protobuf'
import { EngineError } from '../../contract/failures.ts'
import type { Elements, Shape } from '../../tensor/nd-array.ts'
import type { Graph } from '../graph.ts'
import type { Dtype, OpName } from '../op-specs.ts'
import { isOp, type Value } from '../value.ts'
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataLocation as DataLocation,
  TensorProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './generated/onnx-pb.js'
import { locateWeights } from './locate-weights.ts'
import { nodeOrder } from './node-order.ts'
import { nodeEncoders, onnxDtypes, type AttributeValue, type NodeSpec, type OperandMaker } from './node-encoders.ts'

/** ONNX bytes of a graph, and the weight files that they point into. */
export interface EncodedGraph {
  readonly bytes: Uint8Array
  /** The folder that initializers name their files from; undefined for a graph without weights. */
  readonly weightFolder: string | undefined
}

const opset = 20
const irVersion = 10

/**
 * Encodes a lowered graph as an ONNX model. Weights stay in their files: each initializer is the file's path
 * from the folder that all weight files have in common, a byte offset and a length.
 *
 * @throws EngineError 'graph-invalid' when a composite was not lowered, or weights lie on different drives
 */
export const encodeGraph = (graph: Graph): EncodedGraph => {
  const order = nodeOrder([...graph.outputs.values()])
  const names = nameValues(graph, order)
  const initializers: TensorProto[] = []
  const nodes: NodeProto[] = []
  const locations = locateWeights(
    order.flatMap((value) => (isOp(value, 'initializer') ? [value.attributes.view.file] : [])),
  )
  const operandMaker = makeOperands(initializers)
  for (const value of order) {
    const name = names.get(value) ?? ''
    if (isOp(value, 'input')) continue
    if (isOp(value, 'initializer')) initializers.push(externalTensor(value, name, locations.of))
    else if (isOp(value, 'constant'))
      initializers.push(inlineTensor(name, value.shape, value.dtype, value.attributes.array.data))
    else
      nodes.push(
        encodeNode(
          value,
          name,
          value.inputs.map((operand) => names.get(operand) ?? ''),
          operandMaker,
        ),
      )
  }
  for (const [name, value] of graph.outputs) {
    if (names.get(value) !== name) nodes.push(nodeProto({ type: 'Identity', operands: [names.get(value) ?? ''] }, name))
  }
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(irVersion),
    producerName: 'attune',
    opsetImport: [
      { domain: '', version: BigInt(opset) },
      { domain: 'com.microsoft', version: 1n },
    ],
    graph: create(GraphProtoSchema, {
      name: graph.name,
      node: nodes,
      initializer: initializers,
      input: [...graph.inputs].map(([name, value]) => valueInfo(name, value)),
      output: [...graph.outputs].map(([name, value]) => valueInfo(name, value)),
    }),
  })
  return { bytes: toBinary(ModelProtoSchema, model), weightFolder: locations.folder }
}

const nameValues = (graph: Graph, order: readonly Value[]): Map<Value, string> => {
  const names = new Map<Value, string>(order.map((value, i) => [value, `v${i}`]))
  for (const [name, value] of graph.inputs) names.set(value, name)
  for (const [name, value] of graph.outputs) {
    const isData = isOp(value, 'input') || isOp(value, 'constant') || isOp(value, 'initializer')
    if (!isData && (names.get(value) ?? '').startsWith('v') && !graph.outputs.has(names.get(value) ?? ''))
      names.set(value, name)
  }
  return names
}

const encodeNode = (value: Value, name: string, operands: readonly string[], make: OperandMaker): NodeProto => {
  if (!(value.op in nodeEncoders)) {
    throw new EngineError('graph-invalid', {
      where: `encoding ${value.label ?? name}`,
      found: `the composite ${value.op}`,
      expected: 'a lowered graph',
      remedy: 'Apply lower() last.',
    })
  }
  // The row was chosen by the value's own operator, just checked to be one that has a row.
  const encode = nodeEncoders[value.op as keyof typeof nodeEncoders] as (
    value: Value<OpName>,
    operands: readonly string[],
    make: OperandMaker,
  ) => NodeSpec
  return nodeProto(encode(value, operands, make), name)
}

const nodeProto = (
  { type, domain = '', operands, attributes = {} }: Omit<NodeSpec, 'domain'> & { readonly domain?: string },
  name: string,
): NodeProto =>
  create(NodeProtoSchema, {
    opType: type,
    domain,
    name,
    input: [...operands],
    output: [name],
    attribute: Object.entries(attributes).map(([key, value]) => attributeProto(key, value)),
  })

const attributeProto = (name: string, attribute: AttributeValue): AttributeProto => {
  switch (attribute.kind) {
    case 'float':
      return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: attribute.value })
    case 'int':
      return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(attribute.value) })
    case 'ints':
      return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: attribute.values.map(BigInt) })
    case 'string':
      return create(AttributeProtoSchema, {
        name,
        type: AttributeType.STRING,
        s: new TextEncoder().encode(attribute.value),
      })
  }
}

/** Small operands, each distinct one stored once. */
const makeOperands = (initializers: TensorProto[]): OperandMaker => {
  const known = new Set<string>()
  const once = (name: string, make: () => TensorProto): string => {
    if (!known.has(name)) initializers.push(make())
    known.add(name)
    return name
  }
  return {
    int64s: (values) => {
      const name = `int64:${values.join(',')}`
      return once(name, () => inlineTensor(name, [values.length], 'int64', BigInt64Array.from(values, BigInt)))
    },
    float: (value, dtype) => {
      const name = `${dtype}:${value}`
      const data = dtype === 'float64' ? Float64Array.of(value) : Float32Array.of(value)
      return once(name, () => inlineTensor(name, [], dtype, data))
    },
  }
}

const inlineTensor = (name: string, shape: Shape, dtype: Dtype, data: Elements): TensorProto =>
  create(TensorProtoSchema, {
    name,
    dims: shape.map(BigInt),
    dataType: onnxDtypes[dtype],
    rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength), // never a SharedArrayBuffer here
  })

const externalTensor = (value: Value<'initializer'>, name: string, locate: (file: string) => string): TensorProto => {
  const { view } = value.attributes
  return create(TensorProtoSchema, {
    name,
    dims: view.shape.map(BigInt),
    dataType: onnxDtypes[view.dtype],
    dataLocation: DataLocation.EXTERNAL,
    externalData: [
      { key: 'location', value: locate(view.file) },
      { key: 'offset', value: String(view.byteOffset) },
      { key: 'length', value: String(view.byteLength) },
    ],
  })
}

const valueInfo = (name: string, { shape, dtype }: Value): ValueInfoProto =>
  create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: 'tensorType',
        value: {
          elemType: onnxDtypes[dtype],
          shape: { dim: shape.map((side) => ({ value: { case: 'dimValue' as const, value: BigInt(side) } })) },
        },
      },
    },
  })
