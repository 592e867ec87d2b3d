/** The `handler` section: a handler that is not ours, as its users run it. */
import * as z from 'zod'
import { crossFieldRule } from './cross-field-rule.ts'
import { namesIn, templateFault } from './handler-template.ts'
import { record } from './record-schema.ts'
import { httpsUrl, httpToken, name, text } from './text-schema.ts'

/** What calls the handler: a Lambda runtime, CloudFront Functions, or the Fetch standard's `(request) => Response`. */
export type HandlerRuntime = 'nodejs22.x' | 'nodejs24.x' | 'cloudfront-js-2.0' | 'fetch'

/**
 * How a visitor shows who he is: names to templates. In names and templates may stand `{token}` (the one that the policy
 * verifies), `{idToken}`, `{refreshToken}`, `{sub}`, `{username}` and `{client}`, each with filters (`{token|base64}`); filters at
 * a template's end are the whole text's (`{"id":"{token}"}|base64url`). Filters: `|json` (a JSON text), `|base64`, `|base64url`,
 * `|percent` (RFC 3986 2.1).
 *
 * @example
 * { cookies: { session: '{"id_token":"{token}"}|base64url', user: '{sub}' } }
 */
export interface HandlerCredential {
  headers?: Readonly<Record<string, string>>
  cookies?: Readonly<Record<string, string>>
  query?: Readonly<Record<string, string>>
}

/** The handler's own sign-in, for stories of browsers. Paths begin with `/`; endpoints are https URLs. */
export interface HandlerSignIn {
  client: string
  clientSecret?: string
  endpoints: { authorization: string; token: string; revocation?: string; logout?: string }
  /** `start`: what sends a visitor to the provider, where it is not every page. */
  paths: { callback: string; refresh?: string; signOut?: string; start?: string }
}

/**
 * A text or JSON in which `{issuer}`, `{jwksUri}`, `{client}`, `{jwks}` (the issuer's key set as JSON), `{publicKey}` (its first key
 * as PEM, SPKI), `{privateKey}` (the other half, as PEM, PKCS #8, of a handler that signs its sessions itself, RS256) and `{secret}`
 * may stand, with the filters of a credential. In JSON a string that is `"{jwks}"` alone becomes the
 * object, and a member whose name ends with filters has its value as such a text.
 *
 * @example
 * { 'SecretString|text': { 'config|base64': { PUBLIC_KEY: '{publicKey}' } } }
 */
export type HandlerText = string | { readonly [member: string]: unknown }

/**
 * How a handler is called, what it finds around it, and what its visitors send.
 *
 * @example
 * const handler: HandlerConfig = {
 *   file: 'dist/check-auth/index.js',
 *   files: { 'configuration.json': { clientId: '{client}', jwks: '{jwks}' } },
 *   credential: { cookies: { 'ID-TOKEN': '{token}', 'REFRESH-TOKEN': '{refreshToken}' } },
 * }
 */
export interface HandlerConfig {
  /**
   * The file, from the working directory: a CommonJS or ES module that exports `handler`; of cloudfront-js-2.0 the function's
   * code; of `fetch` a module whose default export is the function or has it as `fetch`. Its folder is the working directory.
   */
  file: string
  /** Default `"viewer-request"`. */
  event?: 'viewer-request' | 'origin-request'
  /** Default `"nodejs24.x"`, and `"nodejs22.x"` for a handler with a callback, which Node.js 24 refuses. */
  runtime?: HandlerRuntime
  /** The site's hosts; requests come to the first. Default: a name of cloudfront.net. */
  hosts?: readonly string[]
  /** Environment variables, besides Lambda's own. Default none. */
  environment?: Readonly<Record<string, string>>
  /** Files that the handler reads, by their path in its folder; they are written into a copy of it. Default none. */
  files?: Readonly<Record<string, HandlerText>>
  /** Places in the handler's own file that its deployment fills: what stands there, and what takes its place. Default none. */
  replace?: Readonly<Record<string, string>>
  /** What further URLs answer, besides the key sets and the discovery documents (OpenID Connect Discovery 4). Default nothing. */
  answers?: Readonly<Record<string, HandlerText>>
  /** The key value store of a CloudFront function. Default: none is associated. */
  store?: Readonly<Record<string, string>>
  /**
   * Default: the token where the policy's `credentials` say. `"none"`: no credential can be made, and what is shown is that
   * nobody passes with a forged one.
   */
  credential?: HandlerCredential | 'none'
  /**
   * How the handler comes by the keys. `"fetched"`: from the policy's `jwksUri`; `"discovery"`: from there, by the discovery
   * document; `"baked-in"`: `files`, `replace` or `answers` hold them, and they never change. `bundler`: a module as the gate's, which
   * writes them into the program that it builds; `file` is not read then. Default `"fetched"`.
   */
  keys?: 'fetched' | 'discovery' | 'baked-in' | { bundler: string }
  /** The handler's own session tokens are HS256 with this secret (RFC 7518 3.2), a text; visitors' tokens are such then. */
  secret?: string
  signIn?: HandlerSignIn
  /** Claims that the handler wants with these values, besides the policy's. Default none. */
  claims?: Readonly<Record<string, unknown>>
}

