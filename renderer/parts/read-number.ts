/**
 * A number as people type it, small sums included: `768/2`, `512 + 64`, `1,5`.
 *
 * @returns null when it is none
 */
export function readNumber(text: string): number | null {
  const plain = text.replace(/\s/g, '').replace(',', '.')
  const sum = /^(-?\d+(?:\.\d+)?)(?:([-+*/x])(-?\d+(?:\.\d+)?))?$/.exec(plain)
  if (sum === null) return null
  const [, left = '', sign, right = ''] = sum
  const a = Number(left)
  const b = Number(right)
  const value = sign === undefined ? a : sign === '+' ? a + b : sign === '-' ? a - b : sign === '/' ? a / b : a * b
  return Number.isFinite(value) ? value : null
}
