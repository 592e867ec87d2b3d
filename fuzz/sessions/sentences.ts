/** A story as plain sentences, an action each. */
import type { Action, BrowserName, CookieEdit, From, Open, SignOut, Story, Where } from './story.ts'
import { tokenAnswer } from './token-answers.ts'

export function sentencesOf({ provider = {}, browsers = {}, instances, storeIsDown, actions }: Story): string[] {
  const world: string[] = []
  if (provider.rotates === false) world.push('The provider does not rotate refresh tokens.')
  if (provider.graceSeconds !== undefined)
    world.push(`A rotated refresh token is accepted for ${provider.graceSeconds} s.`)
  if (provider.endsFamilies) world.push('A refresh token that comes again ends its session with the provider.')
  if (provider.tokenSeconds !== undefined) world.push(`Access tokens live for ${provider.tokenSeconds} s.`)
  if (provider.padding) world.push(`The first token of a session is ${provider.padding} octets larger than later ones.`)
  for (const [name, { prefixes, blocked, ignoresAge, metadata }] of Object.entries(browsers)) {
    const who = browserWords[name as BrowserName]
    if (prefixes === false) world.push(`${upper(who)} does not know cookie prefixes.`)
    if (blocked) world.push(`${upper(who)} blocks cookies.`)
    if (ignoresAge) world.push(`${upper(who)} keeps cookies past their Max-Age.`)
    if (metadata === false) world.push(`${upper(who)} sends no Fetch Metadata.`)
  }
  if ((instances ?? 1) > 1) world.push(`${instances} instances of the function take turns.`)
  if (storeIsDown) world.push('The secret store is down.')
  return [...world, ...actions.map(sentenceOf)]
}

const browserWords: Record<BrowserName, string> = {
  victim: "the victim's browser",
  attacker: "the attacker's browser",
  second: "the victim's second browser",
  thief: "the thief's browser",
}

const fromWords: Record<From, string> = {
  address: '',
  site: ' from a page of the site',
  sibling: ' from a page of a sibling domain',
  foreign: ' from a foreign page',
}

const upper = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)

function sentenceOf(action: Action): string {
  switch (action.do) {
    case 'open':
    case 'sign-out':
      return `${upper(moveOf(action))}.`
    case 'sign-in': {
      const held =
        action.hold === undefined ? '' : ` and keeps the callback's URL ("${action.hold}") without opening it`
      return `${upper(browserWords[action.browser])}, tab ${action.tab}: the ${action.as} gives the password${held}.`
    }
    case 'reload':
      return `${upper(browserWords[action.browser])}, tab ${action.tab}: reload.`
    case 'back':
      return `${upper(browserWords[action.browser])}, tab ${action.tab}: back.`
    case 'embed':
      return `${upper(browserWords[action.browser])}: ${article(action.kind)}${fromWords[action.from]} asks for ${whereOf(action.where)}.`
    case 'race':
      return `At a time (${action.order}): a, ${moveOf(action.a)}; b, ${moveOf(action.b)}.`
    case 'wait':
      return `${action.seconds} s pass.`
    case 'provider':
      return `The token endpoint ${tokenAnswer(action.answers).says}${action.to === undefined ? '' : ` to a ${action.to}`}.`
    case 'keys':
      return 'The provider signs with a new key.'
    case 'forget':
      return `The provider forgets ${browserWords[action.browser]}.`
    case 'store':
      return `The secret store is ${action.isUp ? 'up' : 'down'}.`
    case 'full':
      return `${upper(browserWords[action.browser])} keeps no more cookies.`
    case 'toss': {
      const what = action.of === 'junk' ? 'junk for each cookie' : `the cookies of ${browserWords[action.of]}`
      return `A sibling domain sets ${what} in ${browserWords[action.browser]}, names ${action.as}${action.path === undefined ? '' : `, path ${action.path}`}.`
    }
    case 'edit':
      return `The cookies in ${browserWords[action.browser]} are changed: ${editWords(action.how)}.`
    case 'copy':
      return `The cookies of ${browserWords[action.browser]} are copied to ${browserWords[action.to]}${action.host ? `, for host ${action.host + 1}` : ''}.`
    case 'redeploy':
      return action.change === 'retire-keys'
        ? 'The function is deployed with a new seal key and without the old ones.'
        : 'The function is deployed for another client.'
    case 'request': {
      const host = action.host === undefined ? '' : `, Host ${action.host}`
      const headers = Object.entries(action.headers ?? {}).map(([name, value]) => `, ${name} ${value}`)
      const bearer = action.bearer === undefined ? '' : `, with a bearer token of the ${action.bearer}`
      return `Somebody asks for ${whereOf(action.where)}${host}${headers.join('')}${bearer}.`
    }
  }
}

function moveOf(action: Open | SignOut): string {
  const who = `${browserWords[action.browser]}, tab ${action.tab}`
  return action.do === 'sign-out'
    ? `${who}: sign out`
    : `${who}: open ${whereOf(action.where)}${fromWords[action.from ?? 'address']}`
}

function whereOf(where: Where): string {
  const host = where.host ? ` on host ${where.host + 1}` : ''
  if ('held' in where) {
    const changes = Object.entries(where.change ?? {}).map(([name, value]) => {
      if (value === null) return `without ${name}`
      return typeof value === 'string' ? `with ${name}=${value}` : `with a second ${name}=${value.join()}`
    })
    const other = where.from === undefined ? [] : [`with the code of "${where.from}"`]
    const way = where.way === undefined ? [] : [`with a state that leads to ${where.way}`]
    return [`the URL "${where.held}"`, ...other, ...changes, ...way].join(' ')
  }
  if ('path' in where) return `${where.path}${host}`
  if ('public' in where) return `a public page${host}`
  const query = where.query === undefined || where.query === '' ? '' : `?${where.query.slice(0, 80)}`
  if ('own' in where) return `the path of the ${where.own}${query}${host}`
  return `the ${where.page}'s page${query}${host}`
}

function article(kind: string): string {
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`
}

function editWords(how: CookieEdit): string {
  if (typeof how === 'object') return `the path is ${how.path}`
  return {
    'cut-tag': 'the last 12 octets are cut off',
    'keep-4': 'four octets of the last part are left',
    flip: 'a bit is turned',
  }[how]
}
