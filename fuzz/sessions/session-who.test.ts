/** Who can do what a story shows. */
import { expect, test } from 'vitest'
import type { Who } from '../finding.ts'
import { whoOf } from './session-who.ts'
import type { Sight } from './sight.ts'
import type { Action } from './story.ts'

const foreign: Action[] = [
  { do: 'sign-in', browser: 'attacker', tab: 'evil', as: 'attacker', hold: 'callback' },
  { do: 'open', browser: 'victim', tab: 'one', where: { held: 'callback' }, from: 'foreign' },
]
const tossed: Action[] = [{ do: 'toss', browser: 'victim', of: 'attacker', as: 'same' }, ...foreign]
const injected: Action[] = [
  { do: 'sign-in', browser: 'victim', tab: 'one', as: 'victim', hold: 'victims' },
  { do: 'open', browser: 'attacker', tab: 'evil', where: { held: 'attackers', change: { code: 'x' } } },
]
const answered: Action[] = [{ do: 'provider', answers: 'huge' }, ...foreign]
const alone: Action[] = [{ do: 'sign-in', browser: 'victim', tab: 'one', as: 'victim' }]

test.each<[string, Sight['class'], Sight['rule'], Action[], Who]>([
  ['a link to a callback', 'bypass', 'sign-in/state', foreign, 'browser-page'],
  ['the same with cookies that another host set', 'bypass', 'sign-in/state', tossed, 'sibling-domain'],
  ["another's code in the attacker's own browser", 'bypass', 'sign-in/start', injected, 'log-reader'],
  ['redirects without end by such cookies', 'exhaustion', 'sign-in/loop', tossed, 'sibling-domain'],
  ['a process that such cookies end', 'crash', 'result/answer', tossed, 'anyone'],
  ['redirects without end by a foreign page', 'exhaustion', 'sign-in/loop', foreign, 'browser-page'],
  ['redirects without end by themselves', 'exhaustion', 'sign-in/loop', alone, 'nobody'],
  ['an answer that no provider gives', 'bypass', 'sign-in/id-token', answered, 'issuer'],
  ['a sign-in that fails by itself', 'false-denial', 'sign-in/begin', alone, 'nobody'],
  ['one that a foreign page breaks', 'false-denial', 'sign-in/begin', foreign, 'browser-page'],
])('%s', (_, name, rule, actions, who) => {
  expect(whoOf({ class: name, rule, step: actions.length - 1 }, { name: 'x', actions } as never)).toBe(who)
})
