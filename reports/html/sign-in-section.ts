import { html } from './markup.ts'
import { checkOf, type Section } from './section.ts'

export const signInSection: Section = {
  id: 'sign-in',
  title: 'Sign-in',
  question: 'Does a visitor get in, and out again?',
  document: 'signin',
  method:
    'Two visitors sign in through the local edge, over TLS, at a provider that behaves as Cognito’s documentation says.',
  command: () => 'edgeproof run',
  answer: (source) => html`Tried with ${checkOf(source, 'signin.way')?.check.value}.`,
}
