import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { deviceNames, type DeviceName } from '../../contract/device-records.ts'
import { writeWhole } from '../../files/write-whole.ts'
import type { Finding } from '../../runtime/devices/self-test/test-device.ts'
import { findingSchema } from '../protocol/device-calls.ts'

/** What a finding holds for; when any of it changes, the device is checked again. */
export interface VerdictKey {
  readonly adapter: string
  readonly driver: string
  /** Version of ONNX Runtime. */
  readonly runtime: string
  /** Of how graphs are written. */
  readonly lowering: number
}

const verdictSchema = z.strictObject({
  adapter: z.string(),
  driver: z.string(),
  runtime: z.string(),
  lowering: z.number(),
  checkedAtMs: z.number().nonnegative(),
  finding: findingSchema,
})

/** What was found, for what and when. */
export type DeviceVerdict = VerdictKey & { readonly checkedAtMs: number; readonly finding: Finding }
export type KnownVerdicts = { readonly [Name in DeviceName]?: DeviceVerdict | undefined }

const fileSchema: z.ZodType<KnownVerdicts> = z.partialRecord(z.enum(deviceNames), verdictSchema)

/** What checks of devices have found, in a file of the cache folder that several processes read. */
export class DeviceVerdicts {
  readonly #file: string

  /** @param file  a JSON file; it and its folder are made when they are needed */
  constructor(file: string) {
    this.#file = file
  }

  /** Everything that is known, whatever it holds for. A file that is missing or damaged knows nothing. */
  async all(): Promise<KnownVerdicts> {
    try {
      return fileSchema.parse(JSON.parse(await readFile(this.#file, 'utf8')))
    } catch {
      return {}
    }
  }

  async keep(device: DeviceName, verdict: DeviceVerdict): Promise<void> {
    await this.#write({ ...(await this.all()), [device]: verdict })
  }

  async forget(device: DeviceName): Promise<void> {
    const { [device]: known, ...others } = await this.all()
    if (known !== undefined) await this.#write(others)
  }

  async #write(all: KnownVerdicts): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true })
    await writeWhole(this.#file, new TextEncoder().encode(JSON.stringify(all, null, 2)), { existing: 'replace' })
  }
}

/** Whether a verdict holds for what is there now. */
export const holdsFor = (verdict: VerdictKey, key: VerdictKey): boolean =>
  verdict.adapter === key.adapter &&
  verdict.driver === key.driver &&
  verdict.runtime === key.runtime &&
  verdict.lowering === key.lowering
