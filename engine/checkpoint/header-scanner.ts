import { EngineError } from '../contract/failures.ts'

/**
 * Reads strict JSON from left to right, one token at a time. `JSON.parse` cannot be used for headers of files from
 * elsewhere: it keeps the last of two equal keys silently, rounds large numbers and gives `__proto__` a meaning.
 * Every method throws EngineError 'file-malformed' naming the place.
 */
export class HeaderScanner {
  readonly #text: string
  readonly #where: string
  #at = 0

  constructor(text: string, where: string) {
    this.#text = text
    this.#where = where
  }

  /** Throws 'file-malformed' with the place that was reached. */
  fail(found: string, expected: string): never {
    throw new EngineError('file-malformed', {
      where: this.#where,
      found: `${found} at character ${this.#at} of the header`,
      expected,
      remedy: 'The file is damaged or was made by a faulty program: download it again.',
    })
  }

  /** Consumes `mark` if it comes next, after white space. */
  take(mark: string): boolean {
    this.#skipSpace()
    if (this.#text[this.#at] !== mark) return false
    this.#at += 1
    return true
  }

  expect(mark: string): void {
    if (!this.take(mark)) this.fail(this.#describeNext(), `"${mark}"`)
  }

  /** Nothing but white space may follow. */
  expectEnd(): void {
    this.#skipSpace()
    if (this.#at < this.#text.length) this.fail(this.#describeNext(), 'nothing but spaces after the last brace')
  }

  string(): string {
    this.expect('"')
    const start = this.#at
    const close = this.#text.indexOf('"', start)
    const plain = this.#text.slice(start, close)
    if (close !== -1 && !needsCare.test(plain)) {
      this.#at = close + 1
      return plain
    }
    return this.#escapedString(start)
  }

  /** An integer from 0 to 2^53 - 1, written without sign, fraction or exponent. */
  naturalNumber(): number {
    this.#skipSpace()
    const start = this.#at
    let value = 0
    for (let code = this.#code(); code >= digitZero && code <= digitNine; code = this.#code()) {
      value = value * 10 + (code - digitZero)
      this.#at += 1
    }
    const digits = this.#at - start
    const next = this.#code()
    const isFraction = next === dot || next === lowerE || next === upperE
    if (digits === 0) this.fail(this.#describeNext(), 'a whole number')
    if (isFraction || (digits > 1 && this.#text[start] === '0')) this.fail('a number in another form', 'a whole number')
    if (!Number.isSafeInteger(value)) this.fail(`the number ${this.#text.slice(start, start + 30)}`, 'at most 2^53 - 1')
    return value
  }

  /** Calls `readMember` for each member of an object; the key is read, the value is not. */
  object(readMember: (key: string) => void): void {
    this.expect('{')
    if (this.take('}')) return
    do {
      const key = this.string()
      this.expect(':')
      readMember(key)
    } while (this.take(','))
    this.expect('}')
  }

  /** An array of at most `limit` whole numbers. */
  naturalNumbers(limit: number): number[] {
    const values: number[] = []
    this.expect('[')
    if (this.take(']')) return values
    do {
      if (values.length === limit) this.fail(`more than ${limit} numbers in one array`, `at most ${limit}`)
      values.push(this.naturalNumber())
    } while (this.take(','))
    this.expect(']')
    return values
  }

  /** The slow path: with escapes, or with a fault to name. */
  #escapedString(start: number): string {
    for (let code = this.#code(); code !== quote; code = this.#code()) {
      if (Number.isNaN(code)) this.fail('the end of the header', 'a closing quotation mark')
      if (code < space) this.fail('a control character inside a string', 'an escape such as \\n')
      this.#at += code === backslash ? 2 : 1
    }
    const raw = this.#text.slice(start, this.#at)
    this.#at += 1
    return this.#unescape(raw)
  }

  #code(): number {
    return this.#text.charCodeAt(this.#at)
  }

  #skipSpace(): void {
    for (let code = this.#code(); code === space || code === 10 || code === 13 || code === 9; code = this.#code()) {
      this.#at += 1
    }
  }

  #describeNext(): string {
    const next = this.#text[this.#at]
    return next === undefined ? 'the end of the header' : JSON.stringify(next)
  }

  #unescape(raw: string): string {
    let value: unknown
    try {
      value = JSON.parse(`"${raw}"`)
    } catch {
      this.fail('a wrong escape inside a string', 'JSON')
    }
    if (typeof value !== 'string' || !value.isWellFormed()) this.fail('half a surrogate pair', 'whole characters')
    return value
  }
}

/** Escapes, and control characters, which JSON forbids. */
const needsCare = /[\u0000-\u001f\\]/
const quote = 0x22
const backslash = 0x5c
const space = 0x20
const digitZero = 0x30
const digitNine = 0x39
const dot = 0x2e
const lowerE = 0x65
const upperE = 0x45
