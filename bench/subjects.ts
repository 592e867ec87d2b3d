/** Who is measured: each is bundled as it would be deployed, and answers the same requests. */

export interface Subject {
  id: string
  title: string
  /** Entry of the bundle, without its extension: sources here, JavaScript in the package. The authorizer's is built by its own deployable build. */
  entry: string
  /** Where it looks for its token. */
  credentials: 'header' | 'cookie'
  /** It decides by routes, so that somebody else's path is denied. */
  routes: boolean
  /** Keys baked in: `none` asks the network at its first request at the latest. */
  keys: 'baked' | 'none'
  /** Requests of one block that it is given: fewer for those that are many times slower. */
  share: number
}

const authorizer = { entry: 'authorizer/index', routes: true, share: 1 } as const
const library = { credentials: 'header', routes: false, share: 1 } as const

export const subjects = [
  { ...authorizer, id: 'edgeproof', title: 'edgeproof', credentials: 'header', keys: 'baked' },
  // The same program again: what differs between the two is the method's noise.
  { ...authorizer, id: 'edgeproof-twin', title: 'edgeproof, again', credentials: 'header', keys: 'baked' },
  { ...authorizer, id: 'edgeproof-session', title: 'edgeproof, by cookie', credentials: 'cookie', keys: 'baked' },
  { ...authorizer, id: 'edgeproof-network', title: 'edgeproof, no snapshot', credentials: 'header', keys: 'none' },
  {
    ...authorizer,
    id: 'edgeproof-cookie',
    title: 'edgeproof, ID token in a cookie',
    credentials: 'cookie',
    keys: 'baked',
  },
  { ...library, id: 'jose', title: 'jose, remote set', entry: 'handlers/timed/jose', keys: 'none' },
  { ...library, id: 'jose-local', title: 'jose, local set', entry: 'handlers/timed/jose-local', keys: 'baked' },
  {
    ...library,
    id: 'aws-jwt-verify',
    title: 'aws-jwt-verify',
    entry: 'handlers/timed/aws-jwt-verify',
    keys: 'none',
  },
  {
    ...library,
    id: 'aws-jwt-verify-sync',
    title: 'aws-jwt-verify, sync',
    entry: 'handlers/timed/aws-jwt-verify-sync',
    keys: 'baked',
  },
  { ...library, id: 'fast-jwt', title: 'fast-jwt', entry: 'handlers/timed/fast-jwt', keys: 'baked' },
  {
    ...library,
    id: 'fast-jwt-cached',
    title: 'fast-jwt, cache on',
    entry: 'handlers/timed/fast-jwt-cached',
    keys: 'baked',
  },
  {
    ...library,
    id: 'jsonwebtoken',
    title: 'jsonwebtoken + jwks-rsa',
    entry: 'handlers/timed/jsonwebtoken',
    keys: 'none',
  },
  {
    id: 'cognito-at-edge',
    title: 'cognito-at-edge',
    entry: 'handlers/timed/cognito-at-edge',
    credentials: 'cookie',
    routes: false,
    keys: 'baked',
    share: 1,
  },
  {
    ...library,
    id: 'naive',
    title: 'the naive port',
    entry: 'handlers/naive',
    keys: 'none',
    share: 1 / 32,
  },
] as const satisfies readonly Subject[]

/** The least that a process can do: for `init` load nothing, for `cold` import one key and verify once. */
export const floors = [
  { ...library, id: 'empty', title: 'an empty handler', entry: 'handlers/timed/empty', keys: 'baked' },
  {
    ...library,
    id: 'bare-verify',
    title: 'one bare crypto.verify',
    entry: 'handlers/timed/bare-verify',
    keys: 'baked',
  },
] as const satisfies readonly Subject[]

export type SubjectId = (typeof subjects)[number]['id']

/** The same project in other configurations: no peer of itself. */
export function isOurs(id: string): boolean {
  return id.startsWith('edgeproof')
}

export function subjectTitle(id: string): string {
  return [...subjects, ...floors].find((subject) => subject.id === id)?.title ?? id
}
