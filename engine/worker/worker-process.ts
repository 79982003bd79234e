import { openParentPort } from '../process/parent-port.ts'
import { serveCalls } from '../process/serve-calls.ts'
import { alignCall, classifyCall } from './align-call.ts'
import { generateCall } from './generate-call.ts'
import { ModelHolder } from './model-holder.ts'
import { workerCalls } from './protocol.ts'

// Entry of the worker process: one job at a time, ONNX Runtime and nothing else native.
const models = new ModelHolder()
serveCalls({
  name: 'worker',
  port: openParentPort(),
  calls: workerCalls,
  handlers: { generate: generateCall(models), align: alignCall(models), classify: classifyCall(models) },
})
