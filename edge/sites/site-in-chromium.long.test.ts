/** The site of docs/sites.md as a browser sees it, over TLS; what it shows is left in results/sites/. */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { synthesize } from '../../infra/synth.ts'
import { chromiumProgram, launchChromium } from '../../reports/html/screenshots.ts'
import { makeCertificate } from '../../testing/certificate.ts'
import type { Edge } from '../edge.ts'
import { startEdge } from '../start-edge.ts'
import { exampleObjects, statedPolicy } from './site-document.ts'

const found = chromiumProgram() !== undefined
if (!found) console.log('skipped: chromium missing')
const screenshots = 'results/sites'
const objects = mkdtempSync(join(tmpdir(), 'edgeproof-site-'))

/** How the browser gets its token to the edge: the driver adds the header, as a page's own proxy or extension would. */
const credentials = {
  header: {
    signIn: (context: BrowserContext) => context.setExtraHTTPHeaders({ authorization: `Bearer ${token}` }),
    signOut: (context: BrowserContext) => context.setExtraHTTPHeaders({}),
  },
  cookie: {
    signIn: (context: BrowserContext) =>
      context.addCookies([
        { name: '__Host-session', value: token, url: site, secure: true, httpOnly: true, sameSite: 'Lax' },
      ]),
    signOut: (context: BrowserContext) => context.clearCookies(),
  },
}

let edge: Edge
let site: string
let token: string
/** What S3 says of an object that is not there: 404 to a distribution that may list the bucket. */
let missing: 403 | 404
let elsewhere: Server
let browser: Browser
let context: BrowserContext
/** Of the page, in order: paths and statuses of what was loaded as a document. */
let documents: string[]
/** What the browser's console has to say of a page: a style that the page's policy blocks, a script's error. */
let complaints: string[]

async function openPage(): Promise<Page> {
  context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 800, height: 450 } })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  documents = []
  complaints = []
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'document') return
    documents.push(`${response.status()} ${response.url().replace(site, '')}`)
  })
  page.on('console', (message) => {
    // Each status of 400 and more is an error to the console; those are asserted by themselves.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      complaints.push(message.text())
    }
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return page
}

/** The documents that were loaded since the last call. */
const loaded = () => documents.splice(0)

async function show(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(screenshots, `${name}.png`) })
}

const colorOfHeading = (page: Page) =>
  page.locator('h1').evaluate((heading) => heading.ownerDocument.defaultView.getComputedStyle(heading).color)

/** What a script of the page gets: the status, where it was answered, or the fetch's own error. */
function fetched(page: Page, url: string, init: { headers?: Record<string, string>; credentials?: 'include' } = {}) {
  return page.evaluate(
    async ([address, options]) => {
      try {
        const response = await fetch(address, { cache: 'no-store', ...options })
        return { status: response.status, redirected: response.redirected, text: await response.text() }
      } catch (error) {
        return (error as Error).name
      }
    },
    [url, init] as const,
  )
}

beforeAll(async () => {
  if (!found) return
  mkdirSync(screenshots, { recursive: true })
  elsewhere = createServer(await keyPair(), (_, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Another origin</title>')
  })
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
  const policy = { ...(await statedPolicy()), corsOrigins: [originOf('localhost')] }
  layOut(objects)
  const { template } = await synthesize({ policy })
  missing = JSON.stringify(template).includes('s3:ListBucket') ? 404 : 403
  edge = await startEdge({ template, config: { policy }, objects, tlsPort: 0 })
  site = edge.tlsUrl ?? ''
  token = await edge.issuer.mint({ sub: 'alice' })
  browser = await launchChromium()
})
afterEach(async () => {
  await context?.close()
})
afterAll(async () => {
  await browser?.close()
  await edge?.close()
  elsewhere?.close()
  rmSync(objects, { recursive: true, force: true })
})

/** The example's files, and docsify beside them, the app's program as it comes from npm. */
function layOut(directory: string): void {
  const built = fileURLToPath(new URL('lib', import.meta.resolve('docsify/package.json')))
  cpSync(exampleObjects, directory, { recursive: true })
  cpSync(join(built, 'docsify.min.js'), join(directory, 'app/docsify.min.js'))
  cpSync(join(built, 'themes/vue.css'), join(directory, 'app/vue.css'))
}

