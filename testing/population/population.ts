/** The users and objects of a run, made to fit any policy: for each user, the places that the policy's routes grant. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Policy, Route } from '../../authorizer/policy.ts'
import { type Capture, parsePattern } from '../../config/route-pattern.ts'
import { expectedOutcome, type Identity, routeOf } from './expectation.ts'

/** One object of the bucket. */
export interface SiteObject {
  /** As a browser sends it: percent-encoded. */
  path: string
  /** The pattern of the route that decides it. */
  route: string
  /** Digest of its bytes; null where they are not known. */
  md5: string | null
}

/** A user, or null for nobody, with the folders they may read; a folder's objects are ranked by popularity. */
export interface Reader {
  identity: Identity | null
  folders: readonly (readonly SiteObject[])[]
}

export interface Population {
  /** What is readable without a token. */
  anyone: Reader
  /** The most active first. The last one has no groups. */
  users: readonly Reader[]
}

/** S3 keys need no such names; browsers encode them, and each hop must read them alike. */
const names = ['photo', 'invoice', 'été', 'two words', 'release notes', 'a&b=c', '100%', 'data']

/**
 * Users with groups and claims that fit the policy's routes, and `objects` objects in each folder. Paths that the
 * policy decides otherwise than meant (a more specific route stands in the way) are left out.
 */
export function makePopulation(policy: Policy, users: number, objects: number): Population {
  const folders = new Map<string, readonly SiteObject[]>()
  const folder = (route: Route, captured: readonly string[]): readonly SiteObject[] => {
    const key = JSON.stringify([route.path, captured])
    const known = folders.get(key) ?? objectsIn(policy, route, captured, objects)
    folders.set(key, known)
    return known
  }
  const reader = (identity: Identity | null): Reader => {
    const granted = policy.routes
      .filter((route) => (route.public === true) === (identity === null))
      .flatMap((route) => capturesOf(route, identity).map((captured) => folder(route, captured)))
      .map((list) => list.filter(({ path }) => expectedOutcome(policy, path, identity) === 'allow'))
    return { identity, folders: granted.filter((list) => list.length > 0) }
  }
  return { anyone: reader(null), users: identities(policy, users).map(reader) }
}

/** Objects at these paths, for everybody. */
export function populationAt(policy: Policy, paths: readonly string[]): Population {
  const folder = paths.map((path) => ({ path, route: routeOf(policy, path)?.path ?? '', md5: md5Of(path) }))
  return { anyone: { identity: null, folders: [folder] }, users: [] }
}

function objectsIn(policy: Policy, route: Route, captured: readonly string[], count: number): SiteObject[] {
  const open = parsePattern(route.path).at(-1)?.kind === 'rest'
  return Array.from({ length: open ? count : 1 }, (_, index) => pathOf(route, captured, index))
    .filter((path) => routeOf(policy, path) === route)
    .map((path) => ({ path, route: route.path, md5: md5Of(path) }))
}

/** Every object once, for the origin's directory. */
export function allObjects(population: Population): SiteObject[] {
  const unique = new Map<string, SiteObject>()
  for (const { folders } of [population.anyone, ...population.users]) {
    for (const object of folders.flat()) unique.set(object.path, object)
  }
  return [...unique.values()]
}

/** Writes the objects as files under their decoded paths, as S3 keys. */
export function writeObjects(directory: string, objects: readonly SiteObject[]): void {
  for (const { path } of objects) {
    const file = join(directory, ...path.slice(1).split('/').map(decodeURIComponent))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, objectBody(path))
  }
}

/** Between 0.5 and 32 kB that no other path has, so that another user's bytes are told apart by their digest. */
export function objectBody(path: string): Buffer {
  const seed = createHash('sha256').update(path).digest()
  const length = 512 * 2 ** ((seed[0] ?? 0) % 7)
  const line = `${path} ${seed.toString('hex')}\n`
  return Buffer.alloc(length, line)
}

function md5Of(path: string): string {
  return createHash('md5').update(objectBody(path)).digest('hex')
}

function pathOf(route: Route, captured: readonly string[], index: number): string {
  let next = 0
  const segments = parsePattern(route.path).map((part) => {
    if (part.kind === 'literal') return part.text
    if (part.kind === 'capture') return segmentFor(route, captured[next++] ?? '')
    return `${names[index % names.length]}-${index}.bin`
  })
  return `/${segments.map(encodeURIComponent).join('/')}`
}

/** Each way in which an identity can fill a route's captures. */
function capturesOf(route: Route, identity: Identity | null): string[][] {
  let filled: string[][] = [[]]
  for (const part of parsePattern(route.path)) {
    if (part.kind !== 'capture') continue
    const values = identity ? captureValues(part.capture, identity) : []
    filled = filled.flatMap((captured) => values.map((value) => [...captured, value]))
  }
  return filled
}

/** What a capture may hold for an identity. */
function captureValues(capture: Capture, identity: Identity): readonly string[] {
  if (capture.kind === 'claim') {
    const value = identity.claims[capture.name]
    return value === undefined ? [] : [value]
  }
  return capture.kind === 'sub' ? [identity.sub] : identity.groups
}

/** The decoded segment in which a route expects a value: itself, or its digest. */
function segmentFor(route: Route, value: string): string {
  return route.hash === undefined ? value : createHash(route.hash).update(value, 'utf8').digest('hex')
}

function identities(policy: Policy, count: number): Identity[] {
  const named = [...new Set(policy.routes.flatMap((route) => route.groups ?? []))]
  const groups = [...named, 'editors', 'crew two', 'équipe']
  const claims = new Set(
    policy.routes.flatMap(({ path }) => [...path.matchAll(/\{claim:([^}]+)\}/g)].map(([, name = '']) => name)),
  )
  const groupsOf = (index: number) => new Set([index, index * 7 + 1].map((n) => groups[n % groups.length] ?? ''))
  return Array.from({ length: count }, (_, index) => ({
    sub: userId(index),
    // Cognito leaves the claim out for a user without groups; one of them tries.
    groups: index === count - 1 && count > 1 ? [] : [...groupsOf(index)],
    claims: Object.fromEntries([...claims].map((name) => [name, `${name.replace(/\W/g, '-')}-${index % 5}`])),
  }))
}

/** A UUID as Cognito's `sub`, the same one for the same user in each run, so that runs are comparable. */
function userId(index: number): string {
  const hex = createHash('sha256').update(`edgeproof user ${index}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}
