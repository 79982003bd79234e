import './zod-without-eval.ts'
import { mount } from 'svelte'
import App from './App.svelte'
import type { ShellBridge } from '../engine/contract/shell-bridge.ts'
import { StudioState } from './state/studio-state.svelte.ts'
import './style/app.css'

declare global {
  interface Window {
    /** Put there by the desktop shell's preload; absent in a browser. */
    readonly attune?: ShellBridge
  }
}

const target = document.getElementById('studio')
if (target === null) throw new Error('studio: the page has no place for it.')
mount(App, { target, props: { studio: new StudioState(window.attune) } })
