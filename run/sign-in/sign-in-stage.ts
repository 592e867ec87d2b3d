/** Signs in for real: a browser, the local edge with the authorizer over TLS, and a provider with Cognito's documented habits. */
import { type Stage, stageResult } from '../../command/stage.ts'
import { accounts, type Person, type SignInSite, startSignInSite } from '../../edge/sign-in/sign-in-site.ts'
import { type Check, check } from '../../result/result.ts'
import { startCognitoProvider } from '../../testing/providers/cognito-provider.ts'
import { openVisitors, type Shown, type Visitor, type Visitors } from './visitor.ts'

interface Seen {
  shown: Shown
  /** Requests that the provider's token and revocation endpoints have had since the step began. */
  backChannel: string[]
}

interface Step {
  id: string
  title: string
  /** What should be seen: the address's end, the status and the page's title, and what the function asked the provider. */
  expected: string
  act(world: World): Promise<Shown>
}

interface World {
  site: SignInSite
  alice: Visitor
  bob: Visitor
  advance(seconds: number): void
}

const deep = '/docs/one.html?page=2'
const page = '/docs/one.html'
const [exchanged, revoked] = ['POST /oauth2/token', 'POST /oauth2/revoke']

const signIn = async (visitor: Visitor, person: Person, address: string) => {
  const { username, password } = accounts[person]
  await visitor.visit(address)
  return visitor.submit({ username, password })
}

/** In this order, in one world. */
const steps: readonly Step[] = [
  {
    id: 'arrival',
    title: 'a visitor without a token is led to the provider',
    expected: '/login 200 Sign in',
    act: ({ site, alice }) => alice.visit(site.url + deep),
  },
  {
    id: 'return',
    title: 'after the password he is back at the page that he asked for',
    expected: `${deep} 200 One Miss ${exchanged}`,
    act: ({ alice }) => alice.submit({ username: accounts.alice.username, password: accounts.alice.password }),
  },
  {
    id: 'session',
    title: 'the next page asks nobody',
    expected: '/docs/ 200 Documents Miss',
    act: ({ site, alice }) => alice.visit(`${site.url}/docs/`),
  },
  {
    id: 'cache',
    title: 'another who has signed in is served from the shared cache',
    expected: `${page} 200 One Hit ${exchanged}`,
    act: ({ site, bob }) => signIn(bob, 'bob', site.url + page),
  },
  {
    id: 'forbidden',
    title: 'a page of a group that he is not in is refused, without a loop',
    expected: '/staff/ 403',
    act: ({ site, bob }) => bob.visit(`${site.url}/staff/`),
  },
  {
    id: 'refresh',
    title: 'a token that is about to expire is refreshed on the way',
    expected: `${page} 200 One Hit ${exchanged}`,
    act: ({ site, alice, advance }) => {
      advance(site.provider.tokenSeconds - 30)
      return alice.visit(site.url + page)
    },
  },
  {
    id: 'sign-out',
    title: 'signed out at the site and at the provider, the refresh token revoked',
    expected: `/bye.html 200 Goodbye Miss ${revoked}`,
    act: async ({ site, alice }) => {
      await alice.visit(`${site.url}/docs/`)
      return alice.follow('/_auth/sign-out')
    },
  },
  {
    id: 'signed-out',
    title: 'after that the provider asks for the password again',
    expected: '/login 200 Sign in',
    act: ({ site, alice }) => alice.visit(`${site.url}/docs/`),
  },
]

export interface SignInOptions {
  /** Default: Chromium where it is there. */
  browser?: 'HTTP'
}

export const signInStage: Stage<SignInOptions> = ({ progress, signal }, { browser }) =>
  stageResult('signin', { provider: 'a user pool by its documentation' }, async () => {
    progress.step('signin: starting the site')
    const clockAhead = new SharedArrayBuffer(4)
    const site = await startSignInSite({
      host: 'site.example.com',
      start: (options) => startCognitoProvider({ ...options, rotation: { graceSeconds: 60 } }),
      provider: { tokenUse: 'access' },
      signIn: { logout: 'cognito' },
      clockAhead,
    })
    try {
      const visitors = await openVisitors(site.servers, browser)
      const [alice, bob] = [await visitors.newVisitor(), await visitors.newVisitor()]
      const advance = (seconds: number) => void Atomics.add(new Int32Array(clockAhead), 0, seconds)
      const checks: Check[] = []
      try {
        for (const step of steps) {
          signal.throwIfAborted()
          progress.step(`signin: ${step.title}`)
          checks.push(await checkStep(step, { site, alice, bob, advance }))
        }
      } finally {
        await visitors.close()
      }
      const way = wayCheck(visitors)
      progress.log(`signin: ${way.detail}`)
      return { checks: [...checks, way] }
    } finally {
      await site.close()
    }
  })

function wayCheck({ kind, reason }: Visitors): Check {
  const detail = reason === null ? 'signed in with Chromium' : `signed in by HTTP, without a browser: ${reason}`
  return check({
    id: 'signin.way',
    title: 'signed in with',
    value: kind,
    unit: '',
    limit: null,
    direction: 'none',
    detail,
  })
}

async function checkStep({ id, title, expected, act }: Step, world: World): Promise<Check> {
  const { provider } = world.site
  const before = provider.backChannel.length
  const shown = await act(world).catch((error: Error) => error)
  const backChannel = provider.backChannel.slice(before).filter((line) => line.startsWith('POST'))
  const seen = shown instanceof Error ? shown.message.split('\n')[0] : description({ shown, backChannel })
  const fields = { id: `signin.${id}`, title, unit: 'count', limit: 0, direction: 'lower' } as const
  if (seen === expected) return check({ ...fields, value: 0 })
  return check({ ...fields, value: 1, detail: `expected ${expected}; seen ${seen}` })
}

/** At the provider only where he is; at the site whether the cache had it, too. */
function description({ shown: { url, status, title, headers }, backChannel }: Seen): string {
  const { pathname, search } = new URL(url)
  const [result = ''] = String(headers['x-cache'] ?? '').split(' ')
  const isObject = result === 'Miss' || result === 'Hit'
  const where = pathname === '/login' ? pathname : pathname + search
  return [where, status, ...(status === 200 ? [title] : []), ...(isObject ? [result] : []), ...backChannel].join(' ')
}
