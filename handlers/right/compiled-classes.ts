/** The shape that compiled TypeScript of enterprise projects has: interfaces, classes handed to each other, errors by type. */
import { createPublicKey, createVerify, type JsonWebKeyInput, type KeyObject } from 'node:crypto'
import { request as httpsRequest } from 'node:https'
import type { ViewerRequest, ViewerRequestEvent } from '../../authorizer/cloudfront.ts'

interface KeyRepository {
  find(kid: string): Promise<KeyObject>
}

class AuthorizationError extends Error {
  readonly status: 401 | 403
  constructor(status: 401 | 403, message: string) {
    super(message)
    this.status = status
  }
}

class JwksKeyRepository implements KeyRepository {
  private keys: Record<string, KeyObject> = Object.create(null)
  private loaded = 0
  private attempted = 0
  private readonly url: string
  constructor(url: string) {
    this.url = url
  }

  async find(kid: string): Promise<KeyObject> {
    const now = Date.now()
    const isOld = now - this.loaded > 900_000 || now < this.loaded
    if ((isOld || !this.keys[kid]) && (now - this.attempted > 20_000 || now < this.attempted)) {
      this.attempted = now
      try {
        this.keys = JwksKeyRepository.parse(await this.download())
        this.loaded = Date.now()
      } catch (error) {
        console.error('JwksKeyRepository: %s', (error as Error).name)
      }
    }
    const key = this.keys[kid]
    if (!key) throw new AuthorizationError(401, 'unknown key')
    return key
  }

  private static parse(text: string): Record<string, KeyObject> {
    const keys: Record<string, KeyObject> = Object.create(null)
    for (const jwk of (JSON.parse(text) as { keys: Record<string, unknown>[] }).keys) {
      try {
        if (jwk.kty !== 'RSA' || (jwk.use ?? 'sig') !== 'sig' || (jwk.alg ?? 'RS256') !== 'RS256') continue
        const key = createPublicKey({ key: jwk, format: 'jwk' } as JsonWebKeyInput)
        if ((key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048) keys[String(jwk.kid)] = key
      } catch {
        // One bad member does not take the others along.
      }
    }
    if (Object.keys(keys).length === 0) throw new RangeError('no keys')
    return keys
  }

  private download(): Promise<string> {
    return new Promise((resolve, reject) => {
      const outgoing = httpsRequest(this.url, { timeout: 2500 }, (incoming) => {
        let text = ''
        if (incoming.statusCode !== 200) outgoing.destroy(new Error('status'))
        incoming.setEncoding('utf8')
        incoming.on('data', (chunk: string) => {
          text += chunk
          if (text.length > 250_000) outgoing.destroy(new Error('size'))
        })
        incoming.on('end', () => resolve(text))
        incoming.on('error', reject)
      })
      outgoing.setTimeout(2500, () => outgoing.destroy(new Error('timeout')))
      outgoing.on('error', reject)
      outgoing.on('close', () => reject(new Error('closed')))
      outgoing.end()
    })
  }
}

class TokenVerifier {
  private readonly keys: KeyRepository
  private readonly issuer: string
  private readonly clientId: string
  constructor(keys: KeyRepository, issuer: string, clientId: string) {
    this.keys = keys
    this.issuer = issuer
    this.clientId = clientId
  }

  async verify(token: string): Promise<Record<string, unknown>> {
    const match = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(token)
    if (!match) throw new AuthorizationError(401, 'malformed')
    const [, head = '', body = '', tail = ''] = match
    const header = TokenVerifier.decode(head)
    const claims = TokenVerifier.decode(body)
    if (
      header.alg !== 'RS256' ||
      typeof header.kid !== 'string' ||
      'crit' in header ||
      'b64' in header ||
      'typ' in header
    )
      throw new AuthorizationError(401, 'header')
    const signature = Buffer.from(tail, 'base64url')
    const verifier = createVerify('RSA-SHA256').update(`${head}.${body}`)
    const isSigned =
      signature.toString('base64url') === tail && verifier.verify(await this.keys.find(header.kid), signature)
    if (!isSigned) throw new AuthorizationError(401, 'signature')
    this.validate(claims, Date.now() / 1000)
    return claims
  }

  private validate(claims: Record<string, unknown>, now: number): void {
    const { iss, exp, nbf, token_use: use, client_id: client, cnf } = claims
    if (iss !== this.issuer || use !== 'access' || client !== this.clientId || cnf !== undefined)
      throw new AuthorizationError(401, 'claims')
    if (typeof exp !== 'number' || !(exp > now)) throw new AuthorizationError(401, 'expired')
    if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= now)) throw new AuthorizationError(401, 'too early')
  }

  private static decode(part: string): Record<string, unknown> {
    const octets = Buffer.from(part, 'base64url')
    const value: unknown = JSON.parse(octets.toString('utf8'))
    if (octets.toString('base64url') !== part || typeof value !== 'object' || value === null || Array.isArray(value))
      throw new AuthorizationError(401, 'malformed')
    return value as Record<string, unknown>
  }
}

class GroupPolicy {
  assertAllowed(uri: string, claims: Record<string, unknown>): void {
    const groups = claims['cognito:groups']
    const [, , group = ''] = uri.split('/')
    if (!Array.isArray(groups) || !groups.every((one) => typeof one === 'string') || !groups.includes(group))
      throw new AuthorizationError(403, 'group')
  }

  /** Names of groups and files that need no escape; others are not published here. */
  assertWellFormed(uri: string): void {
    const names = uri.split('/').slice(1)
    const areNames = names.every((name) => /^[\w~!$&'()*,;=:@. -]*$/.test(name) && !/^\.{1,2}$/.test(name))
    if (
      !uri.startsWith('/') ||
      !areNames ||
      names.slice(0, -1).includes('') ||
      names[0] !== 'groups' ||
      names.length < 3
    )
      throw new AuthorizationError(403, 'path')
  }
}

class EdgeHandler {
  private readonly verifier: TokenVerifier
  private readonly policy: GroupPolicy
  constructor(verifier: TokenVerifier, policy: GroupPolicy) {
    this.verifier = verifier
    this.policy = policy
  }

  async handle(event: ViewerRequestEvent): Promise<unknown> {
    try {
      const request = event.Records[0]?.cf.request as ViewerRequest
      if (request.method !== 'GET' && request.method !== 'HEAD') throw new AuthorizationError(403, 'method')
      this.policy.assertWellFormed(request.uri)
      const values = request.headers.authorization?.map(({ value }) => value) ?? []
      const [scheme = '', token = '', ...rest] = values.length === 1 ? (values[0]?.split(' ') ?? []) : []
      if (scheme.toLowerCase() !== 'bearer' || rest.length > 0) throw new AuthorizationError(401, 'credentials')
      this.policy.assertAllowed(request.uri, await this.verifier.verify(token))
      return request
    } catch (error) {
      const status = error instanceof AuthorizationError ? error.status : 401
      return { status: String(status), statusDescription: 'Denied', headers: {} }
    }
  }
}

const issuer = 'https://cognito-idp.ap-southeast-2.amazonaws.com/ap-southeast-2_Class0001'
const repository = new JwksKeyRepository(`${issuer}/.well-known/jwks.json`)
const edge = new EdgeHandler(new TokenVerifier(repository, issuer, 'classclient'), new GroupPolicy())

export const handler = (event: ViewerRequestEvent) => edge.handle(event)
