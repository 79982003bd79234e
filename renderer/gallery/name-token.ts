import type { MessageKey, MessageValues } from '../text/messages.ts'
import type { SearchToken } from './parse-search.ts'

interface Said {
  readonly key: MessageKey
  readonly values: MessageValues
}

const said = (key: MessageKey, values: MessageValues = {}): Said => ({ key, values })

/** A token as people read it: `stars:4` is “Four stars and up”. */
export function nameToken({ name, value }: Pick<SearchToken, 'name' | 'value'>): Said {
  const lower = value.toLowerCase()
  switch (name) {
    case 'stars':
      return Number(value) > 0 ? said('filter.stars', { count: Number(value) }) : said('filter.unrated')
    case 'flag':
      return said(value === 'pick' ? 'filter.pick' : 'filter.reject')
    case 'ignored':
      return ['any', '*', 'egal'].includes(lower) ? said('filter.ignoredAny') : said('filter.ignored', { value })
    case 'obeyed':
      return said(['yes', 'ja'].includes(lower) ? 'filter.obeyed' : 'filter.missed')
    case 'date':
      return nameDate(lower)
    case 'model':
    case 'seed':
    case 'after':
    case 'before':
    case 'tag':
      return said(`filter.${name}`, { value })
  }
}

function nameDate(value: string): Said {
  if (['today', 'heute'].includes(value)) return said('filter.today')
  if (['yesterday', 'gestern'].includes(value)) return said('filter.yesterday')
  if (['week', 'woche'].includes(value)) return said('filter.week')
  if (['month', 'monat'].includes(value)) return said('filter.month')
  return said('filter.date', { value })
}
