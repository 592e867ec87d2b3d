/** Who is measured: each is bundled as it would be deployed, and answers the same requests. */

export interface Subject {
  id: string
  title: string
  /** Entry of the bundle; ours is built by the deployable build itself. */
  entry: string
  /** Where the subject looks for its token; `cookie` needs events, and ID tokens, of its own. */
  credentials: 'header' | 'cookie'
  /** It decides by routes, so that a path of somebody else's is denied. */
  routes: boolean
  /** Requests of one block that it is given: fewer for those that are thousands of times slower. */
  share: number
}

const library = { credentials: 'header', routes: false, share: 1 } as const

export const subjects = [
  { ...library, id: 'edgeproof', title: 'edgeproof', entry: 'authorizer/index.ts', routes: true },
  { ...library, id: 'jose', title: 'jose, remote set', entry: 'bench/subjects/jose.ts' },
  { ...library, id: 'aws-jwt-verify', title: 'aws-jwt-verify', entry: 'bench/subjects/aws-jwt-verify.ts' },
  {
    ...library,
    id: 'aws-jwt-verify-sync',
    title: 'aws-jwt-verify, sync',
    entry: 'bench/subjects/aws-jwt-verify-sync.ts',
  },
  { ...library, id: 'fast-jwt', title: 'fast-jwt', entry: 'bench/subjects/fast-jwt.ts' },
  { ...library, id: 'fast-jwt-cached', title: 'fast-jwt, cache on', entry: 'bench/subjects/fast-jwt-cached.ts' },
] as const satisfies readonly Subject[]

export type SubjectId = (typeof subjects)[number]['id']
