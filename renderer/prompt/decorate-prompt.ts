import { Decoration, type DecorationSet, type EditorView, WidgetType } from '@codemirror/view'
import { type Range, StateEffect, StateField } from '@codemirror/state'
import type { Region, StudioDocument } from '../document/studio-document.ts'
import { decorateReading, type TextReading } from './decorate-reading.ts'
import { classesOf, decorateReadings, type Readings } from './decorate-readings.ts'
import { contentWords, findPhrase } from './find-phrase.ts'
import { parsePrompt, type PromptMark } from './parse-prompt.ts'

/** What the sentence shows about itself. */
export interface PromptReport extends Readings, TextReading {
  readonly regions: readonly Region[]
  /** How much of each region was obeyed in the shown picture, 0 … 1; absent = not measured. */
  readonly coverage: ReadonlyMap<string, number>
  /** What each kind of syntax means here, for the tooltip; absent = it works. */
  readonly explain: (kind: PromptMark['kind']) => string
  readonly explainMissing: (region: Region, number: number) => string
}

export const setReport = StateEffect.define<PromptReport>()

/** Chips, lines and weights over the text; the text itself stays what the user wrote. */
export const promptMarks = StateField.define<{ readonly report: PromptReport | null; readonly marks: DecorationSet }>({
  create: () => ({ report: null, marks: Decoration.none }),
  update: (value, change) => {
    const effect = change.effects.find((one) => one.is(setReport))
    const report = effect?.is(setReport) === true ? effect.value : value.report
    const isFresh = effect !== undefined || change.docChanged || change.selection !== undefined
    if (report === null || !isFresh) return value
    const caret = change.state.selection.main
    return { report, marks: Decoration.set(decorate(change.state.doc.toString(), report, caret), true) }
  },
})

class ChipWidget extends WidgetType {
  readonly #colour: number
  readonly #number: number

  constructor(colour: number, number: number) {
    super()
    this.#colour = colour
    this.#number = number
  }

  override eq(other: ChipWidget): boolean {
    return other.#colour === this.#colour && other.#number === this.#number
  }

  override toDOM(): HTMLElement {
    const chip = document.createElement('span')
    chip.className = 'n'
    chip.dataset['r'] = String(this.#colour)
    chip.textContent = String(this.#number)
    chip.setAttribute('aria-hidden', 'true')
    return chip
  }
}

class WeightWidget extends WidgetType {
  readonly #weight: number

  constructor(weight: number) {
    super()
    this.#weight = weight
  }

  override eq(other: WeightWidget): boolean {
    return other.#weight === this.#weight
  }

  override toDOM(): HTMLElement {
    const text = document.createElement('sup')
    text.textContent = `×${Number(this.#weight.toFixed(2))}`
    return text
  }
}

type Mark = Range<Decoration>

function decorate(
  text: string,
  report: PromptReport,
  caret: { readonly from: number; readonly to: number },
): readonly Mark[] {
  const linked = linkedSpans(text, report)
  return [
    ...linked.flatMap(({ from, to, region, number }) => markPhrase(from, to, region, number, report)),
    ...quietWords(text, linked),
    ...decorateReading(text, report),
    ...decorateReadings(text, linked, report),
    ...markWeights(text, caret),
    ...parsePrompt(text).marks.map(({ from, to, kind }) => markSyntax(from, to, report.explain(kind))),
  ]
}

interface LinkedSpan {
  readonly from: number
  readonly to: number
  readonly region: Region
  readonly number: number
}

/** Where each region's phrase stands in the text, by its occurrence. */
export function linkedSpans(text: string, { regions }: Pick<PromptReport, 'regions'>): readonly LinkedSpan[] {
  return regions.flatMap((region, i) => {
    const span = findPhrase(text, region.phrase)[region.occurrence]
    return span === undefined ? [] : [{ ...span, region, number: i + 1 }]
  })
}

/** The region whose phrase is around a place of the text. */
export const regionAt = (text: string, at: number, document: StudioDocument): Region | undefined =>
  linkedSpans(text, document).find(({ from, to }) => at >= from && at <= to)?.region

function markPhrase(
  from: number,
  to: number,
  region: Region,
  number: number,
  { coverage, pinned, marks, explainMark }: PromptReport,
): readonly Mark[] {
  const share = coverage.get(region.id)
  const word = region.phrase.trim().toLowerCase()
  const mark = marks.find((one) => one.word === word)
  const isIgnored = mark !== undefined && classesOf(mark).includes('ignored')
  const classes = ['w', share === undefined ? 'stale' : '', isIgnored ? 'ignored' : '', pinned === word ? 'pin' : '']
  return [
    Decoration.widget({ widget: new ChipWidget(region.colour, number), side: -1 }).range(from),
    Decoration.mark({
      class: classes.filter((name) => name !== '').join(' '),
      attributes: {
        'data-r': String(region.colour),
        'data-share': String(share ?? 0),
        ...(mark !== undefined && { 'data-word': word, 'data-tip': explainMark(mark) }),
      },
    }).range(from, to),
  ]
}

/** What lies between the words that can be seen steps back. */
function quietWords(text: string, linked: readonly LinkedSpan[]): readonly Mark[] {
  const isLinked = (at: number): boolean => linked.some(({ from, to }) => at >= from && at < to)
  const content = contentWords(text)
  const quiet: Mark[] = []
  let at = 0
  for (const { from, to } of [...content, { from: text.length, to: text.length }]) {
    if (from > at && !isLinked(at)) quiet.push(Decoration.mark({ class: 'ex' }).range(at, from))
    at = to
  }
  return quiet
}

/** The words heavier or lighter, the brackets hidden until the caret is among them. */
function markWeights(text: string, caret: { readonly from: number; readonly to: number }): readonly Mark[] {
  return parsePrompt(text).weights.flatMap((span): readonly Mark[] => {
    if (span.innerTo <= span.innerFrom) return []
    const weight = Math.round(Math.min(680, Math.max(300, 420 + 500 * (span.weight - 1))))
    const words = Decoration.mark({ attributes: { 'data-weight': String(weight) } }).range(span.innerFrom, span.innerTo)
    const isOpen = caret.to >= span.from && caret.from <= span.to
    if (isOpen) return [words]
    return [
      Decoration.replace({}).range(span.from, span.innerFrom),
      words,
      Decoration.replace({ widget: new WeightWidget(span.weight) }).range(span.innerTo, span.to),
    ]
  })
}

const markSyntax = (from: number, to: number, tip: string): Mark =>
  Decoration.mark({ class: 'syntax', attributes: { 'data-tip': tip } }).range(from, to)

/** The words at a place of the editor: of a linked phrase all, else one. */
export const wordsUnder = (view: EditorView, at: number): string => {
  const text = view.state.doc.toString()
  const word = contentWords(text).find(({ from, to }) => at >= from && at <= to)
  return word === undefined ? '' : text.slice(word.from, word.to)
}

/** Puts numbers of the marks into styles: as attributes the page's policy would refuse them. */
export function styleMarks(root: HTMLElement): void {
  for (const element of root.querySelectorAll<HTMLElement>('[data-share]')) {
    element.style.setProperty('--s', element.dataset['share'] ?? '0')
  }
  for (const element of root.querySelectorAll<HTMLElement>('[data-weight]')) {
    element.style.fontWeight = element.dataset['weight'] ?? ''
  }
}
