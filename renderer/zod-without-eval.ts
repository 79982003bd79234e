import { config } from 'zod'

// The page's policy forbids making functions out of text. Zod asks whether it may, once, which the browser reports as an
// attack: it is told before the first schema is made, so main.ts imports this first.
config({ jitless: true })
