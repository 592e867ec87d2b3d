/** The event of CloudFront Functions (CloudFront Developer Guide, functions-event-structure, source of 2023-06-15). */

interface Field {
  value: string
  multiValue?: { value: string; attributes?: string }[]
  attributes?: string
}
export type Fields = Record<string, Field>

export interface CloudFrontEvent {
  version: string
  context: object
  viewer: { ip: string }
  request: { method: string; uri: string; querystring: Fields; headers: Fields; cookies: Fields }
  response?: { statusCode: number; statusDescription: string; headers: Fields; cookies: Fields }
}

export interface RequestParts {
  requestId: string
  clientIp: string
  method: string
  uri: string
  querystring: string
  /** Name, value, name, value: names as the viewer wrote them. */
  headers: readonly string[]
}

export interface ResponseParts {
  status: number
  statusDescription: string
  headers: readonly string[]
}

/** A request, and at viewer response its response. */
export interface HttpExchange {
  request: RequestParts
  response?: ResponseParts
}

export function cloudFrontEvent(
  { request, response }: HttpExchange,
  eventType: string,
  { distributionDomainName, distributionId }: { distributionDomainName: string; distributionId: string },
): CloudFrontEvent {
  const cookies = valuesOf(request.headers, 'cookie').flatMap((line) => line.split(/;\s*/))
  return {
    version: '1.0',
    context: { distributionDomainName, distributionId, eventType, requestId: request.requestId },
    viewer: { ip: request.clientIp },
    request: {
      method: request.method,
      uri: request.uri,
      querystring: gathered(request.querystring === '' ? [] : request.querystring.split('&').map(namedPair)),
      headers: gathered(pairsOf(request.headers).filter(([name]) => name !== 'cookie')),
      cookies: gathered(cookies.filter((pair) => pair !== '').map(namedPair)),
    },
    ...(response && {
      response: {
        statusCode: response.status,
        statusDescription: response.statusDescription,
        headers: gathered(pairsOf(response.headers).filter(([name]) => name !== 'set-cookie')),
        cookies: gathered(valuesOf(response.headers, 'set-cookie').map(setCookie)),
      },
    }),
  }
}

type Entry = [name: string, value: string, attributes?: string]

function gathered(entries: readonly Entry[]): Fields {
  const fields: Fields = {}
  for (const [name, value, attributes] of entries) {
    const item = { value, ...(attributes !== undefined && { attributes }) }
    const known = fields[name]
    if (known) {
      const { multiValue, ...first } = known
      known.multiValue = [...(multiValue ?? [first]), item]
    } else fields[name] = item
  }
  return fields
}

function pairsOf(flat: readonly string[]): Entry[] {
  const pairs: Entry[] = []
  for (let index = 0; index + 1 < flat.length; index += 2) {
    pairs.push([(flat[index] as string).toLowerCase(), flat[index + 1] as string])
  }
  return pairs
}

/** Of a list of names and values: what stands under this name, in lower case. */
export const valuesOf = (flat: readonly string[], name: string): string[] =>
  pairsOf(flat).flatMap(([each, value]) => (each === name ? [value] : []))

function namedPair(text: string): Entry {
  const equals = text.indexOf('=')
  return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)]
}

function setCookie(line: string): Entry {
  const [pair = '', ...attributes] = line.split(';')
  const [name, value] = namedPair(pair.trim())
  return attributes.length === 0 ? [name, value] : [name, value, attributes.join(';').trim()]
}
