/** Values of the headers that CloudFront adds (CloudFront Developer Guide, "Adding CloudFront request headers", source of 2023-06-15). */
import type { ViewerRequest } from './viewer-request.ts'

/** What `--geo` gives: the header's name after `CloudFront-Viewer-`, in lower case → its value. `country` is always there. */
export type Geo = Readonly<Record<string, string>>

/** Undefined: CloudFront would not add it, or nothing here knows it. How a device is told from its User-Agent is inferred. */
export function cloudFrontHeader(
  lowerName: string,
  request: ViewerRequest,
  agent: string,
  geo: Geo,
): string | undefined {
  const name = lowerName.slice('cloudfront-'.length)
  const device = devices[name]
  if (device) return String(device(agent))
  if (name === 'forwarded-proto') return request.encrypted ? 'https' : 'http'
  if (name === 'viewer-http-version') return request.protocol.slice('HTTP/'.length)
  if (name === 'viewer-address') return `${request.clientIp}:${request.clientPort}`
  if (name === 'viewer-header-count') return String(request.headers.length / 2)
  if (name === 'viewer-header-order') {
    return request.headers
      .filter((_, index) => index % 2 === 0)
      .join(':')
      .slice(0, 7680)
  }
  return geo[name.replace(/^viewer-/, '')]
}

const isTablet = (agent: string) => /ipad|tablet|android(?!.*mobile)/i.test(agent)
const isTv = (agent: string) => /smart-?tv|appletv|googletv|hbbtv|bravia|netcast|roku|tizen.*tv/i.test(agent)
const isMobile = (agent: string) => /mobi|iphone|ipod|android/i.test(agent) && !isTablet(agent)

const devices: Record<string, (agent: string) => boolean> = {
  'is-android-viewer': (agent) => /android/i.test(agent),
  'is-ios-viewer': (agent) => /iphone|ipod|ipad/i.test(agent),
  'is-mobile-viewer': isMobile,
  'is-tablet-viewer': isTablet,
  'is-smarttv-viewer': isTv,
  'is-desktop-viewer': (agent) => !isMobile(agent) && !isTablet(agent) && !isTv(agent),
}
