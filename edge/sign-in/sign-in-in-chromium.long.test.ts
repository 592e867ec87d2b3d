/** Sign-in as people in a real browser see it: through the local edge, over TLS, with two providers that are not ours. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Policy } from '../../authorizer/policy.ts'
import { synthesize } from '../../infra/synth.ts'
import { chromiumProgram, launchChromium } from '../../reports/html/screenshots.ts'
import { startCertifiedProvider } from '../../testing/providers/certified-provider.ts'
import { startCognitoProvider } from '../../testing/providers/cognito-provider.ts'
import { moveClock } from '../function/moved-clock.ts'
import { chromiumHosts } from './chromium-hosts.ts'
import { accounts, type Person, type SignInSite, startSignInSite } from './sign-in-site.ts'

const found = chromiumProgram() !== undefined
if (!found) console.log('skipped: chromium missing')

const hour = 3600
const RealDate = Date
const clockAhead = new SharedArrayBuffer(4)
/** For functions and providers, not for the browser: its jar keeps what the clock would have ended. */
const advance = (seconds: number) => void Atomics.add(new Int32Array(clockAhead), 0, seconds)

/** As it is deployed. */
const template = async (policy: Policy) => (await synthesize({ policy })).template

let certified: SignInSite
let cognito: SignInSite
let browser: Browser
let site: SignInSite
let context: BrowserContext

beforeAll(async () => {
  if (!found) return
  moveClock(new Int32Array(clockAhead))
  certified = await startSignInSite({
    host: 'site.example.com',
    start: startCertifiedProvider,
    provider: {
      tokenUse: null,
      clientClaim: 'client_id',
      audiences: ['https://site.example.com'],
      groupsClaim: 'groups',
    },
    signIn: { logout: 'oidc', responseIss: true },
    client: { secret: 'a secret: 100% hidden+long enough', authMethod: 'client_secret_basic' },
    clockAhead,
    template,
  })
  cognito = await startSignInSite({
    host: 'files.example.com',
    start: (options) => startCognitoProvider({ ...options, rotation: { graceSeconds: 60 } }),
    provider: { tokenUse: 'access' },
    signIn: { logout: 'cognito' },
    clockAhead,
    template,
  })
  browser = await launchChromium(chromiumHosts({ ...certified.servers, ...cognito.servers }))
})
beforeEach(async () => {
  site = certified
  context = await newContext()
})
afterEach(async () => {
  for (const each of [certified, cognito]) each.provider.fault = null
  await Promise.all(browser.contexts().map((each) => each.close()))
})
afterAll(async () => {
  globalThis.Date = RealDate
  await browser?.close()
  await Promise.all([certified?.close(), cognito?.close()])
})

async function newContext(): Promise<BrowserContext> {
  const made = await browser.newContext({ viewport: { width: 800, height: 450 } })
  made.setDefaultTimeout(20_000)
  return made
}

interface Tab {
  page: Page
  /** Documents since the last call: status and path at the site, `provider` for any number there. */
  loaded(): string[]
}

async function openTab(own = context): Promise<Tab> {
  const page = await own.newPage()
  const documents: string[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'document') return
    const url = new URL(response.url())
    const isOurs = url.origin === site.url
    const query = url.pathname.startsWith('/_auth/') ? '' : url.search
    const line = isOurs ? `${response.status()} ${url.pathname}${query}` : 'provider'
    if (isOurs || documents.at(-1) !== 'provider') documents.push(line)
  })
  return { page, loaded: () => documents.splice(0) }
}

