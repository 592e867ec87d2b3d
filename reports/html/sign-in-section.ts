import { typedCommand } from '../../command/typed-command.ts'
import { html } from './markup.ts'
import { checkOf, type Section } from './section.ts'

export const signInSection: Section = {
  id: 'sign-in',
  title: 'Sign-in',
  question: 'Does a visitor get in, and out again?',
  document: 'signin',
  folds: true,
  method:
    'Two visitors sign in through the local edge, over TLS, at a provider that behaves as Cognito’s documentation says.',
  command: () => typedCommand('run'),
  answer(source) {
    const steps = source.result.checks.filter(({ limit }) => limit !== null)
    const held = steps.filter(({ verdict }) => verdict === 'pass').length
    return html`${held === steps.length ? `All ${held}` : `${held} of ${steps.length}`} steps held, with ${checkOf(source, 'signin.way')?.check.value}.`
  },
}
