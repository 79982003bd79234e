import type { Page } from 'playwright-core'

export interface ScriptTimes {
  /** Own script time of each frame that had any: callbacks of the frame and the pointer events before it. */
  readonly frameMs: number[]
  /** From the browser's handing over of a pointer event to the end of its handlers. */
  readonly eventMs: number[]
  /** From the moment of a pointer event itself to the end of its handlers: the state of the document is then as it says. */
  readonly pointerToStateMs: number[]
  /** Bytes of typed arrays and pictures asked for while one pointer event was handled. */
  readonly eventBytes: number[]
}

interface Watched {
  attuneTimes: ScriptTimes
}

/** Runs before the page's own script: times its frame callbacks and pointer handlers from outside. */
// eslint-disable-next-line max-lines-per-function -- the browser gets this one function as text; nothing around it goes along
export function watchScript(): void {
  const times: ScriptTimes = { frameMs: [], eventMs: [], pointerToStateMs: [], eventBytes: [] }
  ;(window as unknown as Watched).attuneTimes = times // the bench's own name
  let inEvents = 0
  let bytes = 0
  const frame = window.requestAnimationFrame.bind(window)
  window.requestAnimationFrame = (callback) =>
    frame((time) => {
      const start = performance.now()
      callback(time)
      times.frameMs.push(performance.now() - start + inEvents)
      inEvents = 0
    })
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
  const listen = EventTarget.prototype.addEventListener
  const timed = {
    pointermove: (run: () => void, at: number): void => {
      const start = performance.now()
      bytes = 0
      run()
      const spent = performance.now() - start
      inEvents += spent
      times.eventMs.push(spent)
      times.pointerToStateMs.push(performance.now() - at)
      times.eventBytes.push(bytes)
    },
    // Components are brought up to date right after the event: that is part of its cost.
    scroll: (run: () => void): void => {
      const start = performance.now()
      run()
      queueMicrotask(() => {
        times.frameMs.push(performance.now() - start)
      })
    },
  }
  EventTarget.prototype.addEventListener = function (
    this: EventTarget,
    name: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ) {
    if ((name !== 'pointermove' && name !== 'scroll') || typeof listener !== 'function') {
      listen.call(this, name, listener, options)
      return
    }
    const measure = timed[name]
    const wrapped = (event: Event): void => {
      measure(() => {
        listener.call(this, event)
      }, event.timeStamp)
    }
    listen.call(this, name, wrapped, options)
  }
  const count = <Kind extends abstract new (...values: never[]) => { readonly byteLength: number }>(kind: Kind): Kind =>
    new Proxy(kind, {
      construct: (target, values, self) => {
        const made = Reflect.construct(target, values, self) as {
          readonly byteLength: number
          readonly buffer?: unknown
        } // typed arrays only
        if (typeof values[0] === 'number') bytes += made.byteLength
        return made
      },
    })
  window.Uint8Array = count(Uint8Array)
  window.Uint8ClampedArray = count(Uint8ClampedArray)
  window.Float32Array = count(Float32Array)
}

/** What was measured since the last reading. */
export const readTimes = (page: Page): Promise<ScriptTimes> =>
  page.evaluate(() => {
    const { attuneTimes } = window as unknown as Watched // put there by watchScript
    return {
      frameMs: attuneTimes.frameMs.splice(0),
      eventMs: attuneTimes.eventMs.splice(0),
      pointerToStateMs: attuneTimes.pointerToStateMs.splice(0),
      eventBytes: attuneTimes.eventBytes.splice(0),
    }
  })
