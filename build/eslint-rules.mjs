/** Syntax that the conventions leave out everywhere. */
const forbiddenSyntax = [
  { selector: 'ExportDefaultDeclaration', message: 'Name what you export: no default exports.' },
  { selector: 'ExportAllDeclaration', message: 'No barrel files: import from where a thing is defined.' },
  {
    selector: 'ExportNamedDeclaration[source]',
    message: 'No barrel files: import from where a thing is defined.',
  },
  {
    selector:
      ':matches(PropertyDefinition, MethodDefinition:not([kind="constructor"]), TSParameterProperty)[accessibility]',
    message: 'Private members are #names, all others are public without saying so.',
  },
]

/** Work at import time: everything but definitions at the top of a file. */
const workAtImport = [
  {
    selector: 'Program > ExpressionStatement > :matches(CallExpression, AwaitExpression, AssignmentExpression)',
    message: 'No work at import time: put it into a function that the entry calls.',
  },
  {
    selector:
      'Program > :matches(ForStatement, ForOfStatement, ForInStatement, WhileStatement, IfStatement, TryStatement)',
    message: 'No work at import time: put it into a function that the entry calls.',
  },
  {
    selector: 'Program :matches(VariableDeclaration[kind="let"], VariableDeclaration[kind="var"]):not(:function *)',
    message: 'No state in a module: it could not be built twice in a test. Pass it in.',
  },
]

/** @typedef {Record<string, import('eslint').Linter.RuleEntry>} Rules */

/** The project's own choices on top of typescript-eslint's type-checked set. @type {Rules} */
export const rules = {
  '@typescript-eslint/no-explicit-any': 'off', // the rule below asks for the reason instead
  'attune/comment-assertions': 'error',
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/no-import-type-side-effects': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/no-non-null-assertion': 'error',
  '@typescript-eslint/prefer-readonly': 'error',
  '@typescript-eslint/naming-convention': [
    'error',
    { selector: 'interface', format: ['PascalCase'], custom: { regex: '^I[A-Z]', match: false } },
    { selector: ['typeAlias', 'class'], format: ['PascalCase'] },
  ],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  '@typescript-eslint/require-await': 'off',
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'prefer-const': 'error',
  'no-var': 'error',
  'no-throw-literal': 'off', // @typescript-eslint/only-throw-error
  'no-restricted-syntax': ['error', ...forbiddenSyntax],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true, IIFEs: false }],
}

/** For the engine's own code: definitions only, and a document at every exported function. @type {Rules} */
export const engineRules = {
  'no-restricted-syntax': ['error', ...forbiddenSyntax, ...workAtImport],
  'no-console': 'error',
  'jsdoc/require-jsdoc': [
    'error',
    {
      publicOnly: { esm: true, cjs: false, window: false },
      enableFixer: false,
      minLineCount: 2,
      require: { FunctionDeclaration: true, ArrowFunctionExpression: true, ClassDeclaration: true },
    },
  ],
}

/** For Svelte's files. Whatever is shown as HTML could have come from a file that someone dropped: never raw. @type {Rules} */
export const componentRules = {
  'svelte/no-at-html-tags': 'error',
  'svelte/valid-compile': 'error',
  'prefer-const': 'off', // svelte/prefer-const knows $props and $state
  'svelte/prefer-const': 'error',
}

/** Entries of processes: they exist to do their work when they are started. @type {Rules} */
export const entryRules = {
  'no-restricted-syntax': ['error', ...forbiddenSyntax],
  'no-console': 'off',
}

/** @type {Rules} */
export const testRules = {
  'attune/comment-assertions': 'off', // tests hand in what the types forbid
  // What JSON.parse() and expect.any() give is `any`; a test that takes it for something else fails.
  '@typescript-eslint/no-unsafe-assignment': 'off',
  '@typescript-eslint/no-unsafe-member-access': 'off',
  '@typescript-eslint/no-unsafe-return': 'off',
  'max-lines-per-function': 'off', // describe() is one function around all its tests
  'vitest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*', 'fc.assert', 'assert*', 'until*'] }],
  'vitest/no-focused-tests': 'error',
  'vitest/no-disabled-tests': 'error',
  'vitest/no-identical-title': 'error',
  'vitest/no-standalone-expect': 'off',
  'vitest/valid-expect': ['error', { maxArgs: 2 }],
}
