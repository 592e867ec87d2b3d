/** The functions between a viewer and the cache: who runs them, and how a request and its answer reach them. */
import type { CloudFrontFunction, EdgeFunction } from '../template/distribution.ts'
import type { HeaderList } from '../viewer/header-list.ts'
import type { Answer } from '../viewer/narrow-response.ts'
import type { ViewerRequest } from '../viewer/viewer-request.ts'
import { encodeEvent, encodeWireEvent } from './event-wire.ts'
import { isDisallowed } from './header-rules.ts'
import type { SandboxPool } from './sandbox-pool.ts'

export interface ViewerFunction {
  edgeFunction: EdgeFunction | CloudFrontFunction
  pool: SandboxPool
  encode(request: ViewerRequest, answer?: Answer): string
}

/** "For viewer request events, the body is truncated at 40 KB." */
const maxBodyBytes = 40_960

export function viewerFunction(edgeFunction: EdgeFunction | CloudFrontFunction, pool: SandboxPool): ViewerFunction {
  const includeBody = edgeFunction.kind === 'lambda' && edgeFunction.includeBody
  return {
    edgeFunction,
    pool,
    encode(request, answer) {
      const { id: requestId, clientIp, method, uri, querystring } = request
      const wire = { requestId, clientIp, method, uri, querystring, headers: exposed(request.headers) }
      if (!answer && !includeBody) return encodeEvent(wire)
      return encodeWireEvent({
        request: wire,
        ...(includeBody && !answer && { body: exposedBody(request.body) }),
        ...(answer && {
          response: {
            status: answer.status,
            statusDescription: answer.statusText,
            headers: exposed(answer.headers),
          },
        }),
      })
    },
  }
}

function exposedBody(body: Buffer | null) {
  const bytes = body ?? Buffer.alloc(0)
  return { data: bytes.subarray(0, maxBodyBytes).toString('base64'), inputTruncated: bytes.length > maxBodyBytes }
}

/** The headers that a function sees. */
function exposed(headers: HeaderList): HeaderList {
  for (let index = 0; index < headers.length; index += 2) {
    if (isDisallowed((headers[index] as string).toLowerCase())) {
      return headers.filter((_, place) => !isDisallowed((headers[place & ~1] as string).toLowerCase()))
    }
  }
  return headers
}
