/** A viewer-request event as the command that makes CloudFront hand it over. */
import { viewerRequestOf } from '../../oracle/viewer-request-shape.ts'

/** Empty for an event that no client can bring about. `$SITE` stands for the distribution's domain name. */
export function curlOf(event: unknown): string {
  const request = viewerRequestOf(event)
  if (request === null) return ''
  const { method, uri, querystring = '', headers } = request
  const words = ['curl', '--path-as-is', '--globoff', '-i']
  if (method === 'HEAD') words.push('--head')
  else if (method !== 'GET') words.push('-X', quoted(method))
  words.push(`"https://$SITE"${quoted(`${uri}${querystring === '' ? '' : `?${querystring}`}`)}`)
  for (const [name, entries] of Object.entries(headers)) {
    if (name === 'host') continue
    for (const { value } of entries) words.push('-H', quoted(value === '' ? `${name};` : `${name}: ${value}`))
  }
  return words.join(' ')
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