async function type(page: Page, person: Person): Promise<void> {
  await page.getByLabel('Username').fill(accounts[person].username)
  await page.getByLabel('Password').fill(accounts[person].password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function signIn(tab: Tab, person: Person, path = '/docs/'): Promise<void> {
  await tab.page.goto(site.url + path)
  await type(tab.page, person)
  await tab.page.waitForURL(site.url + path)
  tab.loaded()
}

/** The address that the provider sends the browser back to, which the browser does not ask for then. */
async function interceptedCallback(page: Page, act: () => Promise<void>): Promise<string> {
  const session = await page.context().newCDPSession(page)
  const address = Promise.withResolvers<string>()
  session.on('Fetch.requestPaused', ({ request, requestId }) => {
    void session.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' })
    address.resolve(request.url)
  })
  await session.send('Fetch.enable', { patterns: [{ urlPattern: '*/_auth/callback*' }] })
  await act()
  const found = await address.promise
  await session.detach()
  return found
}

const ours = async (own = context) => (await own.cookies(site.url)).filter(({ name }) => name.startsWith('__Host-ep-'))
const names = async (own = context) => (await ours(own)).map(({ name }) => name.slice('__Host-ep-'.length)).sort()
const octets = async () => (await ours()).reduce((sum, { name, value }) => sum + name.length + 1 + value.length, 0)
const tokenRequests = () => site.provider.backChannel.filter((line) => line.endsWith('/token')).length

const served = { status: 200, redirected: false }
const denied = { status: 401, redirected: false }

/** What a script of the page gets. */
function fetched(page: Page, path: string, headers: Record<string, string> = {}) {
  return page.evaluate(
    async ([address, sent]) => {
      const { status, redirected } = await fetch(address, { cache: 'no-store', headers: sent })
      return { status, redirected }
    },
    [path, headers] as const,
  )
}

describe.skipIf(!found)(`in Chromium${found ? '' : ' (skipped: chromium missing)'}`, () => {
  describe.each(['oidc-provider', 'Cognito by its documentation'])('with %s', (name) => {
    beforeEach(() => {
      site = name === 'oidc-provider' ? certified : cognito
    })

    test('a deep link leads to sign in and back with its query; reloads, links and a second tab ask nobody', async () => {
      const tab = await openTab()
      const { page, loaded } = tab
      const deep = '/docs/one.html?page=2&q=a%20b'
      await page.goto(site.url + deep)
      expect(loaded()).toEqual([`302 ${deep}`, 'provider'])
      await type(page, 'alice')
      await page.waitForURL(site.url + deep)
      expect(await page.title()).toBe('One')
      expect(loaded()).toEqual(['provider', '303 /_auth/callback', `200 ${deep}`])
      await page.reload()
      await page.click('text=documents')
      await page.waitForURL(`${site.url}/docs/`)
      const second = await openTab()
      await second.page.goto(`${site.url}/docs/one.html`)
      expect([loaded(), second.loaded()]).toEqual([[`200 ${deep}`, '200 /docs/'], ['200 /docs/one.html']])

      await page.goBack()
      expect(page.url()).toBe(site.url + deep)
      await page.goBack()
      await page.goForward()
      await page.waitForURL(site.url + deep)
      expect(await page.title()).toBe('One')

      const jar = await ours()
      const attributes = {
        domain: new URL(site.url).hostname,
        path: '/',
        httpOnly: true,
        secure: true,
        sameSite: 'Lax',
      }
      for (const cookie of jar) expect(cookie).toMatchObject(attributes)
      expect(await names()).toEqual(['a', 'g', 'r'])
      const life = (jar.find((cookie) => cookie.name === '__Host-ep-a')?.expires ?? 0) - RealDate.now() / 1000
      expect(life).toBeLessThanOrEqual(hour + 1)
      expect(life).toBeGreaterThan(hour - 60)
    })

    test('a token is refreshed before and after it expires, and where the jar has lost it, without a question', async () => {
      const tab = await openTab()
      const { page, loaded } = tab
      await signIn(tab, 'alice', '/docs/one.html')
      const before = tokenRequests()
      const refreshed = ['302 /docs/one.html?a=1', '303 /_auth/refresh', '200 /docs/one.html?a=1']
      const visit = async () => {
        await page.goto(`${site.url}/docs/one.html?a=1`)
        return loaded()
      }
      advance(hour - 30)
      expect(await visit()).toEqual(refreshed)
      advance(hour + 1)
      expect(await visit()).toEqual(refreshed)
      await context.clearCookies({ name: '__Host-ep-a' })
      expect(await fetched(page, '/docs/note.txt')).toEqual(denied)
      advance(31)
      expect(await visit()).toEqual(refreshed)
      expect(await visit()).toEqual(['200 /docs/one.html?a=1'])
      expect(tokenRequests() - before).toBe(3)

      const second = await openTab()
      advance(hour + 1)
      await Promise.all([page, second.page].map((each) => each.goto(`${site.url}/docs/one.html`)))
      expect([await page.title(), await second.page.title()]).toEqual(['One', 'One'])
      expect(await fetched(page, '/docs/note.txt')).toEqual(served)
    })

    test('signed out at the site and at the provider; the page is not in the browser any more; another signs in', async () => {
      const tab = await openTab()
      const { page, loaded } = tab
      await signIn(tab, 'alice')
      const before = site.provider.backChannel.length
      await page.click('text=sign out')
      if (site === certified) await page.getByRole('button', { name: 'Sign out' }).click()
      await page.waitForURL(`${site.url}/bye.html`)
      expect(await page.title()).toBe('Goodbye')
      expect(loaded()).toEqual(['303 /_auth/sign-out', 'provider', '200 /bye.html'])
      const { pathname } = new URL(site.provider.endpoints.revocation)
      expect(site.provider.backChannel.slice(before)).toEqual([`POST ${pathname}`])
      expect(await names()).toEqual(['o'])

      const titles: string[] = []
      while (titles.length < 3 && !titles.includes('Sign in')) {
        // The certified provider has nothing to show of a sign-out that is over.
        await page.goBack().catch(() => {})
        titles.push(await page.title())
      }
      expect(titles).toContain('Sign in')
      expect(titles).not.toContain('Documents')
      await page.goto(`${site.url}/docs/one.html`)
      await type(page, 'bob')
      await page.waitForURL(`${site.url}/docs/one.html`)
      // On the way back a sign-in was begun, which has a slot still.
      expect((await names()).filter((name) => !name.startsWith('t'))).toEqual(['a', 'g', 'o', 'r'])
    })
  })

  // Where all cores are taken, some of twenty at once have seen a page to try again from; so may a visitor, and he tries again.
  const twentyTabs = { retry: 2 }
  test(
    'twenty tabs: one sign-in opens them all, and a token that expires in all of them costs no question',
    twentyTabs,
    async () => {
      const tabs = await Promise.all(Array.from({ length: 19 }, () => openTab()))
      const address = (index: number) => `${site.url}/docs/one.html?tab=${index}`
      await Promise.all(tabs.map(({ page }, index) => page.goto(address(index))))
      for (const { page } of tabs) expect(await page.title()).toBe('Sign in')
      const last = await openTab()
      tabs.push(last)
      await signIn(last, 'alice', '/docs/one.html?tab=19')
      expect(await octets()).toBeLessThanOrEqual(10_240)
      for (const { loaded } of tabs) loaded()
      await Promise.all(tabs.map(({ page }, index) => page.goto(address(index))))
      expect(tabs.map(({ loaded }) => loaded())).toEqual(tabs.map((_, index) => [`200 /docs/one.html?tab=${index}`]))

      advance(hour + 1)
      await Promise.all(tabs.map(({ page }, index) => page.goto(address(index))))
      // A page of the handler's own ends with its reason.
      const shown = ({ page }: Tab) => Promise.all([page.title(), page.locator('small').allTextContents()])
      expect((await Promise.all(tabs.map(shown))).flat(2)).toEqual(tabs.map(() => 'One'))
      expect(await octets()).toBeLessThanOrEqual(10_240)
      for (const { loaded } of tabs) loaded()
      await Promise.all(tabs.map(({ page }) => page.reload()))
      expect(tabs.map(({ loaded }) => loaded())).toEqual(tabs.map((_, index) => [`200 /docs/one.html?tab=${index}`]))
    },
  )

  test('a wrong group is told so, without a loop, and offered to sign out', async () => {
    const tab = await openTab()
    const { page, loaded } = tab
    await page.goto(`${site.url}/staff/`)
    await type(page, 'bob')
    await page.waitForURL(`${site.url}/staff/`)
    expect(loaded()).toEqual(['302 /staff/', 'provider', '303 /_auth/callback', '403 /staff/'])
    await page.click('a[href="/_auth/sign-out"]')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL(`${site.url}/bye.html`)
    await page.goto(`${site.url}/staff/`)
    await type(page, 'alice')
    await page.waitForURL(`${site.url}/staff/`)
    expect(await page.title()).toBe('Staff')
  })

  test('people who have signed in share the cache, and a bearer goes on beside the session', async () => {
    site.edge.invalidate()
    const [first, second] = [await openTab(), await openTab(await newContext())]
    await signIn(first, 'alice')
    await signIn(second, 'bob')
    const answers = []
    for (const { page } of [first, second]) answers.push(await page.goto(`${site.url}/docs/one.html`))
    expect(answers.map((answer) => answer?.headers()['x-cache'])).toEqual([
      'Miss from cloudfront',
      'Hit from cloudfront',
    ])
    const [, , token = ''] = ((await ours()).find(({ name }) => name === '__Host-ep-a')?.value ?? '').split(
      /^(\d+\.[^.]+)\./,
    )
    const authorization = `Bearer ${token}`
    const third = await openTab(await newContext())
    await third.page.goto(`${site.url}/`)
    expect(await fetched(third.page, '/docs/note.txt', { authorization })).toEqual(served)
    expect(await fetched(third.page, '/staff/index.html', { authorization })).toEqual(served)
    expect(await fetched(second.page, '/staff/index.html', { authorization })).toEqual(served)
    expect(await fetched(second.page, '/staff/index.html')).toEqual({ ...denied, status: 403 })
    expect(await fetched(second.page, '/docs/note.txt', { authorization: 'Bearer none' })).toEqual(denied)
  })

  test("another browser's callback link signs nobody in, and does not hurt who it belongs to", async () => {
    const [alice, bob] = [await openTab(), await openTab(await newContext())]
    await alice.page.goto(`${site.url}/docs/`)
    const link = await interceptedCallback(alice.page, () => type(alice.page, 'alice'))
    const answer = await bob.page.goto(link)
    expect([answer?.status(), await names(bob.page.context())]).toEqual([400, []])
    await alice.page.goto(link)
    expect([alice.page.url(), await alice.page.title()]).toEqual([`${site.url}/docs/`, 'Documents'])
    const again = await alice.page.goto(link)
    expect([again?.status(), tokenRequests()]).toEqual([400, tokenRequests()])
    await alice.page.goto(`${site.url}/docs/`)
    expect(await alice.page.title()).toBe('Documents')
  })

  test('a link from another site asks before it signs out; what a link says is in no page', async () => {
    const tab = await openTab()
    const { page, loaded } = tab
    await signIn(tab, 'alice')
    await page.goto(`${cognito.url}/`)
    const signOut = `${site.url}/_auth/sign-out`
    await page.evaluate((address) => {
      const { document } = globalThis as unknown as { document: { body: { innerHTML: string } } }
      document.body.innerHTML = `<a href="${address}">a gift</a><img src="${address}">`
    }, signOut)
    await page.click('text=a gift')
    await page.waitForURL(`${signOut}*`)
    expect([loaded().at(-1), await names()]).toEqual(['403 /_auth/sign-out', ['a', 'g', 'r']])
    await page.click('a[href*="sign-out"]')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL(`${site.url}/bye.html`)
    expect(await names()).toEqual(['o'])

    const said = '<script>document.title="taken"</script>'
    for (const query of [`error=access_denied&error_description=${encodeURIComponent(said)}`, 'code=1&code=2', 'x=1']) {
      const answer = await page.goto(`${site.url}/_auth/callback?${query}&state=0`)
      expect([answer?.status(), await page.content()]).toEqual([400, expect.not.stringContaining('taken')])
    }
  })

  test('a provider that is down, slow or hostile leads to a page, and then it works again', async () => {
    const faults = { down: 503, page: 503, flood: 503, drip: 503 } as const
    const rows = Object.entries(faults) as [keyof typeof faults, number][]
    for (const [fault, status] of rows) {
      const tab = await openTab(await newContext())
      await tab.page.goto(`${site.url}/docs/one.html`)
      site.provider.fault = fault
      const answer = tab.page.waitForResponse((response) => response.url().includes('/_auth/callback'))
      await type(tab.page, 'alice')
      expect([fault, (await answer).status()]).toEqual([fault, status])
      await tab.page.waitForURL('**/_auth/callback?**')
      expect([fault, await names(tab.page.context())]).toEqual([fault, []])
      site.provider.fault = null
      await tab.page.goto(`${site.url}/docs/one.html`)
      expect([fault, await tab.page.title()]).toEqual([fault, 'One'])
    }
  })

  test('while the provider is down a good token passes, an expired one waits, and the session is kept', async () => {
    const tab = await openTab()
    const { page, loaded } = tab
    await signIn(tab, 'alice', '/docs/one.html')
    site.provider.fault = 'down'
    advance(hour - 30)
    const kept = await names()
    await page.reload()
    expect(loaded()).toEqual(['302 /docs/one.html', '303 /_auth/refresh', '200 /docs/one.html'])
    advance(60)
    const answer = await page.goto(`${site.url}/docs/one.html`)
    expect([answer?.status(), answer?.headers()['retry-after']]).toEqual([503, expect.stringMatching(/^\d+$/)])
    expect(await names()).toEqual(expect.arrayContaining(kept))
    site.provider.fault = null
    loaded()
    await page.reload()
    expect([loaded().at(-1), await page.title()]).toEqual(['200 /docs/one.html', 'One'])
  })

  test('a browser that keeps no cookies of the site ends on a page', async () => {
    const profile = mkdtempSync(join(tmpdir(), 'edgeproof-profile-'))
    mkdirSync(join(profile, 'Default'))
    const blocked = { [`[*.]${new URL(site.url).hostname},*`]: { setting: 2 } }
    const preferences = { profile: { content_settings: { exceptions: { cookies: blocked } } } }
    writeFileSync(join(profile, 'Default/Preferences'), JSON.stringify(preferences))
    const own = await chromium.launchPersistentContext(profile, {
      executablePath: chromiumProgram() as string,
      args: chromiumHosts(site.servers),
      chromiumSandbox: process.getuid?.() !== 0,
    })
    try {
      const tab = await openTab(own)
      await tab.page.goto(`${site.url}/docs/`)
      await type(tab.page, 'alice')
      await tab.page.waitForURL('**/_auth/callback?**')
      expect(tab.loaded()).toEqual(['302 /docs/', 'provider', '400 /_auth/callback'])
      expect(await names(own)).toEqual([])
    } finally {
      await own.close()
      rmSync(profile, { recursive: true, force: true })
    }
  })
})
