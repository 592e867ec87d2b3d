/** What aws-jwt-verify's README has for Lambda@Edge, with what a site adds to it: methods, a scheme, exp, typ, a public folder. */
import { CognitoJwtVerifier } from 'aws-jwt-verify'
import type { ViewerRequestEvent } from '../../authorizer/cloudfront.ts'

const verifier = CognitoJwtVerifier.create({
  userPoolId: 'eu-west-1_Readme001',
  tokenUse: 'access',
  clientId: 'readmeclient',
  graceSeconds: 0,
  customJwtCheck: ({ header, payload }) => {
    if (payload.exp === undefined) throw new Error('no exp')
    if (header.typ !== undefined && header.typ !== 'JWT') throw new Error('another kind of token')
    if ('cnf' in payload) throw new Error('bound to a key')
  },
})

const publicFile = /^\/public\/(?:[\w-][\w.~%-]*\/)*[\w.~%-]*$/

export const handler = async (event: ViewerRequestEvent) => {
  const { request } = event.Records[0]?.cf ?? {}
  if (!request || !['GET', 'HEAD'].includes(request.method)) return deny('405', 'Method Not Allowed')
  const path = decoded(request.uri)
  if (path === null) return deny('400', 'Bad Request')
  if (publicFile.test(request.uri) && !path.startsWith('/public/.')) return request
  if (path.startsWith('/public/')) return deny('404', 'Not Found')
  const [{ value } = { value: '' }, ...others] = request.headers.authorization ?? []
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(value)?.[1]
  if (token === undefined || others.length > 0) return deny('401', 'Unauthorized')
  try {
    await verifier.verify(token)
  } catch {
    return deny('401', 'Unauthorized')
  }
  return request
}

/** Null for a path that S3 may read otherwise. */
function decoded(uri: string): string | null {
  try {
    const text = decodeURIComponent(uri)
    return /\/\.{1,2}(?:\/|$)|\/\/|[\\?#\u0000-\u001f\u007f]|^[^/]/.test(text) || /%2f/i.test(uri) ? null : text
  } catch {
    return null
  }
}

function deny(status: string, statusDescription: string) {
  return { status, statusDescription, headers: { 'cache-control': [{ key: 'Cache-Control', value: 'no-store' }] } }
}
