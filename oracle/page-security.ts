/** What a denial's page may load (SEMANTICS.md, `deny/page`; CSP Level 3, hash-source; HTML 13.2.3.5, line ends). */
import { createHash } from 'node:crypto'

/** `page` undefined: there is no body. */
export function contentSecurityPolicy(page?: string): string {
  if (page === undefined) return "default-src 'none'"
  const hashes = stylesOf(page).map((text) => `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`)
  const different = hashes.filter((hash, place) => hashes.indexOf(hash) === place)
  const styles = different.length === 0 ? '' : `; style-src ${different.join(' ')}`
  return `default-src 'none'; img-src data:${styles}`
}

/** The texts of the style elements. What a comment or another element's text says of one is none. */
function stylesOf(page: string): string[] {
  const html = page.replace(/\r\n?/g, '\n')
  const texts =
    /<!--(?:-?>|.*?(?:--!?>|$))|<(style|script|title|textarea)(?=[\s/>])(?:[^>"']|"[^"]*"|'[^']*')*>(.*?)(?:<\/\1(?=[\s/>])|$)/gis
  return [...html.matchAll(texts)].flatMap(([, name, text]) =>
    name?.toLowerCase() === 'style' ? [(text ?? '').replaceAll('\0', '\ufffd')] : [],
  )
}