async function keyPair(): Promise<{ key: string; cert: string }> {
  const { key, certificate } = await makeCertificate()
  return { key, cert: certificate }
}

const originOf = (host: string) => `https://${host}:${(elsewhere.address() as AddressInfo).port}`

describe.skipIf(!found)(`a site in Chromium${found ? '' : ' (skipped: chromium missing)'}`, () => {
  describe.each(['header', 'cookie'] as const)('by %s', (way) => {
    const { signIn, signOut } = credentials[way]

    test('documentation: signed in on the way, then by links, through directories', async () => {
      const page = await openPage()
      await page.goto(`${site}/docs/guide/?page=2`)
      expect(loaded()).toEqual(['302 /docs/guide/?page=2', '200 /login/?to=%2Fdocs%2Fguide%2F%3Fpage%3D2'])
      expect(await page.title()).toBe('Sign in')
      await show(page, `${way}-1-login`)

      await signIn(context)
      await page.click('text=go on')
      await page.waitForURL(`${site}/docs/guide/?page=2`)
      expect(await page.title()).toBe('Guide')
      expect(await colorOfHeading(page)).toBe('rgb(0, 64, 128)')
      await page.click('text=set it up')
      await page.waitForURL(`${site}/docs/guide/setup.html`)
      expect(await page.title()).toBe('Setup')
      await page.click('text=the guide')
      await page.waitForURL(`${site}/docs/guide/`)
      await page.click('text=back')
      await page.waitForURL(`${site}/docs/`)
      expect(await page.title()).toBe('Documentation')
      await show(page, `${way}-2-documentation`)
      expect(loaded()).toEqual([
        '200 /docs/guide/?page=2',
        '200 /docs/guide/setup.html',
        '200 /docs/guide/',
        '200 /docs/',
      ])

      await page.goto(`${site}/`)
      await page.click('text=the documentation')
      await page.waitForURL(`${site}/docs/`)
      expect(loaded()).toEqual(['200 /', '302 /docs', '200 /docs/'])
      expect(complaints).toEqual([])
    })

    test('a missing page is what S3 says, a forbidden one shows its page with its style', async () => {
      const page = await openPage()
      await signIn(context)
      await page.goto(`${site}/docs/`)
      await page.click('text=A page that is gone')
      await page.waitForURL(`${site}/docs/gone.html`)
      await show(page, `${way}-3-missing`)
      await page.goBack()
      await page.click('text=For staff')
      await page.waitForURL(`${site}/docs/staff/`)
      expect(await page.title()).toBe('Not for you')
      expect(await colorOfHeading(page)).toBe('rgb(128, 0, 0)')
      await show(page, `${way}-4-forbidden`)
      expect(loaded()).toEqual(expect.arrayContaining(['200 /docs/', `${missing} /docs/gone.html`, '403 /docs/staff/']))
      expect(complaints).toEqual([])
    })

    test('single-page app: links without a load, reload of a deep link, a page that is gone', async () => {
      const page = await openPage()
      await signIn(context)
      await page.goto(`${site}/app`)
      const heading = page.locator('#main h1')
      await heading.getByText('All orders').waitFor()
      expect(loaded()).toEqual(['302 /app', '200 /app/'])

      await page.click('text=Order 42')
      await heading.getByText('Order 42').waitFor()
      expect([page.url(), loaded()]).toEqual([`${site}/app/orders/42`, []])
      await page.reload()
      await heading.getByText('Order 42').waitFor()
      expect([page.url(), loaded()]).toEqual([`${site}/app/orders/42`, ['200 /app/orders/42']])
      await show(page, `${way}-5-deep-link`)

      await page.click('text=all orders')
      await heading.getByText('All orders').waitFor()
      const gone = page.waitForResponse(`${site}/app/orders/43.md`)
      await page.click('text=Order 43')
      expect((await gone).status()).toBe(missing)
      await heading.getByText(`${missing} -`).waitFor()
      await show(page, `${way}-6-app-missing`)
      expect(loaded()).toEqual([])
      expect(complaints).toEqual([])
    })

    test('an app whose token is gone: its fetches get 401 and no login page, a reload leads to log in and back', async () => {
      const page = await openPage()
      await signIn(context)
      await page.goto(`${site}/app/`)
      const heading = page.locator('#main h1')
      await heading.getByText('All orders').waitFor()
      await signOut(context)
      const { unauthenticated } = (await statedPolicy()).deny ?? {}
      expect(await fetched(page, '/app/orders/42.md')).toEqual({
        status: 401,
        redirected: false,
        text: unauthenticated?.page,
      })
      const refused = page.waitForResponse(`${site}/app/orders/42.md`)
      await page.click('text=Order 42')
      expect((await refused).status()).toBe(401)
      // Of whatever it could not fetch the app says that it is not there.
      await heading.getByText('404 -').waitFor()
      expect(page.url()).toBe(`${site}/app/orders/42`)
      await show(page, `${way}-7-app-without-token`)

      loaded()
      await page.reload()
      expect(loaded()).toEqual(['302 /app/orders/42', '200 /login/?to=%2Fapp%2Forders%2F42'])
      await signIn(context)
      await page.click('text=go on')
      await heading.getByText('Order 42').waitFor()
      expect(loaded()).toEqual(['200 /app/orders/42'])
      expect(complaints).toEqual([])
    })
  })

  test('a frame without a token shows the page of the 401, not the login page', async () => {
    const page = await openPage()
    await page.goto(`${site}/login/`)
    loaded()
    await page.evaluate(() => {
      const { document } = globalThis as unknown as { document: { body: { innerHTML: string } } }
      document.body.innerHTML = '<iframe src="/docs/"></iframe>'
    })
    const frame = page.frameLocator('iframe')
    await frame.getByRole('heading', { name: 'Please sign in' }).waitFor()
    expect(loaded()).toEqual(['401 /docs/'])
    await show(page, '8-frame')
    expect(complaints).toEqual([])
  })

  test('a page of an origin that the policy names reads objects and denials', async () => {
    const page = await openPage()
    await page.goto(originOf('localhost'))
    const headers = { authorization: `Bearer ${token}` }
    expect(await fetched(page, `${site}/app/orders/42.md`)).toMatchObject({ status: 401, redirected: false })
    expect(await fetched(page, `${site}/app/orders/42.md`, { headers })).toMatchObject({
      status: 200,
      text: expect.stringContaining('# Order 42'),
    })
    expect(await fetched(page, `${site}/docs`, { headers })).toMatchObject({ status: 200, redirected: true })
    expect(await fetched(page, `${site}/docs/staff/`, { headers })).toMatchObject({ status: 403 })
    expect(await fetched(page, `${site}/app/x.json`, { headers })).toMatchObject({ status: missing })

    await credentials.cookie.signIn(context)
    expect(await fetched(page, `${site}/app/orders/42.md`)).toMatchObject({ status: 401 })
    expect(await fetched(page, `${site}/app/orders/42.md`, { credentials: 'include' })).toMatchObject({ status: 200 })
    expect(await fetched(page, `${site}/docs/staff/`, { credentials: 'include' })).toMatchObject({ status: 403 })
    expect(complaints).toEqual([])
  })

  test('a page of another origin reads nothing, with a good token neither', async () => {
    const page = await openPage()
    await page.goto(originOf('127.0.0.1'))
    await credentials.cookie.signIn(context)
    for (const init of [{}, { headers: { authorization: `Bearer ${token}` } }, { credentials: 'include' as const }]) {
      expect(await fetched(page, `${site}/app/orders/42.md`, init)).toBe('TypeError')
      expect(await fetched(page, `${site}/docs/staff/`, init)).toBe('TypeError')
    }
  })

  test('no path that a browser sends leads to another host', async () => {
    const page = await openPage()
    await credentials.cookie.signIn(context)
    const paths = [
      '//elsewhere.example',
      '/\\elsewhere.example',
      '/%5Celsewhere.example',
      '/docs/..//elsewhere.example',
    ]
    for (const path of [...paths, '/docs/%2F%2Felsewhere.example']) {
      await page.goto(site + path)
      expect([page.url().startsWith(`${site}/`), await page.title()]).toEqual([true, 'Not for you'])
    }
    expect(loaded().map((line) => line.slice(0, 3))).toEqual(['403', '403', '403', '403', '403'])
  })
})
