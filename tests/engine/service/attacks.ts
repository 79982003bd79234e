/** Where the page stands that attacks: what the browser tells the studio about it differs. */
export type Ground =
  /** A page of the web: `http://evil.example`. */
  | 'evil'
  /** Another server on this machine: same site, so the studio's cookie goes along. */
  | 'second-port'
  /** Another server on this machine under the other name of the loopback address. */
  | 'localhost'
  /** A name that pointed to the attacker when the page was loaded and points to the studio now. */
  | 'rebound'

export interface Attack {
  readonly name: string
  readonly from: Ground
  /** Runs inside a sandboxed frame, whose Origin is `null`. */
  readonly isSandboxed?: boolean
  /** The body of an async function of `studio` (its origin), `socket` (its ws: origin) and `id` (a picture there); what it returns, it could read. */
  readonly script: string
}

const fetched = (path: string, options: string): string =>
  `const answer = await fetch(studio + ${path}, ${options}); const text = await answer.text(); return text`

const element = (tag: string, attribute: string, path: string, proof: string): string => `
  const element = document.createElement('${tag}')
  const settled = new Promise((resolve) => { element.onload = element.onloadeddata = () => resolve(true); element.onerror = () => resolve(false); setTimeout(() => resolve(false), 700) })
  element.${attribute} = studio + ${path}
  document.body.append(element)
  return (await settled) ? (${proof}) : ''`

const form = (type: string, path: string): string => `
  const frame = document.createElement('iframe'); frame.name = 'target'; document.body.append(frame)
  const form = document.createElement('form')
  Object.assign(form, { method: 'POST', action: studio + ${path}, enctype: '${type}', target: 'target' })
  const field = document.createElement('textarea'); field.name = '{"kind":"call","id":1,"name":"boards.create","input":{"name":"x'; field.value = '"}}'
  form.append(field); document.body.append(form)
  const loaded = new Promise((resolve) => { frame.onload = resolve; setTimeout(resolve, 700) })
  form.submit(); await loaded
  try { return frame.contentDocument.body.textContent } catch { return '' }`

const socket = `
  return new Promise((resolve) => {
    const pipe = new WebSocket(socket + '/contract')
    pipe.onopen = () => { pipe.send('{"kind":"hello","version":1}'); pipe.send('{"kind":"call","id":1,"name":"boards.create","input":{"name":"stolen"}}') }
    pipe.onmessage = ({ data }) => resolve(String(data))
    pipe.onerror = pipe.onclose = () => resolve('')
  })`

const frame = (path: string): string => `
  const frame = document.createElement('iframe')
  const loaded = new Promise((resolve) => { frame.onload = resolve; setTimeout(resolve, 700) })
  frame.src = studio + ${path}; document.body.append(frame); await loaded
  try { return frame.contentDocument.body.innerHTML } catch { return frame.contentWindow.length > 0 ? 'frames' : '' }`

const opened = (path: string): string => `
  const page = window.open(studio + ${path})
  await new Promise((resolve) => setTimeout(resolve, 600))
  try { return page.document.body.innerHTML } catch { return page !== null && !page.closed && page.length > 0 ? 'frames' : '' } finally { page?.close() }`

const picture = "'/image/' + id"
const contract = "'/contract'"
const simple = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'] as const
const call = `body: '{"kind":"call","id":1,"name":"boards.create","input":{"name":"stolen"}}'`
const post = (type: string): string => `{ method: 'POST', credentials: 'include', mode: 'no-cors', headers: { 'Content-Type': '${type}' }, ${call} }` // prettier-ignore
const pixels = `(() => { const canvas = document.createElement('canvas'); canvas.getContext('2d').drawImage(element, 0, 0); try { return 'pixels ' + canvas.toDataURL() } catch { return 'size ' + element.naturalWidth } })()`

/** What any page can try. */
const everywhere = (from: Ground): Attack[] => [
  { name: 'reads a picture by fetch', from, script: fetched(picture, `{ credentials: 'include' }`) },
  { name: 'reads a picture by an opaque fetch', from, script: fetched(picture, `{ credentials: 'include', mode: 'no-cors' }`) }, // prettier-ignore
  { name: 'shows a picture', from, script: element('img', 'src', picture, pixels) },
  { name: 'runs a picture as a script', from, script: element('script', 'src', picture, `'script ran'`) },
  { name: 'frames the studio', from, script: frame(`'/'`) },
  { name: 'opens the contract', from, script: socket },
  ...simple.map((type) => ({ name: `posts ${type} by a form`, from, script: form(type, contract) })), // prettier-ignore
  ...simple.map((type) => ({ name: `posts ${type} by fetch`, from, script: fetched(contract, post(type)) })),
]

/** At least 30 things that pages of other sites, other servers and rebound names do to a studio that is open beside them. */
export const attacks: readonly Attack[] = [
  ...everywhere('evil'),
  ...everywhere('second-port'),
  ...everywhere('rebound'),
  { name: 'posts JSON, which asks first', from: 'evil', script: fetched(contract, `{ method: 'POST', credentials: 'include', headers: { 'Content-Type': 'application/json' }, ${call} }`) }, // prettier-ignore
  { name: 'deletes a picture', from: 'second-port', script: fetched(picture, `{ method: 'DELETE', credentials: 'include' }`) }, // prettier-ignore
  { name: 'frames a picture', from: 'second-port', script: frame(picture) },
  { name: 'shows a small picture', from: 'localhost', script: element('img', 'src', `${picture} + '/thumbnail'`, pixels) }, // prettier-ignore
  { name: 'opens the contract', from: 'localhost', script: socket },
  { name: 'opens a window of the studio', from: 'evil', script: opened(`'/'`) },
  { name: 'opens a window of a picture', from: 'second-port', script: opened(picture) },
  { name: 'embeds a picture', from: 'second-port', script: element('object', 'data', picture, `'embedded'`) },
  { name: "runs the studio's own script", from: 'evil', script: element('script', 'src', `'/assets/a.js'`, `'script ran'`) }, // prettier-ignore
  { name: 'guesses a launch', from: 'second-port', script: fetched(`'/launch?token=' + 'A'.repeat(43)`, `{ credentials: 'include' }`) }, // prettier-ignore
  { name: 'listens for events', from: 'second-port', script: `return new Promise((resolve) => { const source = new EventSource(studio + '/contract', { withCredentials: true }); source.onopen = () => resolve('open'); source.onerror = () => resolve('') })` }, // prettier-ignore
  { name: 'leaves a beacon', from: 'second-port', script: `navigator.sendBeacon(studio + '/contract', '{"kind":"call"}'); await new Promise((resolve) => setTimeout(resolve, 200)); return ''` }, // prettier-ignore
  { name: 'reads a picture by fetch', from: 'second-port', isSandboxed: true, script: fetched(picture, `{ credentials: 'include' }`) }, // prettier-ignore
  { name: 'opens the contract', from: 'second-port', isSandboxed: true, script: socket },
  { name: 'posts text', from: 'second-port', isSandboxed: true, script: fetched(contract, post('text/plain')) },
  { name: 'opens the contract', from: 'evil', isSandboxed: true, script: socket },
]
