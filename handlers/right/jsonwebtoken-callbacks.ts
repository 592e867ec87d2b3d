/** jsonwebtoken and jwks-rsa, as their READMEs join them: a key function with callbacks, ID tokens in a cookie, a login page. */
import jsonwebtoken, {
  type JwtHeader,
  type JwtPayload,
  type SigningKeyCallback,
  type VerifyOptions,
} from 'jsonwebtoken'
import jwksClient from 'jwks-rsa'
import type { ViewerRequest, ViewerRequestEvent } from '../../authorizer/cloudfront.ts'

const issuer = 'https://id.example.net'
const client = jwksClient({
  jwksUri: `${issuer}/.well-known/jwks.json`,
  cache: true,
  cacheMaxAge: 600_000,
  rateLimit: true,
  jwksRequestsPerMinute: 5,
  timeout: 2000,
})

function getKey({ kid }: JwtHeader, callback: SigningKeyCallback) {
  if (typeof kid !== 'string') return callback(new Error('no kid'))
  client.getSigningKey(kid, (error, key) =>
    error || !key ? callback(error ?? new Error('no key')) : callback(null, key.getPublicKey()),
  )
}

function verify(token: string): Promise<JwtPayload> {
  return new Promise((resolve, reject) => {
    const options: VerifyOptions & { complete: true } = {
      algorithms: ['RS256'],
      issuer,
      audience: 'webshop',
      complete: true,
    }
    jsonwebtoken.verify(token, getKey, options, (error, verified) => {
      if (error || !verified || typeof verified.payload === 'string') return reject(error ?? new Error('no claims'))
      const { header, payload } = verified
      const isPlain = 'exp' in payload && payload.cnf === undefined && header.crit === undefined && !('b64' in header)
      const isToken = header.typ === undefined || /^(?:application\/)?(?:jwt|at\+jwt)$/i.test(String(header.typ))
      if (isPlain && isToken) resolve(payload)
      else reject(new Error('another kind of token'))
    })
  })
}

/** Each name's first value, unless another follows that is not the same. */
function cookieOf({ headers }: ViewerRequest, name: string): string | null {
  const pairs = (headers.cookie ?? []).flatMap(({ value }) => value.split(';')).map((pair) => pair.trim())
  const found = new Set(pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1)))
  found.delete('')
  return found.size === 1 ? ([...found][0] ?? null) : null
}

export function handler({ Records }: ViewerRequestEvent) {
  const request = Records[0]?.cf.request as ViewerRequest
  if (request.method !== 'GET' && request.method !== 'HEAD') return Promise.resolve(answer('403'))
  if (!isReadAlike(request.uri)) return Promise.resolve(answer('404'))
  const token = cookieOf(request, 'id_token')
  if (token === null || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return Promise.resolve(toLogin())
  return verify(token).then(
    ({ email_verified: isVerified }) => (isVerified === true ? request : answer('403')),
    () => toLogin(),
  )
}

/** Whether the bucket reads the path like everybody else. */
function isReadAlike(uri: string): boolean {
  if (!/^\/shop\/[^?#]*$/.test(uri) || !uri.isWellFormed()) return false
  try {
    return uri.split('/').every((raw, at, all) => {
      const name = decodeURIComponent(raw)
      const isEmpty = name === '' && at > 0 && at < all.length - 1
      return !isEmpty && name !== '.' && name !== '..' && !/[/\\]|[\u0000-\u001f]|\u007f/.test(name)
    })
  } catch {
    return false
  }
}

/** The place to come back to is constant, as the provider's list of them is. */
function toLogin() {
  const location = `https://login.example.net/authorize?client_id=webshop&redirect_uri=${encodeURIComponent('https://shop.example.net/callback')}`
  return { ...answer('302'), headers: { location: [{ key: 'Location', value: location }] } }
}

function answer(status: string) {
  return { status, headers: { 'cache-control': [{ key: 'Cache-Control', value: 'private, max-age=0' }] } }
}
