/**
 * A small repository for tests: an authorizer of four files that answers the gate's requests, with its bundler, in a
 * temporary directory and a git history of its own. Slow-downs are planted in it by committing other sources.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const nodeModules = fileURLToPath(new URL('../node_modules', import.meta.url))

const index = `
import { createJwksCache } from './jwks-cache.ts'
import { createMatcher } from './matcher.ts'
import { readToken } from './parser.ts'
declare const EDGEPROOF_CONFIGURATION: { policy: any; snapshots: Record<string, { keys: any[] }> }
const { policy, snapshots } = EDGEPROOF_CONFIGURATION
const match = createMatcher(policy.routes)
const keys = createJwksCache(snapshots[policy.issuer]?.keys ?? [])
const seen = new Map<string, any>()
const deny = (status: string) => ({ status, headers: { 'cache-control': [{ value: 'no-store' }] } })
export const handler = async (event: any) => {
  const { request } = event.Records[0].cf
  const { authorization, cookie } = request.headers
  const token = authorization?.[0]?.value.slice(7) ?? /accessToken=([^;]+)/.exec(cookie?.[0]?.value)?.[1]
  if (!token) return deny('401')
  let claims = seen.get(token)
  if (!claims) {
    claims = readToken(token, keys)
    if (!claims || claims.iss !== policy.issuer) return deny('401')
    seen.set(token, claims)
  }
  if (claims.exp * 1000 < Date.now()) return deny('401')
  if (!match(request.uri, claims)) return deny('403')
  delete request.headers.authorization
  return request
}
`

const matcher = `
import { createHash } from 'node:crypto'
export function createMatcher(routes: any[]) {
  const byFirst = new Map<string, any[]>()
  for (const route of routes) {
    const [first = '', ...rest] = route.path.slice(1).split('/')
    byFirst.set(first, [...(byFirst.get(first) ?? []), { ...route, rest }])
  }
  return (uri: string, claims: any): boolean => {
    const [first = '', ...segments] = uri.slice(1).split('/').map(decodeURIComponent)
    const candidates = byFirst.get(first) ?? []
    return candidates.some((route) => granted(route, segments, claims))
  }
}
function granted(route: any, segments: string[], claims: any): boolean {
  for (let index = 0; index < route.rest.length; index++) {
    const pattern = route.rest[index]
    const segment = segments[index]
    if (pattern === '*') return !route.groups || route.groups.some((group: string) => claims['cognito:groups'].includes(group))
    if (pattern === '{sub}' ? segment !== claims.sub : pattern === '{group}' ? !inGroups(route, segment, claims) : pattern !== segment) return false
  }
  return false
}
function inGroups(route: any, segment: string | undefined, claims: any): boolean {
  return claims['cognito:groups'].some((group: string) => (route.hash ? createHash(route.hash).update(group).digest('hex') : group) === segment)
}
`

const parser = `
import { verify } from 'node:crypto'
const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
export function readToken(token: string, keys: (kid: string) => any) {
  const [header, payload, signature] = token.split('.')
  if (!header || !payload || !signature || !/^[\\w-]+$/.test(payload)) return null
  try {
    const { alg, kid } = decode(header)
    const key = alg === 'RS256' ? keys(kid) : undefined
    if (!key || !verify('RSA-SHA256', Buffer.from(header + '.' + payload), key, Buffer.from(signature, 'base64url'))) return null
    return decode(payload)
  } catch {
    return null
  }
}
`

const jwksCache = `
import { createPublicKey } from 'node:crypto'
export function createJwksCache(keys: any[]) {
  const byId = new Map(keys.map((key) => [key.kid, createPublicKey({ key, format: 'jwk' })]))
  return function lookUp(kid: string) {
    return byId.get(kid)
  }
}
`

const bundler = `
import { build } from 'esbuild'
export async function bundleAuthorizer() {
  const root = new URL('../', import.meta.url).pathname
  const result = await build({ absWorkingDir: root, entryPoints: ['authorizer/index.ts'], outfile: 'index.js', bundle: true, minify: true,
    format: 'cjs', platform: 'node', target: 'node22', metafile: true, write: false })
  return { program: result.outputFiles[0].text, metafile: result.metafile }
}
export const deployable = (program, configuration) => 'const EDGEPROOF_CONFIGURATION=' + JSON.stringify(configuration) + ';\\n' + program
`

export const standIn: Record<string, string> = {
  'authorizer/index.ts': index,
  'authorizer/matcher.ts': matcher,
  'authorizer/parser.ts': parser,
  'authorizer/jwks-cache.ts': jwksCache,
  'build/bundle.ts': bundler,
  'package.json': '{ "type": "module" }\n',
  '.gitignore': 'node_modules\n',
}

export interface StandInRepository extends Disposable {
  root: string
  git(...args: string[]): string
  write(file: string, text: string): void
  /** Commits changed files on a new branch that starts at `main`, and leaves that branch checked out. */
  branch(name: string, files: Record<string, string>): void
}

export function createStandInRepository(): StandInRepository {
  const root = mkdtempSync(join(tmpdir(), 'edgeproof-stand-in-'))
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  const commit = (files: Record<string, string>, message: string) => {
    for (const [file, text] of Object.entries(files)) write(file, text)
    git('add', '-A')
    git('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '--no-verify', '-m', message)
  }
  git('init', '--quiet', '--initial-branch=main')
  symlinkSync(nodeModules, join(root, 'node_modules'))
  commit(standIn, 'stand-in authorizer')
  return {
    root,
    git,
    write,
    branch(name, files) {
      git('checkout', '--quiet', '-b', name, 'main')
      commit(files, name)
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}
