/** The options of `edgeproof edge` as settings, checked before anything slow begins. */
import { closeSync, openSync, statSync } from 'node:fs'
import { UsageError } from '../config/usage-error.ts'
import type { CacheProfile } from './cache/cache-rules.ts'
import type { EdgeOptions } from './edge.ts'

export interface ServeOptions {
  config?: string
  policy?: string
  template?: string
  stack?: string
  distribution?: string
  parameters?: string[]
  import?: string[]
  value?: string[]
  handler?: string[]
  watch?: boolean
  port: string
  tlsPort?: string
  certificate?: string
  profile: string
  pops: string
  objects?: string[]
  origin?: string[]
  geo?: string
  withoutWebAcl?: boolean
  allowNetwork?: boolean
  log?: string
  functionLog?: string
  plainErrors?: boolean
  enforceHttps?: boolean
  json?: boolean
}

/** Throws a UsageError that names the option. */
export function edgeSettings(options: ServeOptions): Omit<EdgeOptions, 'template' | 'config'> {
  if (options.certificate !== undefined && options.tlsPort === undefined) {
    throw new UsageError('--certificate: there is none without --tls-port; pass both')
  }
  for (const [option, file] of [
    ['--log', options.log],
    ['--function-log', options.functionLog],
    ['--certificate', options.certificate],
  ] as const) {
    if (file !== undefined) checkWritable(option, file)
  }
  const { stack, distribution, functionLog } = options
  const objects = named('--objects', options.objects, { unnamed: true })
  const origins = named('--origin', options.origin, { unnamed: true, isWhole: isUrl })
  const { '': originUrl, ...named_ } = origins
  for (const url of Object.values(origins)) httpUrl(url)
  return {
    port: portNumber('--port', options.port),
    ...(options.tlsPort !== undefined && { tlsPort: portNumber('--tls-port', options.tlsPort) }),
    profile: profileName(options.profile),
    pops: wholeNumber('--pops', options.pops),
    ...(stack !== undefined && { stack }),
    ...(distribution !== undefined && { distribution }),
    parameters: named('--parameters', options.parameters),
    imports: named('--import', options.import),
    values: named('--value', options.value),
    handlers: named('--handler', options.handler, { unnamed: true }),
    ...(options.objects && { objects: objects[''] ?? objects }),
    ...(originUrl !== undefined && { originUrl }),
    origins: named_,
    ...(options.geo !== undefined && { geo: geoOf(options.geo) }),
    withoutWebAcl: options.withoutWebAcl ?? false,
    allowNetwork: options.allowNetwork ?? false,
    ...(functionLog !== undefined && { functionLog }),
    plainErrors: options.plainErrors ?? false,
    enforceHttps: options.enforceHttps ?? false,
  }
}

/** `NAME=VALUE` for each; without a name, where that is allowed, under `''`. */
function named(
  option: string,
  texts: readonly string[] = [],
  { unnamed = false, isWhole = () => false }: { unnamed?: boolean; isWhole?: (text: string) => boolean } = {},
): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const equals = isWhole(text) ? -1 : text.indexOf('=')
      if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)]
      if (unnamed) return ['', text]
      throw new UsageError(`${option} ${text}: should be NAME=VALUE`)
    }),
  )
}

const isUrl = (text: string) => /^https?:\/\//.test(text)

function geoOf(text: string): Record<string, string> {
  const [country = '', ...rest] = text.split(',')
  if (!/^[A-Z]{2}$/.test(country)) throw new UsageError(`--geo ${text}: should begin with a country code such as NL`)
  return { country, ...named('--geo', rest) }
}

/** At the start, not at the first line that gets lost. */
function checkWritable(option: string, file: string): void {
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' })
    closeSync(openSync(file, 'a'))
  } catch (error) {
    throw new UsageError(`${option} ${file}: cannot be written (${(error as NodeJS.ErrnoException).code})`)
  }
}

function profileName(name: string): CacheProfile {
  if (name === 'cloudfront' || name === 'rfc9111') return name
  throw new UsageError(`--profile ${name}: should be cloudfront or rfc9111`)
}

function portNumber(option: string, text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new UsageError(`${option} ${text}: should be a port number, 0 to 65535`)
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw new UsageError(`${option} ${text}: should be a whole number, 1 or more`)
}

function httpUrl(text: string): void {
  if (URL.canParse(text) && isUrl(text)) return
  throw new UsageError(`--origin ${text}: should be a URL such as http://127.0.0.1:8000, or ID=URL`)
}
