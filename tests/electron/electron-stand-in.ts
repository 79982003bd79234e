import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import ts from 'typescript'

/** What the declarations say about one class or interface. */
interface DeclaredType {
  /** Least and most arguments over all overloads. */
  readonly methods: Map<string, { least: number; most: number }>
  readonly properties: Set<string>
  readonly events: Set<string>
  readonly base: string | null
}

const path = createRequire(import.meta.url).resolve('electron/electron.d.ts')

let read: ReadonlyMap<string, DeclaredType> | undefined

/** Every class and interface of electron.d.ts: names, methods with their numbers of arguments, events. Read once. */
export const readDeclarations = (): ReadonlyMap<string, DeclaredType> => (read ??= parseDeclarations())

function parseDeclarations(): ReadonlyMap<string, DeclaredType> {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest)
  const types = new Map<string, DeclaredType>()
  const visit = (node: ts.Node): void => {
    if ((ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) && node.name !== undefined) {
      const known = types.get(node.name.text) ?? {
        methods: new Map(),
        properties: new Set(),
        events: new Set(),
        base: baseOf(node),
      }
      types.set(node.name.text, known)
      for (const member of node.members) readMember(known, member)
      return
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return types
}

const baseOf = (node: ts.InterfaceDeclaration | ts.ClassDeclaration): string | null => {
  const expression = node.heritageClauses?.[0]?.types[0]?.expression
  return expression !== undefined && ts.isIdentifier(expression) ? expression.text : null
}

function readMember(type: DeclaredType, member: ts.ClassElement | ts.TypeElement): void {
  if (member.name === undefined || !ts.isIdentifier(member.name)) return
  const name = member.name.text
  if (!ts.isMethodDeclaration(member) && !ts.isMethodSignature(member)) {
    type.properties.add(name)
    return
  }
  const [first] = member.parameters
  if (first?.type !== undefined && ts.isLiteralTypeNode(first.type) && ts.isStringLiteral(first.type.literal))
    type.events.add(first.type.literal.text)
  const required = member.parameters.filter(
    (one) => one.questionToken === undefined && one.dotDotDotToken === undefined,
  ).length
  const hasRest = member.parameters.some((one) => one.dotDotDotToken !== undefined)
  const known = type.methods.get(name)
  type.methods.set(name, {
    least: Math.min(known?.least ?? Infinity, required),
    most: Math.max(known?.most ?? 0, hasRest ? Infinity : member.parameters.length),
  })
}

export interface MadeCall {
  readonly type: string
  readonly method: string
  readonly values: readonly unknown[]
}

/** Objects that only have what Electron declares: any other name, event or number of arguments is an error. */
export class ElectronStandIn {
  readonly calls: MadeCall[] = []
  readonly #types = readDeclarations()
  readonly #listeners = new Map<object, Map<string, ((...values: never[]) => unknown)[]>>()

  /** @param answers what methods give back or do; every name is checked too */
  make<Type extends object>(type: string, answers: Readonly<Record<string, unknown>> = {}): Type {
    for (const name of Object.keys(answers)) this.#find(type, name)
    const listeners = new Map<string, ((...values: never[]) => unknown)[]>()
    const target = {}
    const made = new Proxy(target, {
      get: (_target, name) => {
        if (typeof name === 'symbol' || name === 'then') return undefined
        const declared = this.#find(type, name)
        if (declared === 'property') return answers[name]
        return (...values: readonly unknown[]) => {
          this.#check(type, name, declared, values)
          this.calls.push({ type, method: name, values })
          if (name === 'on' || name === 'once' || name === 'handle') listen(listeners, values)
          const answer = answers[name]
          return typeof answer === 'function'
            ? (answer as (...all: readonly unknown[]) => unknown)(...values) /* the test's own */
            : answer
        }
      },
    })
    this.#listeners.set(made, listeners)
    return made as Type // every use of it is checked against the declarations
  }

  /** Lets an event happen, or the page ask something. */
  emit(made: object, name: string, ...values: readonly unknown[]): unknown {
    const all = this.#listeners.get(made)?.get(name) ?? []
    return all.map((listener) => listener(...(values as never[]))).at(-1) // as the test gives them
  }

  of(type: string, method: string): readonly (readonly unknown[])[] {
    return this.calls.filter((call) => call.type === type && call.method === method).map(({ values }) => values)
  }

  #find(type: string, name: string): { least: number; most: number } | 'property' {
    for (let at: string | null = type; at !== null; at = this.#types.get(at)?.base ?? null) {
      const declared = this.#types.get(at)
      const method = declared?.methods.get(name)
      if (method !== undefined) return method
      if (declared?.properties.has(name) === true) return 'property'
    }
    throw new Error(`electron: ${type} has no "${name}".`)
  }

  #check(
    type: string,
    name: string,
    { least, most }: { least: number; most: number },
    values: readonly unknown[],
  ): void {
    if (values.length < least || values.length > most)
      throw new Error(`electron: ${type}.${name} takes ${least} to ${most} arguments, got ${values.length}.`)
    const events = this.#types.get(type)?.events
    const isEvent =
      (name === 'on' || name === 'once') &&
      events !== undefined &&
      events.size > 0 &&
      type !== 'IpcMain' &&
      type !== 'IpcRenderer'
    if (isEvent && !events.has(String(values[0])))
      throw new Error(`electron: ${type} has no event "${String(values[0])}".`)
  }
}

function listen(
  listeners: Map<string, ((...values: never[]) => unknown)[]>,
  [name, listener]: readonly unknown[],
): void {
  if (typeof listener !== 'function') return
  const key = String(name)
  listeners.set(key, [...(listeners.get(key) ?? []), listener as (...values: never[]) => unknown]) // what the shell handed in
}
