/** How a visitor is sent to the provider, or to a refresh. */
import { cookiePrefix, hashOf, slotOf } from '../../../oracle/session-cookies.ts'
import { ownPathsOf } from '../../../oracle/sign-in.ts'
import { authorizationParameters, slotPathOf } from '../../../oracle/sign-in-start.ts'
import type { Remark } from '../observation.ts'
import { hasGuard, idsIn, type SignInContext, told } from './sign-in-context.ts'

export function ofStart(context: SignInContext): Remark[] {
  const { policy, request, location, status, set, host } = context
  const endpoint = policy.signIn?.endpoints.authorization ?? ''
  if (status !== '302' || location === undefined || !location.startsWith(endpoint) || host === null) {
    return [{ rule: 'sign-in/without', story: `a navigation without a good token is answered by ${told(context)}` }]
  }
  const slots = set.filter(({ name, value }) => /^__Host-ep-t[0-7]$/.test(name) && value !== '')
  const [{ name = '', value = '', attributes = [] } = {}] = slots
  const slot = slotOf(value)
  const number = Number(name.slice(-1))
  if (slots.length !== 1 || slot === undefined || !attributes.includes('Max-Age=3600')) {
    return [{ rule: 'sign-in/start', story: `a start sets ${slots.length} slots, or one of another form` }]
  }
  const found: Remark[] = []
  const wanted = authorizationParameters(policy, host, number, slot)
  for (const [parameter, text] of new URL(endpoint).searchParams) wanted.set(parameter, text)
  const given = [...new URL(location).searchParams]
  const isSame = given.length === wanted.size && given.every(([parameter, text]) => wanted.get(parameter) === text)
  if (!isSame)
    found.push({ rule: 'sign-in/start', story: "the provider is asked with other parameters than the seed's" })
  const wayBack = slotPathOf(request)
  if (slot.path.toUpperCase() !== wayBack.toUpperCase()) {
    found.push({ rule: 'sign-in/return-path', story: `the slot keeps ${slot.path} in the place of ${wayBack}` })
  }
  return [...found, ...ofSlot(context, number, slot.date), ...ofTakenBack(context)]
}

function ofSlot({ cookies, seconds }: SignInContext, number: number, date: number): Remark[] {
  const [from, to] = seconds
  if (date < Math.floor(from) - 1 || date > to + 1) return [{ rule: 'sign-in/slot', story: 'a slot has another date' }]
  const isFree = (index: number, sure: boolean) => {
    const slot = cookies.slots[index]
    return slot === undefined || (sure ? from : to) - slot.date > (sure ? 3602 : 3598)
  }
  const numbers = [...cookies.slots.keys()]
  if (isFree(number, false)) return []
  const oldest = Math.min(...cookies.slots.map((slot) => slot?.date ?? 0))
  const isOldest = cookies.slots[number]?.date === oldest
  if (isOldest && !numbers.some((index) => isFree(index, true))) return []
  return [{ rule: 'sign-in/slot', story: 'a start takes the slot of another one that may come back' }]
}

/** `sign-in/refused-session`, and nothing else. */
function ofTakenBack({ cookies, request, set }: SignInContext): Remark[] {
  const back = set.filter(({ value }) => value === '').map(({ name }) => name.slice(cookiePrefix.length))
  const { token, refresh, signedOut, counts } = cookies
  const isOver = token !== null && 'rule' in token && token.rule === 'sign-in/revived'
  const isRefused = refresh !== null && (signedOut.includes(refresh.id) || counts?.refused === hashOf(refresh.text))
  const isAny = isRefused || isOver || idsIn(cookies, request).some((id) => signedOut.includes(id))
  const strange = back.filter((name) => !isAny || !/^[ar](?:\.1)?$/.test(name))
  const missing = [...(isOver ? ['a'] : []), ...(isRefused ? ['r'] : [])].filter((name) => !back.includes(name))
  const others = set.filter(({ name, value }) => value !== '' && !/^__Host-ep-t[0-7]$/.test(name))
  if (strange.length + missing.length + others.length === 0) return []
  const story = `a start takes back ${back.join(', ') || 'nothing'}, and sets ${others.length} cookies beside its slot`
  return [{ rule: 'sign-in/refused-session', story }]
}

export function ofWayToRefresh(context: SignInContext): Remark[] {
  const { policy, request, location = '', status, set, host } = context
  const { refresh } = ownPathsOf(policy)
  const [address, query = ''] = location.split('?')
  const isThere = address === refresh || (host !== null && address === `https://${host}${refresh}`)
  const [, to = ''] = /^to=([^&]*)$/.exec(query) ?? []
  const wayBack = slotPathOf(request)
  const isWay = [to, decoded(to)].some((text) => text.toUpperCase() === wayBack.toUpperCase())
  // It sets an empty `g` where there is none, and looks for it at the refresh.
  const isProbe = set.length === 1 && set[0]?.name === `${cookiePrefix}g` && set[0].value === '0.0.0.'
  if (status === '302' && isThere && isWay && (set.length === 0 || (isProbe && !hasGuard(request)))) return []
  return [{ rule: 'sign-in/refresh-due', story: `where a refresh is due the answer is ${told(context)}` }]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
