/** What a provider says of itself (OpenID Connect Discovery 1.0), asked for once, while a policy is built. */
import * as z from 'zod'
import { parse } from '../config/config.ts'
import { UsageError } from '../config/usage-error.ts'

/** Milliseconds for the whole exchange. */
const timeout = 10_000
/** Characters; providers publish some 2,000 to 10,000. */
const maxLength = 262_144
const mostRedirects = 3

const texts = z.array(z.string()).exactOptional()

/** Members of the document that this asks for: Discovery 3, RFC 8414 2, RFC 9207 3 and RP-Initiated Logout 2.1. */
const members = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string().exactOptional(),
  token_endpoint: z.string().exactOptional(),
  revocation_endpoint: z.string().exactOptional(),
  end_session_endpoint: z.string().exactOptional(),
  jwks_uri: z.string().exactOptional(),
  authorization_response_iss_parameter_supported: z.boolean().exactOptional(),
  code_challenge_methods_supported: texts,
  token_endpoint_auth_methods_supported: texts,
})

export type ProviderMetadata = z.infer<typeof members>

/** Discovery 4.1: a terminating `/` of the issuer is taken off first. */
export function metadataUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
}

/**
 * Reads the document of an issuer that is an https URL, and refuses one of another issuer (Discovery 4.3), and a provider that
 * says it takes no S256 challenge (RFC 7636 4.2).
 *
 * @throws UsageError that names the URL, what is wrong there, and what to do.
 */
export async function readProviderMetadata(issuer: string): Promise<ProviderMetadata> {
  const url = metadataUrl(issuer)
  const metadata = parse(members, asJson(await textAt(url), url), url)
  if (metadata.issuer !== issuer)
    throw new UsageError(
      `${url}: issuer: is ${JSON.stringify(metadata.issuer)}, and the policy has ${JSON.stringify(issuer)}; they have to be the same, character by character, since tokens are compared so`,
    )
  const { code_challenge_methods_supported: methods } = metadata
  if (methods && !methods.includes('S256'))
    throw new UsageError(
      `${url}: code_challenge_methods_supported: has no "S256", without which nobody is signed in (RFC 7636); switch it on at the provider`,
    )
  return metadata
}

async function textAt(url: string): Promise<string> {
  const signal = AbortSignal.timeout(timeout)
  try {
    return await read(await answerOf(new URL(url), signal), url)
  } catch (error) {
    if (error instanceof UsageError) throw error
    if (signal.aborted) throw refusal(url, `gives no whole answer within ${timeout / 1000} seconds`)
    const { code, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException
    throw refusal(url, `cannot be read (${code ?? message})`)
  }
}

/** Redirects are followed within one host: who answers in the place of another is nobody that the policy names. */
async function answerOf(url: URL, signal: AbortSignal, left = mostRedirects): Promise<Response> {
  const answer = await fetch(url, { redirect: 'manual', signal, headers: { accept: 'application/json' } })
  if (answer.status === 200) return answer
  await answer.body?.cancel()
  const location = answer.headers.get('location')
  if (answer.status < 300 || answer.status > 399 || location === null || !URL.canParse(location, url.href))
    throw refusal(url.href, `answers ${answer.status}`)
  const next = new URL(location, url)
  if (next.origin !== url.origin) throw refusal(url.href, `redirects to another place, ${next.origin}`)
  if (left === 0) throw refusal(url.href, `redirects more than ${mostRedirects} times`)
  return answerOf(next, signal, left - 1)
}

async function read({ body }: Response, url: string): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  // Leaving the loop early ends the connection.
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > maxLength) throw refusal(url, `is longer than ${maxLength / 1024} kB`)
  }
  return text
}

function asJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw refusal(url, 'is not JSON')
  }
}

function refusal(url: string, fault: string): UsageError {
  return new UsageError(`${url}: ${fault}; look at the policy's issuer, or write signIn.endpoints out`)
}
