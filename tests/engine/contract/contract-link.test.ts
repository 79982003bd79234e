import { describe, expect, it, onTestFinished } from 'vitest'
import { calls } from '../../../engine/contract/calls.ts'
import { ContractClient } from '../../../engine/contract/contract-client.ts'
import { contractVersion } from '../../../engine/contract/frames.ts'
import { portPipe } from '../../../engine/contract/pipe.ts'
import { makeTemporaryFolder } from '../library/temporary-library.ts'
import { nextEvent, openService } from '../service/temporary-service.ts'

const connect = async (version?: number): Promise<ContractClient> => {
  const { service } = await openService(await makeTemporaryFolder(onTestFinished))
  onTestFinished(() => service.close())
  const { port1, port2 } = new MessageChannel()
  service.attach(portPipe(port1))
  return ContractClient.connect(portPipe(port2), version)
}

describe('the contract', () => {
  it('refuses a window of another version, and says what to do', async () => {
    await expect(connect(contractVersion + 1)).rejects.toMatchObject({
      code: 'conflict',
      facts: { remedy: 'Reload the window.' },
    })
  })

  it('tells every window of what one of them did', async () => {
    const { service, window } = await openService(await makeTemporaryFolder(onTestFinished))
    onTestFinished(() => service.close())
    const { port1, port2 } = new MessageChannel()
    service.attach(portPipe(port1))
    const other = await ContractClient.connect(portPipe(port2))
    const told = nextEvent(other, 'documents.changed')
    await window.call('documents.create', { name: 'plan', state: {} })
    await told
    other.close()
    await expect(other.call('app.describe', {})).rejects.toMatchObject({ code: 'engine-stopped' })
  })

  it('says where input does not fit', async () => {
    const window = await connect()
    await expect(window.call('images.get', { id: -1 })).rejects.toMatchObject({
      code: 'contract-violated',
      message: expect.stringContaining('images.get: input that does not fit at "id"') as string,
    })
    await expect(window.call('images.list', { query: {}, limit: 1, path: '/etc' } as never)).rejects.toMatchObject({
      code: 'contract-violated',
    })
  })

  it('names no path in any call but the two whose folder the user picks', () => {
    const withPath = Object.entries(calls).filter(([, { input }]) => 'shape' in input && 'path' in input.shape)
    expect(withPath.map(([name]) => name).toSorted()).toEqual(['images.importFolder', 'models.addFolder'])
  })
})
