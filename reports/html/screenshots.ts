/** Pictures of the page as a person sees it: on a phone and on a wide screen, light and dark. */
import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { UsageError } from '../../config/usage-error.ts'

/** Where distributions and Chrome's own packages put it. */
const usualPlaces = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The browser's program: `CHROMIUM_BIN`, or one of the usual places; undefined where there is none. */
export function chromiumProgram(): string | undefined {
  return [process.env.CHROMIUM_BIN ?? '', ...usualPlaces].find((place) => place !== '' && existsSync(place))
}

/** `args` go to the program. @throws UsageError where playwright-core or a Chromium is missing. */
export async function launchChromium(args: string[] = []): Promise<Browser> {
  const executablePath = chromiumProgram()
  if (executablePath === undefined) {
    throw new UsageError('--screenshots: no Chromium found; install it, or name its program in CHROMIUM_BIN')
  }
  const playwright = await import('playwright-core').catch(() => {
    throw new UsageError('--screenshots: needs playwright-core; run "npm install --save-dev playwright-core"')
  })
  // The page is our own file and loads nothing; as root, in a container, Chromium starts only without its sandbox.
  return playwright.chromium.launch({ executablePath, args, chromiumSandbox: process.getuid?.() !== 0 })
}

export const views = [
  { width: 360, colorScheme: 'light' },
  { width: 360, colorScheme: 'dark' },
  { width: 1440, colorScheme: 'light' },
  { width: 1440, colorScheme: 'dark' },
] as const

/** What fits into a README: the verdict, the three figures, what to look at first and the overview; or the worst findings. */
const top = { x: 0, y: 0, width: 1440, height: 1160 }
const findingsHeight = 640

/**
 * Writes `report-<width>-<scheme>.png` for each view, `report-top.png`, and `report-findings.png` where there are any, into
 * the directory, and returns their paths.
 */
export async function writeScreenshots(page: string, directory: string): Promise<string[]> {
  const browser = await launchChromium()
  try {
    mkdirSync(directory, { recursive: true })
    const files: string[] = []
    for (const { width, colorScheme } of views) {
      const tab = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, javaScriptEnabled: false })
      await tab.goto(pathToFileURL(resolve(page)).href)
      const path = join(directory, `report-${width}-${colorScheme}.png`)
      await tab.screenshot({ path, fullPage: true })
      files.push(path)
      if (width === top.width && colorScheme === 'light') {
        files.push(join(directory, 'report-top.png'))
        await tab.screenshot({ path: join(directory, 'report-top.png'), fullPage: true, clip: top })
        const findings = await tab.$('section:has(> .figures > .findings)')
        const box = await findings?.boundingBox()
        if (box) {
          const height = Math.min(findingsHeight, box.height)
          const clip = { x: box.x - 16, y: box.y - 8, width: box.width + 32, height }
          files.push(join(directory, 'report-findings.png'))
          await tab.screenshot({ path: join(directory, 'report-findings.png'), fullPage: true, clip })
        }
      }
      await tab.close()
    }
    return files
  } finally {
    await browser.close()
  }
}
