/**
 * Texts with places in them: `Bearer {token}`, `{sub|base64url}`, or with filters at the end, which then are the whole text's:
 * `{"id":"{token}"}|base64`. Braces around anything else are themselves.
 */

const filters: Record<string, { apply(text: string): string; undo(text: string): string | undefined }> = {
  json: { apply: (text) => JSON.stringify(text), undo: (text) => textIn(text) },
  base64: octets('base64'),
  base64url: octets('base64url'),
  percent: { apply: encodeURIComponent, undo: percentDecoded },
}
const filterNames = Object.keys(filters).join('|')
const place = /\{([A-Za-z]+)((?:\|[^{}|]*)*)\}/g
const wholeFilters = new RegExp(`((?:\\|(?:${filterNames}))+)$`)

/** What is wrong with a template in which these names may stand, if anything. */
export function templateFault(template: string, names: readonly string[]): string | undefined {
  for (const [whole, name = '', chain = ''] of template.matchAll(place)) {
    if (!names.includes(name))
      return `has ${whole}, and only ${names.map((one) => `{${one}}`).join(', ')} stand for something`
    const unknown = chainOf(chain).find((filter) => !Object.hasOwn(filters, filter))
    if (unknown !== undefined) return `has the filter |${unknown}; filters are |${Object.keys(filters).join(', |')}`
  }
  return undefined
}

/** The names that stand in a template. */
export function namesIn(template: string): string[] {
  return [...template.matchAll(place)].map(([, name = '']) => name)
}

/**
 * The text with its places filled; one whose name has no value stays as it is.
 *
 * @example
 * fillTemplate('{"id":{token|json}}|base64url', { token: 'a.b.c' }) // 'eyJpZCI6ImEuYi5jIn0'
 */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  const [, end = ''] = wholeFilters.exec(template) ?? []
  const text = template
    .slice(0, template.length - end.length)
    .replace(place, (whole, name: string, chain: string) =>
      Object.hasOwn(values, name) ? filtered(values[name] ?? '', chain) : whole,
    )
  return filtered(text, end)
}

/** What stands at a name's place in a text that was made by this template; undefined in one that was not. */
export function readTemplate(template: string, name: string, text: string): string | undefined {
  const [, end = ''] = wholeFilters.exec(template) ?? []
  const inner = undone(text, end)
  if (inner === undefined) return undefined
  let chain: string | undefined
  const pattern = template
    .slice(0, template.length - end.length)
    .replace(/\{([A-Za-z]+)((?:\|[^{}|]*)*)\}|[^{]+|\{/g, (part, found: string | undefined, itsChain: string) => {
      if (found === undefined) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      if (found !== name || chain !== undefined) return '.*?'
      chain = itsChain
      return '(.*)'
    })
  const held = new RegExp(`^${pattern}$`, 's').exec(inner)?.[1]
  return held === undefined ? undefined : undone(held, chain ?? '')
}

function chainOf(chain: string): string[] {
  return chain.split('|').slice(1)
}

function filtered(text: string, chain: string): string {
  return filterText(text, chainOf(chain))
}

/** One filter after the other; what is none changes nothing. */
export function filterText(text: string, names: readonly string[]): string {
  return names.reduce((result, name) => filters[name]?.apply(result) ?? result, text)
}

function undone(text: string, chain: string): string | undefined {
  return chainOf(chain)
    .toReversed()
    .reduce<string | undefined>((result, name) => (result === undefined ? result : filters[name]?.undo(result)), text)
}

function octets(encoding: 'base64' | 'base64url') {
  return {
    apply: (text: string) => Buffer.from(text).toString(encoding),
    undo: (text: string) => Buffer.from(text, encoding).toString(),
  }
}

function textIn(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
