import { openParentPort } from '../process/parent-port.ts'
import { serveCalls } from '../process/serve-calls.ts'
import { readPromptsCall } from './prompt-call.ts'
import { promptCalls } from './protocol/prompt-calls.ts'

// Entry of a small process without ONNX Runtime: it counts tokens while the worker, which a run blocks, draws.
serveCalls({
  name: 'prompts',
  port: openParentPort(),
  calls: promptCalls,
  handlers: { readPrompts: readPromptsCall() },
})
