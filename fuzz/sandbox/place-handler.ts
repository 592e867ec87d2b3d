/** Puts a handler where it finds what its deployment gives it: files beside it, texts in it, the issuer's keys in either. */
import { createHash, createPublicKey, type JsonWebKeyInput } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Policy } from '../../authorizer/policy.ts'
import type { HandlerConfig, HandlerText } from '../../config/handler-schema.ts'
import { fillTemplate, filterText } from '../../config/handler-template.ts'
import { withDefaults } from '../../config/policy-defaults.ts'
import { UsageError } from '../../config/usage-error.ts'
import type { ServedUrls } from '../../oracle/served-urls.ts'
import type { HandlerUnderTest } from './handler-under-test.ts'
import { ownPair, signsSessions } from './own-pair.ts'

const places = new Map<string, Promise<string>>()
const directories: string[] = []

function removeDirectories(): void {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
}

/**
 * The file to load: the handler's own, or a copy that holds what `files`, `replace` and `keys` say, made once for each key set in
 * a directory that goes when this thread ends. Throws a UsageError where that cannot be done.
 */
export function placedHandler(
  { file, policy, handler }: Pick<HandlerUnderTest, 'file' | 'policy' | 'handler'>,
  start: number,
  serve: ServedUrls,
): Promise<string> {
  if (handler === undefined || !isPlaced(handler)) return Promise.resolve(file)
  const values = textValues(policy, handler, serve)
  const name = createHash('sha256')
    .update(JSON.stringify([file, handler, values, typeof handler.keys === 'object' ? start : 0]))
    .digest('hex')
  const place = places.get(name) ?? placed(file, policy, handler, values, start)
  places.set(name, place)
  return place
}

function isPlaced({ files, replace, keys }: HandlerConfig): boolean {
  return files !== undefined || replace !== undefined || typeof keys === 'object'
}

/** Whether the handler holds keys that this suite put into it, so that other keys at the key set's URL come too late. */
export function holdsKeys({ files, replace, keys = 'fetched' }: HandlerConfig): boolean {
  return (
    keys === 'baked-in' || typeof keys === 'object' || /\{(?:jwks|publicKey)[|}]/.test(JSON.stringify([files, replace]))
  )
}

/** Whether all that it holds is one public key, as PEM. */
export function holdsOneKey({ files, replace, answers }: HandlerConfig): boolean {
  const texts = JSON.stringify([files, replace, answers])
  return /\{publicKey[|}]/.test(texts) && !/\{jwks[|}]/.test(texts)
}

async function placed(
  file: string,
  policy: Policy,
  { files = {}, replace = {}, keys }: HandlerConfig,
  values: Values,
  start: number,
): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'edgeproof-handler-'))
  if (directories.push(directory) === 1) process.once('exit', removeDirectories)
  const own = join(directory, basename(file))
  if (typeof keys === 'object') writeFileSync(own, await built(keys.bundler, policy, values, start))
  else copyFolder(dirname(file), directory)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), filledText(text, values))
  }
  let program = readFileSync(own, 'utf8')
  for (const [place, template] of Object.entries(replace)) {
    if (!program.includes(place)) throw new UsageError(`handler.replace: ${file} has no ${JSON.stringify(place)} in it`)
    program = program.replaceAll(place, () => fillTemplate(template, values))
  }
  writeFileSync(own, program)
  return own
}

/** Packages stay where they are; the copy sees those that the handler sees. */
function copyFolder(from: string, to: string): void {
  cpSync(from, to, { recursive: true, filter: (path) => !['node_modules', '.git'].includes(basename(path)) })
  let above = resolve(from)
  while (!existsSync(join(above, 'node_modules')) && dirname(above) !== above) above = dirname(above)
  const packages = join(above, 'node_modules')
  if (existsSync(packages)) symlinkSync(packages, join(to, 'node_modules'), 'dir')
}

interface Bundler {
  bundleAuthorizer?(policy: Policy): { program: string } | Promise<{ program: string }>
  deployable?(program: string, options: object): string
}

/** As the gate has it: a module that builds the program, and puts policy and keys into it. */
async function built(bundler: string, policy: Policy, values: Values, start: number): Promise<string> {
  let module: Bundler
  try {
    module = (await import(pathToFileURL(resolve(bundler)).href)) as Bundler
  } catch (error) {
    throw new UsageError(`handler.keys.bundler: ${bundler}: cannot be loaded: ${(error as Error).message}`)
  }
  if (!module.bundleAuthorizer || !module.deployable)
    throw new UsageError(`handler.keys.bundler: ${bundler}: should export bundleAuthorizer and deployable`)
  const { program } = await module.bundleAuthorizer(policy)
  const snapshots = { [values.issuer]: { fetchedAt: start, keys: JSON.parse(values.jwks).keys } }
  return module.deployable(program, { policy, snapshots })
}

interface Values extends Record<string, string> {
  issuer: string
  jwks: string
}

/** What stands for the names of a handler's texts while these URLs are served. */
export function textValues(policy: Policy, handler: HandlerConfig, serve: ServedUrls): Values {
  const { secret } = handler
  const [provider] = withDefaults(policy).providers
  const [{ issuer, jwksUri }] = provider.issuers
  const keySet = keySetAt(jwksUri, serve)
  const [first] = keySet.keys
  return {
    issuer,
    jwksUri,
    client: provider.clientIds[0] ?? '',
    jwks: JSON.stringify(keySet),
    publicKey: first?.kty === undefined || first.kty === 'oct' ? '' : pemOf(first),
    ...(signsSessions(handler) ? { privateKey: privatePem() } : {}),
    ...(secret === undefined ? {} : { secret }),
  }
}

/** A text of the configuration with its places filled. */
export function filledText(text: HandlerText, values: Values): string {
  return typeof text === 'string' ? fillTemplate(text, values) : JSON.stringify(filledMember(text, values))
}

/** A member whose name ends with filters holds a text: its value as JSON, or as it is where it is a text, with the filters. */
function filledMember(value: unknown, values: Values): unknown {
  if (value === '{jwks}') return JSON.parse(values.jwks)
  if (typeof value === 'string') return fillTemplate(value, values)
  if (Array.isArray(value)) return value.map((one) => filledMember(one, values))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const [plain = '', ...filters] = name.split('|')
      const filled = filledMember(member, values)
      if (filters.length === 0) return [name, filled]
      const text = typeof filled === 'string' ? filled : JSON.stringify(filled)
      return [plain, filterText(text, filters)]
    }),
  )
}

function keySetAt(url: string, serve: ServedUrls): { keys: Record<string, unknown>[] } {
  const served = serve[url]
  try {
    const set: unknown = served?.kind === 'body' ? JSON.parse(served.body) : null
    if (typeof set === 'object' && set !== null && 'keys' in set && Array.isArray(set.keys)) return { keys: set.keys }
  } catch {
    // An outage when the handler was deployed: it has no keys.
  }
  return { keys: [] }
}

function pemOf(jwk: Record<string, unknown>): string {
  const key = createPublicKey({ key: jwk, format: 'jwk' } as JsonWebKeyInput)
  return key.export({ type: 'spki', format: 'pem' }).toString()
}

function privatePem(): string {
  return ownPair().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}
