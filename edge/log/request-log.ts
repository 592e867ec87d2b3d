/** Who hears of answered requests, and how CloudFront's standard log writes them. */
import type { RequestRecord } from './request-record.ts'

export class RequestFeed implements RequestLog {
  readonly #listeners = new Set<(record: RequestRecord) => void>()

  /** False: nobody listens, and no record needs to be made. */
  get heard(): boolean {
    return this.#listeners.size > 0
  }

  subscribe(listener: (record: RequestRecord) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  publish(record: RequestRecord): void {
    for (const listener of this.#listeners) listener(record)
  }
}

/**
 * The two header lines and the 33 fields of a standard log file, in its order (CloudFront Developer Guide, AccessLogs,
 * "Standard log file fields", read in AWS's published source of 2023-06-15).
 */
const fields = [
  'date',
  'time',
  'x-edge-location',
  'sc-bytes',
  'c-ip',
  'cs-method',
  'cs(Host)',
  'cs-uri-stem',
  'sc-status',
  'cs(Referer)',
  'cs(User-Agent)',
  'cs-uri-query',
  'cs(Cookie)',
  'x-edge-result-type',
  'x-edge-request-id',
  'x-host-header',
  'cs-protocol',
  'cs-bytes',
  'time-taken',
  'x-forwarded-for',
  'ssl-protocol',
  'ssl-cipher',
  'x-edge-response-result-type',
  'cs-protocol-version',
  'fle-status',
  'fle-encrypted-fields',
  'c-port',
  'time-to-first-byte',
  'x-edge-detailed-result-type',
  'sc-content-type',
  'sc-content-len',
  'sc-range-start',
  'sc-range-end',
]

export const standardLogHeader = `#Version: 1.0\n#Fields: ${fields.join(' ')}\n`

/** One line, tab-separated, with its line feed; a field without a value is a hyphen. */
export function standardLogLine(record: RequestRecord): string {
  const [date = '', time = ''] = new Date(record.at).toISOString().split('T')
  const result = record.complete ? record.result : 'Error'
  const values: (string | number)[] = [
    date,
    time.slice(0, 8),
    record.pop,
    record.bytes,
    record.clientIp,
    record.method,
    record.distributionDomain,
    record.uri,
    // "000": the viewer closed the connection before CloudFront could respond.
    record.complete ? record.status : '000',
    record.referer,
    record.userAgent,
    record.querystring,
    record.cookie,
    result,
    record.id,
    record.host,
    record.encrypted ? 'https' : 'http',
    record.requestBytes,
    (record.timeTakenMs / 1000).toFixed(3),
    record.forwardedFor,
    record.tlsProtocol,
    record.tlsCipher,
    record.result,
    record.protocol,
    '-',
    '-',
    record.clientPort,
    (record.firstByteMs / 1000).toFixed(3),
    result,
    record.contentType,
    record.contentLength,
    record.rangeStart,
    record.rangeEnd,
  ]
  return `${values.map(logged).join('\t')}\n`
}

/** Spaces, control characters and everything outside ASCII are percent-encoded ("AccessLogs", file format). */
function logged(value: string | number): string {
  const text = String(value)
  if (text === '') return '-'
  return text.replace(/[^\x21\x23-\x24\x26\x28-\x3b\x3d\x3f-\x5b\x5d-\x7e]/g, encodeURIComponentSafely)
}

function encodeURIComponentSafely(character: string): string {
  const byte = character.charCodeAt(0)
  return byte < 256 ? `%${byte.toString(16).toUpperCase().padStart(2, '0')}` : '%3F'
}

export interface RequestLog {
  /** Calls `listener` for each record from now on; the returned function ends that. */
  subscribe(listener: (record: RequestRecord) => void): () => void
}
