import { EditorView } from '@codemirror/view'

/**
 * Letters that are typed go into the state at once, not through the page: a browser that replaces marked words writes their
 * look into a `style` attribute, which the page's policy forbids. What an input method composes is left to the browser.
 */
export const typePlainly = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    if (event.inputType !== 'insertText' || event.data === null || event.isComposing || view.composing) return false
    event.preventDefault()
    view.dispatch(view.state.replaceSelection(event.data), { userEvent: 'input.type', scrollIntoView: true })
    return true
  },
})
