import { join } from 'node:path'
import { EmbeddingShelf } from '../checkpoint/embedding-shelf.ts'
import { openParentPort } from '../process/parent-port.ts'
import { serveCalls } from '../process/serve-calls.ts'
import { alignCall, classifyCall } from './align-call.ts'
import { checkCall } from './check-call.ts'
import { describeCall } from './describe-call.ts'
import { estimateCall } from './estimate-call.ts'
import { measureCall } from './measure-call.ts'
import { cacheFolder } from './cache-folder.ts'
import { deviceHandlers } from './devices/device-handlers.ts'
import { openDeviceShelf } from './devices/open-shelf.ts'
import { FileHashes } from './file-hashes.ts'
import { readPromptsCall } from './prompt-call.ts'
import { generateCall } from './generate-call.ts'
import { memoryLog } from './memory-log.ts'
import { ModelHolder } from './model-holder.ts'
import { deviceCalls } from './protocol/device-calls.ts'
import { workerCalls } from './protocol.ts'

// Entry of the worker process: one job at a time, ONNX Runtime and nothing else native.
const devices = openDeviceShelf()
const models = new ModelHolder({
  onMemory: memoryLog(join(cacheFolder(), 'memory.log')),
  chooseDevice: (choice) => devices.choose(choice),
  onDeviceFailure: (device) => devices.forget(device),
})
const hashes = new FileHashes(join(cacheFolder(), 'file-hashes.json'))
serveCalls({
  name: 'worker',
  port: openParentPort(),
  // The desktop program has one entry for both; a process that checks devices draws nothing.
  calls: { ...workerCalls, ...deviceCalls },
  handlers: {
    ...deviceHandlers(devices),
    generate: generateCall({ models, embeddings: new EmbeddingShelf(), hashes }),
    estimateMemory: estimateCall(models),
    align: alignCall(models),
    classify: classifyCall(models),
    describeModel: describeCall,
    checkModel: checkCall,
    measureModel: measureCall(models),
    readPrompts: readPromptsCall(),
  },
})
