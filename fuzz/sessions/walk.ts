/** Stories that nobody thought of: everyday moves, trouble, and pieces of the attacks, in any order. */
import type { Random } from '../../statistics/seeded-random.ts'
import { sessionAttacks } from './attacks/attacks.ts'
import { open, page, pastToken, provider, reload, signedIn, signIn, signOut, wait } from './attacks/moves.ts'
import type { Site } from './site.ts'
import type { Action, Story } from './story.ts'

const tabs = ['one', 'two', 'three']
const troubles = [
  'down',
  'silent',
  'failing',
  'busy',
  'slow',
  'html',
  'no-nonce',
  'other-person',
  'future',
  'other-audience',
]

export function randomWalk(site: Site, random: Random): Story {
  const isShort = random.integer(0, 3) === 0
  const tokenSeconds = isShort ? random.integer(40, 400) : 3600
  const count = random.integer(3, 8)
  const actions: Action[] = []
  for (let index = 0; index < count; index++) actions.push(...piece(site, random, tokenSeconds))
  return {
    name: 'walk',
    instances: random.integer(1, 2),
    provider: {
      rotates: random.integer(0, 3) > 0,
      graceSeconds: random.pick([0, 10, 60]),
      endsFamilies: random.integer(0, 3) === 0,
      tokenSeconds,
    },
    ...(random.integer(0, 5) === 0 ? { browsers: { victim: { metadata: false } } } : {}),
    actions,
  }
}

function piece(site: Site, random: Random, tokenSeconds: number): Action[] {
  const tab = random.pick(tabs)
  switch (random.integer(0, 13)) {
    case 0:
    case 1:
    case 2:
      return signedIn(tab)
    case 3:
      return [open(tab, page('victim', `q=${random.integer(0, 99)}`)), signIn(random.pick(tabs))]
    case 4:
      return [reload(tab), { do: 'back', browser: 'victim', tab }]
    case 5:
      return [wait(random.pick([1, 20, 29, 31, 61, 119, 121, 600, 3000])), reload(tab)]
    case 6:
      return [pastToken(tokenSeconds), reload(tab)]
    case 7:
      return site.paths.signOut === undefined ? [reload(tab)] : [signOut(tab), open(tab, page())]
    case 8:
      return [
        provider(random.pick(troubles), random.pick(['code', 'refresh'] as const)),
        pastToken(tokenSeconds),
        reload(tab),
        signIn(tab),
        provider('good'),
      ]
    case 9:
      return [
        {
          do: 'race',
          a: open('one', page()),
          b: site.paths.signOut !== undefined && random.integer(0, 2) === 0 ? signOut('two') : open('two', page()),
          order: Array.from({ length: 8 }, () => random.pick(['a', 'b'])).join(''),
        },
        reload(tab),
      ]
    case 10:
      return [{ do: 'keys', change: 'rotate' }, wait(75)]
    case 11:
      return [
        open(tab, page('attacker')),
        {
          do: 'embed',
          browser: 'victim',
          kind: random.pick(['fetch', 'image', 'prefetch'] as const),
          where: page(),
          from: 'site',
        },
      ]
    default:
      return ofAttack(site, random)
  }
}

/** Those that need a world of their own are left to the list. */
function ofAttack(site: Site, random: Random): Action[] {
  const built = random.pick(sessionAttacks).build(site, random)
  return built && !built.browsers && !built.storeIsDown && built.actions.length < 16 ? [...built.actions] : []
}
