import type { ViewerRequest } from '../viewer/viewer-request.ts'
import type { RequestChanges } from './function-result.ts'

/** The request as a function of requests left it. */
export function changedRequest(
  request: ViewerRequest,
  { uri, querystring, removed, set, body }: RequestChanges,
): ViewerRequest {
  const headers: string[] = []
  for (let index = 0; index + 1 < request.headers.length; index += 2) {
    const name = request.headers[index] as string
    const lower = name.toLowerCase()
    if (!removed.includes(lower) && !(lower in set)) headers.push(name, request.headers[index + 1] as string)
  }
  for (const [name, values] of Object.entries(set)) for (const value of values) headers.push(name, value)
  return {
    ...request,
    uri: uri ?? request.uri,
    querystring: querystring ?? request.querystring,
    headers,
    ...(body !== undefined && { body: Buffer.from(body, 'base64') }),
  }
}
