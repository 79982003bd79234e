/**
 * `as` and `any` are claims that the compiler cannot check: each says why it holds, in a comment within its statement
 * or just above it. Two claim nothing of the kind: `as const`, and `list[i] as number` in a counted loop.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export const commentAssertions = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { silent: 'Say in a comment why this {{what}} holds, or write it without.' },
  },
  create(context) {
    const comments = context.sourceCode.getAllComments().flatMap(({ loc }) => (loc ? [loc] : []))
    /** @param {any} node typescript-eslint's node, which ESLint's own types do not know @param {string} what */
    const report = (node, what) => {
      const statement = context.sourceCode.getAncestors(node).findLast(({ type }) => isStatement(type)) ?? node
      const { start, end } = statement.loc
      if (comments.some((comment) => comment.end.line >= start.line - 2 && comment.start.line <= end.line)) return
      context.report({ node, messageId: 'silent', data: { what } })
    }
    return {
      TSAsExpression: (/** @type {any} see above */ node) => {
        if (node.typeAnnotation.typeName?.name === 'const' || isElement(node)) return
        report(node, '"as"')
      },
      TSAnyKeyword: (/** @type {any} see above */ node) => report(node, '"any"'),
    }
  },
}

/** @param {string} type @returns {boolean} whether a comment above such a node is about the whole of it */
const isStatement = (type) =>
  /(?:Statement|Declaration|PropertyDefinition|MethodDefinition|TSPropertySignature)$/.test(type)

/** @param {any} node typescript-eslint's TSAsExpression @returns {boolean} */
const isElement = ({ expression, typeAnnotation }) =>
  expression.type === 'MemberExpression' &&
  expression.computed &&
  ['TSNumberKeyword', 'TSBigIntKeyword', 'TSStringKeyword'].includes(typeAnnotation.type)
