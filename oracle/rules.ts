/**
 * The ids of the rules, in the order of SEMANTICS.md, which says what each of them asks for. A verdict, a finding or a note
 * names one of these; `semantics.test.ts` holds this list, the page and the code equal.
 */
export const rules = [
  'order/event',
  'order/preflight',
  'order/method',
  'order/required-claim',
  'order/claims',
  'order/allow',

  'result/load',
  'result/answer',
  'result/shape',
  'result/request',
  'result/response',
  'allow/unchanged',
  'deny/status',
  'deny/cache-control',
  'deny/location',
  'deny/cors',
  'deny/header',
  'leak/response',
  'leak/log',
  'leak/fetch',
  'log/line',

  'credentials/source',
  'credentials/absent',
  'credentials/several',
  'credentials/list',
  'credentials/several-cookies',
  'credentials/two-subjects',
  'credentials/chunks',
  'credentials/last-user',
  'credentials/cookie-lines',
  'credentials/quoted',
  'credentials/scheme',
  'credentials/spaces',
  'credentials/around',
  'credentials/white-space',
  'credentials/text-after',
  'credentials/octets',
  'credentials/size',

  'token/compact',
  'token/base64url',
  'token/signature-spelling',
  'token/trailing-bits',
  'token/bom',
  'token/utf-8',
  'token/json',
  'token/duplicates',
  'token/nesting',
  'token/header-price',
  'token/alg',
  'token/kid',
  'token/two-keys',
  'token/type',
  'token/crit',
  'token/b64',
  'token/fetch',
  'token/signature',
  'token/weak-key',

  'claims/iss',
  'claims/tenant',
  'claims/exp',
  'claims/nbf',
  'claims/iat',
  'claims/edge',
  'claims/token-use',
  'claims/client',
  'claims/audience',
  'claims/cnf',
  'claims/aud-array',
  'claims/types',
  'claims/groups',

  'paths/malformed',
  'paths/plus',
  'paths/no-route',
  'paths/no-right',
  'paths/provider',
  'paths/scopes',
  'paths/claims',

  'keys/new',
  'keys/reused-kid',
  'keys/outage',
  'keys/too-old',
  'keys/withdrawn',
  'keys/fetches',

  'resources/cpu',
  'resources/memory',
  'resources/log',
  'cache/prototype',
] as const

/** `section/keyword`. */
export type Rule = (typeof rules)[number]

/** Where people read the rule: from the root of the repository, and in the package from `dist/`. */
export function ruleReference(rule: string): string {
  return `oracle/SEMANTICS.md#${rule.replaceAll('/', '-')}`
}
