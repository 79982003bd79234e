import { cast, gather } from '../ops.ts'
import { withOperands } from '../rewrite.ts'
import { isOp } from '../value.ts'
import type { Lowering } from './lowering.ts'

/**
 * Rows are looked up in a stored table before they are converted: a vocabulary in half precision that stays in its
 * file would be converted whole at each run, 150 to 250 MB for the rows of one prompt.
 */
export const gatherBeforeCast: Lowering<'gather'> = (value, operands) => {
  const [table, positions] = operands
  const [stored] = table?.inputs ?? []
  if (table === undefined || stored === undefined || positions === undefined) return withOperands(value, operands)
  if (!isOp(table, 'cast') || !isOp(stored, 'initializer')) return withOperands(value, operands)
  return cast(gather(stored, positions, value.attributes.axis), table.attributes.to)
}
