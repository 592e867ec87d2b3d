/**
 * Which headers a function may see, add and change. CloudFront Developer Guide, "Restrictions on all edge functions"
 * and "Restrictions on Lambda@Edge" (edge-functions-restrictions), read in AWS's published source of 2023-06-15.
 */
import type { EventType } from '../template/distribution.ts'

/** Not exposed to a function, and a 502 where it adds one. A name that ends with `*` stands for every name it begins. */
const disallowed = [
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'trailer',
  'upgrade',
  'x-accel-buffering',
  'x-accel-charset',
  'x-accel-limit-rate',
  'x-accel-redirect',
  'x-amz-cf-*',
  'x-amzn-auth',
  'x-amzn-cf-billing',
  'x-amzn-cf-id',
  'x-amzn-cf-xff',
  'x-amzn-errortype',
  'x-amzn-fle-profile',
  'x-amzn-header-count',
  'x-amzn-header-order',
  'x-amzn-lambda-integration-tag',
  'x-amzn-requestid',
  'x-cache',
  'x-edge-*',
  'x-forwarded-proto',
  'x-real-ip',
]

const exact = new Set(disallowed.filter((name) => !name.endsWith('*')))
const prefixes = disallowed.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1))

export function isDisallowed(lowerName: string): boolean {
  return exact.has(lowerName) || prefixes.some((prefix) => lowerName.startsWith(prefix))
}

/** A function may read these in an event of the kind; adding, changing or removing one is a 502. */
export const readOnlyHeaders: Readonly<Record<EventType, ReadonlySet<string>>> = {
  'viewer-request': new Set(['content-length', 'host', 'transfer-encoding', 'via']),
  'origin-request': new Set([
    'accept-encoding',
    'content-length',
    'if-modified-since',
    'if-none-match',
    'if-range',
    'if-unmodified-since',
    'transfer-encoding',
    'via',
  ]),
  'origin-response': new Set(['transfer-encoding', 'via']),
  'viewer-response': new Set(['warning', 'via']),
}

/** Editable elsewhere, a 502 where a viewer-request function adds it. */
export const notAddableInViewerRequest: ReadonlySet<string> = new Set(['cloudfront-viewer-country'])
