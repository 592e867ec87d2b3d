import type { Post } from './https-exchange.ts'
import { nodeCrypto } from './node-crypto.ts'
import type { SecretReference, SignInSecrets } from './policy.ts'

/** The role's credentials, as Lambda puts them into the environment. */
export interface Environment {
  AWS_ACCESS_KEY_ID?: string | undefined
  AWS_SECRET_ACCESS_KEY?: string | undefined
  AWS_SESSION_TOKEN?: string | undefined
}

/** Longest wait, in milliseconds: a parameter of a far region has taken four seconds, and the token endpoint has to be asked after it. */
const timeout = 3000

/** Asks Parameter Store or Secrets Manager for a value that is JSON of `SignInSecrets`, in the region of its ARN. */
export async function fetchSecrets(
  reference: SecretReference,
  post: Post,
  environment: Environment,
  now: number,
): Promise<SignInSecrets> {
  const isParameter = 'ssmParameter' in reference
  const arn = isParameter ? reference.ssmParameter : reference.secretsManager
  const [service, operation] = isParameter
    ? ['ssm', 'AmazonSSM.GetParameter']
    : ['secretsmanager', 'secretsmanager.GetSecretValue']
  const region = arn.split(':')[3] as string
  const host = `${service}.${region}.amazonaws.com`
  const body = JSON.stringify(isParameter ? { Name: arn, WithDecryption: true } : { SecretId: arn })
  const headers = signedHeaders({ host, service, region, operation, body }, environment, now)
  const answer = await post(`https://${host}/`, headers, body, timeout)
  if (answer.status !== 200) throw new Error()
  const { Parameter, SecretString } = JSON.parse(answer.body)
  return JSON.parse(isParameter ? Parameter.Value : SecretString)
}

/** Signature Version 4 (AWS General Reference, "Create a signed AWS API request") of one form of request: a POST of JSON to `/`. */
function signedHeaders(
  { host, service, region, operation, body }: Record<'host' | 'service' | 'region' | 'operation' | 'body', string>,
  { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN }: Environment,
  now: number,
): Record<string, string> {
  const { hash } = nodeCrypto()
  const date = new Date(now).toISOString().replace(/[:-]|\.\d+/g, '')
  const day = date.slice(0, 8)
  const headers: Record<string, string> = {
    'content-type': 'application/x-amz-json-1.1',
    host,
    'x-amz-date': date,
    ...(AWS_SESSION_TOKEN ? { 'x-amz-security-token': AWS_SESSION_TOKEN } : {}),
    'x-amz-target': operation,
  }
  const names = Object.keys(headers).join(';')
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`)
  const request = `POST\n/\n\n${lines.join('')}\n${names}\n${hash('sha256', body)}`
  const scope = `${day}/${region}/${service}/aws4_request`
  const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash('sha256', request)}`
  const key = scope
    .split('/')
    .reduce<string | Buffer>((key, part) => hmac(key, part).digest(), `AWS4${AWS_SECRET_ACCESS_KEY}`)
  const signature = hmac(key, text).digest('hex')
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${AWS_ACCESS_KEY_ID}/${scope}, SignedHeaders=${names}, Signature=${signature}`
  return headers
}

function hmac(key: string | Buffer, text: string) {
  return nodeCrypto().createHmac('sha256', key).update(text)
}
