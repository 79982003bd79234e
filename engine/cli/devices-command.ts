import { deviceNames } from '../contract/device-records.ts'
import { EngineError } from '../contract/failures.ts'
import type { CliCommand } from './command.ts'
import { describeDevice } from './devices/describe-device.ts'
import { deviceLink } from './devices/device-link.ts'
import { checkedReport } from './devices/require-device.ts'
import { parseOptions } from './parse-options.ts'

const help = `attune devices [list]
attune devices check NAME …

  list               one line for each device of this machine: whether it is used, how fast it is, what is switched off
  check NAME         holds a device against the CPU again (a minute at most): cuda, dml, coreml, webgpu

  --json             one JSON object a line on standard output
`

/** `attune devices`. */
export const devicesCommand: CliCommand = {
  name: 'devices',
  summary: 'say what networks can run on, and check it',
  help,
  run: async (args, context) => {
    const { positionals } = parseOptions('devices', args, { json: { type: 'boolean' } })
    const [verb = 'list', ...names] = positionals
    if (verb !== 'list' && verb !== 'check') {
      throw new EngineError('unknown-name', { where: 'attune devices', found: `"${verb}"`, expected: 'list, check' })
    }
    const link = deviceLink()
    try {
      for (const name of verb === 'check' ? names : []) {
        const report = await checkedReport(link, deviceNamed(name), context)
        context.output.result(describeDevice(report), report)
      }
      if (verb === 'check') return
      const { used, devices } = await link.call('listDevices', { choice: 'automatic' })
      for (const report of devices) {
        const isUsed = report.name === used
        context.output.result(`${isUsed ? '* ' : '  '}${describeDevice(report)}`, { ...report, isUsed })
      }
    } finally {
      await link.close()
    }
  },
}

const deviceNamed = (name: string): (typeof deviceNames)[number] => {
  const known = deviceNames.find((device) => device === name && device !== 'cpu')
  if (known !== undefined) return known
  throw new EngineError('bad-argument', {
    where: 'attune devices check',
    found: `"${name}"`,
    expected: deviceNames.filter((device) => device !== 'cpu').join(', '),
  })
}
