import { StringConcat, Token, Tokenization } from 'aws-cdk-lib'
import * as z from 'zod'
import type { JwksSnapshot } from '../authorizer/configuration.ts'
import type { Policy } from '../authorizer/policy.ts'
import { parse } from '../config/config.ts'
import { policySchema } from '../config/policy-schema.ts'
import type { SiteConfig } from '../config/site-schema.ts'
import { siteSchema } from '../config/site-schema.ts'
import { UsageError } from '../config/usage-error.ts'

const propsSchema = z.strictObject({
  policy: policySchema,
  program: z.string().min(1, 'should be a bundled program, or left out for the authorizer').optional(),
  site: siteSchema.optional(),
  snapshots: z
    .record(z.string(), z.strictObject({ fetchedAt: z.number(), keys: z.array(z.record(z.string(), z.unknown())) }))
    .optional(),
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'should be 1 to 128 letters, digits and hyphens, beginning with a letter')
    .optional(),
  outputs: z.boolean().optional(),
})

/** What the constructs are told in words and numbers. */
export interface WrittenProps {
  policy: Policy
  program?: string
  site?: SiteConfig
  snapshots?: Record<string, JwksSnapshot>
  name?: string
  outputs?: boolean
}

/**
 * A construct's properties, checked by the schema that a configuration file is checked by. A CloudFormation token may
 * stand where its value is only passed on to the function or to AWS; the text around it is checked all the same.
 *
 * @throws UsageError that begins with the construct's path and the field, for a mistake and for a token elsewhere.
 */
export function checkedProps(props: WrittenProps, constructPath: string): WrittenProps {
  const passed = passedOn(props)
  const literal = withoutTokens(props, '', (path, value) => {
    const example = passed[path.replace(/\[\d+\]/g, '[]')]
    if (example !== undefined && typeof value === 'string' && !isListMember(value)) return standIn(value, example)
    throw new UsageError(`${constructPath}: ${path}: is known only when the stack is deployed; ${remedy(path, value)}`)
  })
  return restored(parse(propsSchema, literal, constructPath), props) as WrittenProps
}

/** Where a token may stand, each place with a value that the schema takes there. Every other place is looked into. */
function passedOn({ policy, site }: Partial<WrittenProps> = {}): Record<string, string> {
  const [name, url] = ['aa', 'https://aa']
  const login = policy?.deny?.unauthenticated
  const providers = Object.keys(policy?.providers ?? {}).map((provider) => `policy.providers.${provider}`)
  return {
    ...Object.assign({}, ...['policy', ...providers].map(passedOnByProvider)),
    'policy.corsOrigins[]': url,
    'policy.routes[].scopes[]': name,
    // A created pool gets the groups of the routes, each as a construct named after it.
    ...(site?.createUserPool === undefined && { 'policy.routes[].groups[]': name }),
    // The return path follows "?", or "&" where there is one already.
    ...(!(login && 'returnTo' in login && !String(login.redirect).includes('?')) && {
      'policy.deny.unauthenticated.redirect': url,
    }),
    'policy.signIn.client': name,
    ...Object.fromEntries(
      ['authorization', 'token', 'revocation', 'logout'].map((end) => [
        `policy.signIn.endpoints.${end}`,
        `${url}/${end}`,
      ]),
    ),
    'policy.signIn.hosts[]': 'aa.aa',
    'policy.signIn.secret.ssmParameter': 'arn:aws:ssm:us-east-1:111122223333:parameter/aa',
    'policy.signIn.secret.secretsManager': 'arn:aws:secretsmanager:us-east-1:111122223333:secret:aa-aaaaaa',
    'site.secretKeyArn': 'arn:aws:kms:us-east-1:111122223333:key/aa',
    'site.createUserPool.domainPrefix': name,
    'site.createUserPool.callbackUrls[]': url,
    'site.createUserPool.logoutUrls[]': url,
    'site.domain.names[]': 'aa.aa',
    'site.domain.certificateArn': 'arn:aws:acm:us-east-1:111122223333:certificate/aa',
    'site.webAclArn': 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/aa/aa',
    'site.cacheKey.queryStrings[]': name,
    'site.cacheKey.cookies[]': name,
  }
}

/** A provider's fields; in a policy's first form they are the policy's own. */
function passedOnByProvider(provider: string): Record<string, string> {
  const [name, url] = ['aa', 'https://aa']
  return {
    [`${provider}.issuer`]: url,
    [`${provider}.issuer[]`]: url,
    [`${provider}.jwksUri`]: url,
    [`${provider}.jwksUri[]`]: url,
    [`${provider}.clientIds[]`]: name,
    [`${provider}.audiences[]`]: url,
    [`${provider}.tenants[]`]: name,
  }
}

function remedy(path: string, value: unknown): string {
  if (path === 'site.userPoolArn')
    return "write the ARN out, give the pool itself as userPool, or the pool's userPoolProviderUrl as policy.issuer and its clients as policy.clientIds"
  if (path === 'policy.deny.unauthenticated.redirect') return 'with returnTo, write its "?" out'
  if (Array.isArray(value) || isListMember(value)) return 'name the members of the list, such as Fn.select(0, LIST)'
  return 'its value is needed before: write it out'
}

/** A copy in which every string, number or list that is a token, or has one inside, is what `replace` returns. */
function withoutTokens(value: unknown, path: string, replace: (path: string, value: unknown) => string): unknown {
  if (isToken(value)) return replace(path, value)
  if (Array.isArray(value)) return value.map((item, index) => withoutTokens(item, `${path}[${index}]`, replace))
  if (!isPlain(value)) return value
  const fields = Object.entries(value).map(([key, field]) => [
    key,
    withoutTokens(field, path === '' ? key : `${path}.${key}`, replace),
  ])
  return Object.fromEntries(fields)
}

/** A token as an object is no string yet, and the schema says so. */
function isToken(value: unknown): boolean {
  return (typeof value !== 'object' || Array.isArray(value)) && (Token.isUnresolved(value) || isListMember(value))
}

/** An encoded list holds one string, which the library does not tell as a token outside its list. */
function isListMember(value: unknown): boolean {
  return typeof value === 'string' && value.includes('#{Token[')
}

/** A construct, given by mistake, leads around in circles: the schema refuses it as it is. */
function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value))
}

/**
 * The text with something in place of its tokens: the whole example at the beginning, where a URL may be followed by a
 * path; between two separators the part of the example that stands there, so that the account of an ARN becomes an account.
 */
function standIn(text: string, example: string): string {
  const marked: string = Tokenization.reverseString(text)
    .mapTokens({ mapToken: () => '\0' })
    .join(new StringConcat())
    .replace(/^\0/, () => example)
  const [parts, examples] = [marked, example].map((whole) => whole.split(/([:/])/)) as [string[], string[]]
  return parts.map((part, index) => (part === '\0' && examples[index]) || part.replaceAll('\0', 'aa')).join('')
}

/** What the schema returned, with the strings that were given. */
function restored(parsed: unknown, given: unknown): unknown {
  if (typeof parsed === 'string') return given
  if (typeof parsed !== 'object' || parsed === null) return parsed
  const original = given as Record<string, unknown>
  if (Array.isArray(parsed)) return parsed.map((item, index) => restored(item, original[index]))
  return Object.fromEntries(Object.entries(parsed).map(([key, field]) => [key, restored(field, original[key])]))
}
