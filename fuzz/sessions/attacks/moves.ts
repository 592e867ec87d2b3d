/** What stories are made of, for short. */
import type { Action, BrowserName, From, Open, PersonName, SignOut, Where } from '../story.ts'

export function open(
  tab: string,
  where: Where,
  { browser = 'victim', from = 'address' }: { browser?: BrowserName; from?: From } = {},
): Open {
  return { do: 'open', browser, tab, where, from }
}

export function signIn(
  tab: string,
  { browser = 'victim', as = 'victim', hold }: { browser?: BrowserName; as?: PersonName; hold?: string } = {},
): Action {
  return { do: 'sign-in', browser, tab, as, ...(hold === undefined ? {} : { hold }) }
}

export function page(person: PersonName = 'victim', query?: string): Where {
  return { page: person, ...(query === undefined ? {} : { query }) }
}

/** The victim goes to his page and signs in. */
export function signedIn(tab = 'one', browser: BrowserName = 'victim', as: PersonName = 'victim'): Action[] {
  return [open(tab, page(as), { browser }), signIn(tab, { browser, as })]
}

/** The attacker signs in and keeps the URL that would finish it. */
export function attackersCallback(hold = 'callback'): Action[] {
  const browser = 'attacker'
  return [open('evil', page('attacker'), { browser }), signIn('evil', { browser, as: 'attacker', hold })]
}

/** Names under which handlers are told where to go afterwards. */
const returnNames = ['redirect_uri', 'requestedUri', 'returnTo', 'return_to', 'redirect', 'next', 'url', 'path']

/** A query that tells so, under every name. */
export function returnQuery(place: string): string {
  return returnNames.map((name) => `${name}=${encodeURIComponent(place)}`).join('&')
}

/** A state as handlers write it that keep the way back there: members of JSON, in base64url. */
export function statedReturn(place: string): string {
  const members = Object.fromEntries(returnNames.map((name) => [name, place]))
  return Buffer.from(JSON.stringify({ nonce: '0T0', ...members })).toString('base64url')
}

export const reload = (tab = 'one', browser: BrowserName = 'victim'): Action => ({ do: 'reload', browser, tab })
export const back = (tab = 'one', browser: BrowserName = 'victim'): Action => ({ do: 'back', browser, tab })
export const signOut = (tab = 'one', browser: BrowserName = 'victim'): SignOut => ({ do: 'sign-out', browser, tab })
export const wait = (seconds: number): Action => ({ do: 'wait', seconds })
export const provider = (answers: string, to?: 'code' | 'refresh'): Action => ({
  do: 'provider',
  answers,
  ...(to === undefined ? {} : { to }),
})
/** Until an access token of so many seconds has run out. */
export const pastToken = (seconds = 3600): Action => wait(seconds + 5)
