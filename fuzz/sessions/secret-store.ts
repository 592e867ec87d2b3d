/** AWS Systems Manager and Secrets Manager, as far as a function asks them for one value. */
import type { Served } from '../../oracle/served-urls.ts'
import type { Call } from '../sandbox/protocol.ts'

/** Undefined where the request is for neither. */
export function answerOfStore(call: Call, secrets: object, isUp: boolean): Served | undefined {
  const { host } = new URL(call.url)
  const isParameter = /^ssm\.[\w-]+\.amazonaws\.com$/.test(host)
  if (!isParameter && !/^secretsmanager\.[\w-]+\.amazonaws\.com$/.test(host)) return undefined
  if (!isUp) return { kind: 'reset' }
  const text = JSON.stringify(secrets)
  const body = JSON.stringify(
    isParameter
      ? { Parameter: { Name: 'parameter', Type: 'SecureString', Value: text, Version: 1 } }
      : { SecretString: text },
  )
  return { kind: 'body', body, headers: { 'content-type': 'application/x-amz-json-1.1' } }
}
