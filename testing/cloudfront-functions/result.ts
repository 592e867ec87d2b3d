/** What a CloudFront function's result says (CloudFront Developer Guide, functions-event-structure, source of 2023-06-15). */
import type { Fields } from './event.ts'

/** Thrown for a result that CloudFront does not take. */
export class InvalidResult extends Error {}

/** The query string after the function, written out again only where it changed it. */
export function changedQuery(original: string, given: Fields, result: unknown): string {
  if (typeof result === 'string') return result
  if (JSON.stringify(result) === JSON.stringify(given)) return original
  return fieldEntries(result, 'querystring')
    .flatMap(([name, values]) => values.map(({ value }) => (value === '' ? name : `${name}=${value}`)))
    .join('&')
}

/** Each name with its values: those of multiValue where it is there. Throws InvalidResult. */
export function fieldEntries(fields: unknown, where: string): [string, { value: string; attributes?: string }[]][] {
  if (fields === undefined) return []
  if (typeof fields !== 'object' || fields === null) throw new InvalidResult(`${where} is not an object`)
  return Object.entries(fields as Fields).map(([name, field]) => {
    if (where === 'headers' && name !== name.toLowerCase())
      throw new InvalidResult(`header name ${name} is not lower-case`)
    const values = field?.multiValue ?? [field]
    for (const item of values) {
      // Numbers and booleans are taken for their text.
      if (typeof item !== 'object' || item === null || !['string', 'number', 'boolean'].includes(typeof item.value)) {
        throw new InvalidResult(`${where}.${name} has no value`)
      }
    }
    return [
      name,
      values.map(({ value, attributes }) => ({
        value: String(value),
        ...(attributes !== undefined && { attributes }),
      })),
    ]
  })
}

/** Text, or `{ encoding, data }`; in base64. Throws InvalidResult. */
export function bodyOf(body: unknown): string | undefined {
  if (body === undefined) return
  if (typeof body === 'string') return Buffer.from(body).toString('base64')
  const { encoding = 'text', data = '' } = body as { encoding?: string; data?: string }
  if (encoding !== 'text' && encoding !== 'base64') throw new InvalidResult('body.encoding')
  if (encoding === 'base64' && !/^[A-Za-z0-9+/]*={0,2}$/.test(data)) throw new InvalidResult('body.data is not base64')
  return encoding === 'base64' ? data : Buffer.from(data).toString('base64')
}
