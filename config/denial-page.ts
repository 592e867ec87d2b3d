import { createHash } from 'node:crypto'
import type { EdgeDenial } from '../authorizer/edge-policy.ts'

/** In octets of UTF-8. The policy is a part of the function's code, and a denial may have 40 kB (Lambda@Edge quotas). */
const maxPage = 8192
const maxStyles = 10

/**
 * A comment, or an element whose content is text: what is within either is no element. Attributes may hold `>` in quotes; an element
 * without an end goes on to the end of the page.
 */
const textElements =
  /<!--(?:-?>|.*?(?:--!?>|$))|<(style|script|title|textarea)(?:[\s/](?:"[^"]*"|'[^']*'|[^>"'])*)?>(.*?)(?:<\/\1[\s/>]|$)/gis

/**
 * A page as a denial sends it, with a Content-Security-Policy that lets nothing in but images inside the page and the page's own
 * `<style>` elements, by hash (CSP Level 3, hash-source).
 */
export function denialPage(html: string): NonNullable<EdgeDenial['page']> {
  const styles = [
    ...new Set(stylesOf(html).map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)),
  ]
  return {
    body: html,
    contentSecurityPolicy: [
      "default-src 'none'",
      'img-src data:',
      ...(styles.length > 0 ? [`style-src ${styles.join(' ')}`] : []),
    ].join('; '),
  }
}

/** What is wrong with a page. */
export function pageFault(html: string): string | undefined {
  const { length } = Buffer.from(html)
  if (length >= maxPage) return `should be under ${maxPage} bytes; it has ${length}`
  if (html.trim() === '' || !html.isWellFormed()) return 'should be a page of HTML'
  if (stylesOf(html).length > maxStyles) return `should have at most ${maxStyles} <style> elements`
  return undefined
}

/** What a browser will not do with a page that says it, by the page's Content-Security-Policy. */
export function pageWarnings(html: string): string[] {
  const cases: readonly (readonly [RegExp, string])[] = [
    [/<script\b/i, 'has a <script>, which browsers will not run: a denial is a static page'],
    [/<[^>]+\sstyle\s*=/i, 'has a style attribute, which browsers will not apply: put it into a <style> element'],
    [
      /<link\b[^>]*\brel\s*=\s*["']?(?:stylesheet|icon)/i,
      'links a style sheet or an icon, which browsers will not load: put it into the page',
    ],
    [
      /<(?:img|source)\b[^>]*\bsrc(?:set)?\s*=\s*["']?(?!["']?data:)/i,
      'has an image that is not a data: URL, which browsers will not load',
    ],
    [/\{\{|\$\{|<%|%[sd]\b/, 'has what looks like a placeholder; nothing is ever put into the page'],
  ]
  return cases.flatMap(([pattern, warning]) => (pattern.test(html) ? [warning] : []))
}

/** The text of each `<style>` element, with line ends as an HTML parser reads them (HTML standard 13.2.3.5). */
function stylesOf(html: string): string[] {
  return [...html.replace(/\r\n?/g, '\n').matchAll(textElements)].flatMap(([, name, text = '']) =>
    name?.toLowerCase() === 'style' ? [text.replaceAll('\0', '\ufffd')] : [],
  )
}
