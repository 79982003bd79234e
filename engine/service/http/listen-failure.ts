import { EngineError } from '../../contract/failures.ts'
import { isErrno } from '../../files/write-failure.ts'

const remedy = 'Choose another port, or none: then any free one is taken.'

/** @throws EngineError 'bad-argument' when this is no port */
export function assertPort(port: number): void {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return
  throw new EngineError('bad-argument', { where: 'port', found: String(port), expected: '0 to 65535', remedy })
}

/** Why nobody can be served at a port, in the engine's terms; what is no error of the system comes back as it is. */
export function listenFailure(port: number, error: Error): Error {
  const facts = { where: 'serve', remedy, port }
  if (isErrno(error, 'EADDRINUSE'))
    return new EngineError('conflict', { ...facts, found: `another program at port ${port}` }, { cause: error })
  if (isErrno(error, 'EACCES', 'EPERM'))
    return new EngineError('refused', { ...facts, found: `port ${port}, which is not for everybody` }, { cause: error })
  return error
}
