import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleReport, exampleResult } from '../example-report.ts'
import { readReport } from '../read-report.ts'
import { exampleResults } from './example-results.ts'
import { reportPage } from './report-page.ts'
import { chromiumProgram, launchChromium, views, writeScreenshots } from './screenshots.ts'

const found = chromiumProgram() !== undefined
if (!found) console.log('skipped: chromium missing')

/** A4 within the page's margins, at 96 pixels per inch. */
const paperWidth = Math.floor(((210 - 28) / 25.4) * 96)

describe.skipIf(!found)(`the page in Chromium${found ? '' : ' (skipped: chromium missing)'}`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'edgeproof-page-'))
  const file = join(directory, 'report.html')
  let browser: Browser

  beforeAll(async () => {
    writeFileSync(file, reportPage({ ...readReport(exampleResults), trends: exampleReport().trends }))
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(directory, { recursive: true, force: true })
  })

  async function open(options: BrowserContextOptions): Promise<Page> {
    const page = await browser.newPage(options)
    await page.goto(pathToFileURL(file).href)
    return page
  }
  const viewport = (width: number) => ({ viewport: { width, height: 900 } })

  test.each([
    ['allowed', true],
    ['forbidden', false],
  ])('opens from a file without an error or a request, scripts %s', async (_, javaScriptEnabled) => {
    const page = await browser.newPage({ ...viewport(1440), javaScriptEnabled })
    const seen: string[] = []
    page.on('console', (message) => seen.push(message.text()))
    page.on('pageerror', (error) => seen.push(error.message))
    page.on('request', (request) => seen.push(request.url()))
    await page.goto(pathToFileURL(file).href)
    expect(seen).toEqual([pathToFileURL(file).href])
    expect(await page.getByRole('searchbox').count()).toBe(javaScriptEnabled ? 1 : 0)
    expect(await page.locator('section figure svg').first().isVisible()).toBe(true)
    await page.close()
  })

  test.each([360, 1440])('at %i px every chart is seen whole, and nothing is wider than the page', async (width) => {
    const page = await open(viewport(width))
    await openDetails(page)
    const figures = await page.$$eval('figure', (all) =>
      all.map((figure) => {
        const frame = figure.getBoundingClientRect()
        const shown = [...figure.querySelectorAll('svg')].filter((svg) => svg.getBoundingClientRect().width > 0)
        const marks = shown
          .flatMap((svg) => [...svg.querySelectorAll('path, text, line, circle')])
          .map((mark) => mark.getBoundingClientRect())
          .filter((box) => box.width + box.height > 0)
        return {
          caption: figure.querySelector('figcaption')?.textContent,
          drawings: shown.length,
          marks: marks.length,
          outside: marks.filter(({ left, right }) => left < frame.left - 1 || right > frame.right + 1).length,
          rows: figure.querySelectorAll('tbody tr').length,
        }
      }),
    )
    expect(figures.length).toBeGreaterThanOrEqual(12)
    for (const { caption, drawings, marks, outside, rows } of figures) {
      expect({ caption, drawings, outside }).toEqual({ caption, drawings: 1, outside: 0 })
      expect(marks, caption ?? '').toBeGreaterThan(4)
      expect(rows, caption ?? '').toBeGreaterThan(0)
    }
    expect(await page.locator(':root').evaluate((root) => root.scrollWidth)).toBe(width)
    await page.close()
  })

  test.each([
    { width: 360, media: 'screen' },
    { width: 1040, media: 'screen' },
    { width: 1440, media: 'screen' },
    { width: paperWidth, media: 'print' },
  ] as const)('no text is smaller than 12 px, in the drawings neither: $width px, $media', async ({ width, media }) => {
    const page = await open(viewport(width))
    await page.emulateMedia({ media })
    await openDetails(page)
    const sizes = await page.$$eval('body *', (all) =>
      all.flatMap((element) => {
        const text = [...element.childNodes]
          .filter(({ nodeType }) => nodeType === element.TEXT_NODE)
          .map(({ textContent }) => textContent ?? '')
          .join('')
          .trim()
        // Without a box it is not shown; a drawing's text is scaled with it.
        if (text === '' || element.getClientRects().length === 0) return []
        const scale = 'getScreenCTM' in element ? element.getScreenCTM().a : 1
        const style = element.ownerDocument.defaultView.getComputedStyle(element)
        return [{ text, size: Number.parseFloat(style.fontSize) * scale }]
      }),
    )
    expect(sizes.length).toBeGreaterThan(300)
    expect(sizes.filter(({ size }) => size > 0 && size < 12)).toEqual([])
    await page.close()
  })

  // The colours are the same at every width, and all else is in both schemes; contrast takes axe the longest.
  test.each([
    { width: 360, colorScheme: 'light', options: { rules: { 'color-contrast': { enabled: false } } } },
    { width: 1440, colorScheme: 'light', options: {} },
    { width: 1440, colorScheme: 'dark', options: { runOnly: ['color-contrast'] } },
  ] as const)('axe finds nothing: $width px, $colorScheme', async ({ width, colorScheme, options }) => {
    const page = await open({ ...viewport(width), colorScheme })
    await openDetails(page)
    await page.evaluate(axe.source)
    const violations = await page.evaluate(async (how) => {
      const { axe: engine } = globalThis as unknown as {
        axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
      }
      const { violations: all } = await engine.run(how)
      return all.map(({ id, nodes }) => ({ id, nodes: nodes.slice(0, 3).map((node) => node.html.slice(0, 160)) }))
    }, options)
    expect(violations).toEqual([])
    await page.close()
  })

  test('finds rows in every table, opens what holds them, and shows all again', async () => {
    const page = await open(viewport(1440))
    const shown = () => page.locator('tbody tr:not([hidden])').count()
    const all = await shown()
    await page.getByRole('searchbox').fill('gzip -9')
    const found = await shown()
    expect(found).toBeGreaterThan(0)
    expect(found).toBeLessThan(all / 10)
    expect(await page.locator('tbody tr:not([hidden])').first().isVisible()).toBe(true)
    await page.getByRole('searchbox').fill('')
    expect(await shown()).toBe(all)
    await page.close()
  })

  test('a link to a stage opens its line', async () => {
    const page = await open(viewport(1440))
    const chart = page.locator('#size figure svg').first()
    expect(await chart.isVisible()).toBe(false)
    await page.locator('.contents a[href="#size"]').click()
    expect(await chart.isVisible()).toBe(true)
    await page.close()
  })

  test('prints as it is, with nothing cut off', async () => {
    const page = await open(viewport(paperWidth))
    await page.emulateMedia({ media: 'print' })
    const cut = await page.$$eval(
      'body *',
      (all, right) =>
        all
          .filter((element) => element.getClientRects().length > 0 && !element.closest('.hidden'))
          .filter((element) => element.getBoundingClientRect().right > right + 1)
          .map((element) => element.outerHTML.slice(0, 120)),
      paperWidth,
    )
    expect(cut).toEqual([])
    const pdf = (await page.pdf({ format: 'A4', printBackground: true })).toString('latin1')
    const pages = pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0
    expect(pages).toBeGreaterThan(2)
    expect(pages).toBeLessThan(30)
    await page.close()
  })

  test('leaves a picture of each view for a person to look at', async () => {
    // A short page: how long it takes depends on how much there is to draw.
    const short = join(directory, 'short.html')
    const finding = {
      severity: 'high',
      class: 'bypass',
      cwe: '',
      rule: 'paths/no-right',
      story: 'seen',
      replay: 'again',
    }
    const results = [exampleResult('fuzz', [], { data: { findings: [finding], notes: [] } })]
    writeFileSync(short, reportPage({ results, missing: [], trends: [] }))
    const files = await writeScreenshots(short, join(directory, 'screenshots'))
    expect(files).toHaveLength(views.length + 2)
    for (const picture of files) expect(readFileSync(picture).subarray(1, 4).toString()).toBe('PNG')
  })
})

/** What a reader may open. */
async function openDetails(page: Page): Promise<void> {
  await page.$$eval('details', (all) => {
    for (const details of all) details.open = true
  })
}
