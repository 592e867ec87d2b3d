/** One person with a browser: Chromium where it is there, else what a browser does over HTTP. */
import type { Page } from 'playwright-core'
import { chromiumHosts } from '../../edge/sign-in/chromium-hosts.ts'
import { launchChromium } from '../../reports/html/screenshots.ts'
import { HttpBrowser, type Server, type Page as SimplePage } from '../../testing/http-browser.ts'

export interface Shown {
  url: string
  status: number
  title: string
  headers: Readonly<Record<string, string | string[] | undefined>>
}

export interface Visitor {
  visit(address: string): Promise<Shown>
  /** Fills the page's only form in, and sends it. */
  submit(fields: Readonly<Record<string, string>>): Promise<Shown>
  /** Goes where the page's link leads whose address ends so. */
  follow(ending: string): Promise<Shown>
}

export interface Visitors {
  kind: 'Chromium' | 'HTTP'
  /** Why it is not Chromium; null where it is. */
  reason: string | null
  /** Nobody else's cookies. */
  newVisitor(): Promise<Visitor>
  close(): Promise<void>
}

/** `kind`: default Chromium where it and playwright-core are there, else HTTP. */
export async function openVisitors(servers: Readonly<Record<string, Server>>, kind?: 'HTTP'): Promise<Visitors> {
  const byHttp = (reason: string): Visitors => ({
    kind: 'HTTP',
    reason,
    newVisitor: async () => httpVisitor(new HttpBrowser(servers)),
    close: async () => {},
  })
  if (kind === 'HTTP') return byHttp('asked for')
  try {
    const browser = await launchChromium(chromiumHosts(servers))
    return {
      kind: 'Chromium',
      reason: null,
      newVisitor: async () => chromiumVisitor(await (await browser.newContext()).newPage()),
      close: () => browser.close(),
    }
  } catch (error) {
    // It is not there, its driver is not there, or it does not start here: libraries of the system are missing.
    const [line = ''] = (error as Error).message.split('\n')
    return byHttp(line.replace('--screenshots: ', ''))
  }
}

function chromiumVisitor(page: Page): Visitor {
  page.setDefaultTimeout(15_000)
  const shown = async (act: () => Promise<unknown>): Promise<Shown> => {
    let last: Awaited<ReturnType<Page['waitForResponse']>> | undefined
    const keep = (response: NonNullable<typeof last>) => {
      if (response.request().resourceType() === 'document') last = response
    }
    page.on('response', keep)
    await act()
    await page.waitForLoadState()
    page.off('response', keep)
    return { url: page.url(), status: last?.status() ?? 0, title: await page.title(), headers: last?.headers() ?? {} }
  }
  return {
    visit: (address) => shown(() => page.goto(address)),
    submit: (fields) =>
      shown(async () => {
        for (const [name, value] of Object.entries(fields)) await page.locator(`[name=${name}]`).fill(value)
        await Promise.all([page.waitForNavigation(), page.locator('form button').click()])
      }),
    follow: (ending) =>
      shown(() => Promise.all([page.waitForNavigation(), page.locator(`a[href$="${ending}"]`).click()])),
  }
}

function httpVisitor(browser: HttpBrowser): Visitor {
  let current: SimplePage
  const shown = (page: SimplePage): Shown => {
    current = page
    const { url, status, headers, body } = page
    return { url, status, headers, title: /<title>(.*?)<\/title>/.exec(body)?.[1] ?? '' }
  }
  return {
    visit: async (address) => shown(await browser.visit(address)),
    submit: async (fields) => shown(await browser.submit(current, fields)),
    follow: async (ending) => {
      const addresses = [...current.body.matchAll(/<a href="([^"]*)"/g)].map(([, address = '']) => address)
      const address = addresses.find((each) => each.endsWith(ending)) ?? ''
      return shown(await browser.visit(new URL(address, current.url).href, { from: current.url }))
    },
  }
}