/** What may stand in a credential's template, and in a file's or an answer's. */
const credentialNames = ['token', 'idToken', 'refreshToken', 'sub', 'username', 'client'] as const
const textNames = ['issuer', 'jwksUri', 'client', 'jwks', 'publicKey', 'privateKey', 'secret'] as const

const template = (names: readonly string[]) => text((value) => templateFault(value, names))
const credentialTemplate = template(credentialNames)

const credentialName = text((value) => (value === '' ? 'should not be empty' : templateFault(value, credentialNames)))

const credential: z.ZodType<HandlerCredential> = z
  .strictObject({
    headers: record(httpToken('should be the name of a header'), credentialTemplate).exactOptional(),
    cookies: record(credentialName, credentialTemplate).exactOptional(),
    query: record(credentialName, credentialTemplate).exactOptional(),
  })
  .check(
    crossFieldRule<HandlerCredential>((value, { isRight, refuse }) => {
      if (!isRight()) return
      const templates = [value.headers, value.cookies, value.query].flatMap((one) => Object.values(one ?? {}))
      if (!templates.some((one) => namesIn(one).includes('token')))
        refuse([], 'should have {token} somewhere, or be "none" where no credential can be made')
    }),
  )

const handlerText = z.union([z.string(), z.record(z.string(), z.unknown())], 'should be a text or an object')

const sitePath = z.string().regex(/^\/[^?#\s]*$/, 'should be a path that begins with "/"')

const signIn: z.ZodType<HandlerSignIn> = z.strictObject({
  client: name,
  clientSecret: name.exactOptional(),
  endpoints: z.strictObject({
    authorization: httpsUrl,
    token: httpsUrl,
    revocation: httpsUrl.exactOptional(),
    logout: httpsUrl.exactOptional(),
  }),
  paths: z.strictObject({
    callback: sitePath,
    refresh: sitePath.exactOptional(),
    signOut: sitePath.exactOptional(),
    start: sitePath.exactOptional(),
  }),
})

const runtimes = ['nodejs22.x', 'nodejs24.x', 'cloudfront-js-2.0', 'fetch'] as const

export const handlerSchema: z.ZodType<HandlerConfig> = z
  .strictObject({
    file: name,
    event: z.enum(['viewer-request', 'origin-request']).exactOptional(),
    runtime: z.enum(runtimes).exactOptional(),
    hosts: z
      .array(z.string().regex(/^[a-z0-9.-]+$/, 'should be a host name in lower case'))
      .min(1, 'should name at least one host')
      .exactOptional(),
    environment: record(
      z.string().regex(/^[A-Za-z_]\w*$/, 'should be the name of a variable'),
      z.string(),
    ).exactOptional(),
    files: record(
      text((value) =>
        value === '' || value.startsWith('/') || value.split('/').includes('..')
          ? "should be a path inside the handler's folder"
          : undefined,
      ),
      handlerText,
    ).exactOptional(),
    replace: record(name, template(textNames)).exactOptional(),
    answers: record(httpsUrl, handlerText).exactOptional(),
    store: record(name, z.string()).exactOptional(),
    credential: z
      .union([z.literal('none'), credential], 'should be "none", or { headers, cookies, query } with {token} somewhere')
      .exactOptional(),
    keys: z
      .union(
        [z.enum(['fetched', 'discovery', 'baked-in']), z.strictObject({ bundler: name })],
        'should be "fetched", "discovery", "baked-in" or { "bundler": FILE }',
      )
      .exactOptional(),
    secret: name.exactOptional(),
    signIn: signIn.exactOptional(),
    claims: record(name, z.unknown()).exactOptional(),
  })
  .check(
    crossFieldRule<HandlerConfig>((handler, { isRight, refuse }) => {
      const isFunction = handler.runtime === 'cloudfront-js-2.0'
      if (isRight('store') && isRight('runtime') && handler.store !== undefined && !isFunction)
        refuse(['store'], 'is of CloudFront functions; set runtime to "cloudfront-js-2.0"')
      if (isRight('event') && isRight('runtime') && handler.event === 'origin-request' && isFunction)
        refuse(['event'], 'should be "viewer-request": a CloudFront function has no origin request')
    }),
  )
