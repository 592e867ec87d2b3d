import { createInterface } from 'node:readline/promises'
import { UsageError } from '../../config/usage-error.ts'
import type { PolicyAnswers } from './new-policy.ts'
import { providerKind } from './new-policy.ts'
import { providerKinds } from './provider-kinds.ts'

export interface GivenAnswers {
  provider?: string
  issuer?: string
  client?: string
  audience?: string
  credential?: string
  path?: string[]
}

type Ask = (question: string, example: string | undefined, usual: string | undefined) => Promise<string>

/**
 * The answers: those that were given, else asked for on a terminal, else the usual ones.
 *
 * @throws UsageError that names the options that are missing, where nobody can be asked.
 */
export async function answersFor(
  given: GivenAnswers,
  isTerminal = process.stdin.isTTY === true,
): Promise<PolicyAnswers> {
  if (!isTerminal) return answersBy(given, withoutAsking(given))
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await answersBy(given, async (question, example, usual) => {
      const shown = usual === undefined ? (example === undefined ? '' : `, such as ${example}`) : ` [${usual}]`
      for (;;) {
        const answer = (await terminal.question(`${question}${shown}: `)).trim() || usual
        if (answer !== undefined) return answer
      }
    })
  } finally {
    terminal.close()
  }
}

function withoutAsking({ provider, issuer, client }: GivenAnswers): Ask {
  const missing = Object.entries({ provider, issuer, client }).filter(([, value]) => value === undefined)
  if (missing.length > 0) {
    const options = missing.map(([name]) => `--${name}`).join(', ')
    throw new UsageError(`init: pass ${options}; without a terminal nothing can be asked`)
  }
  return async (_question, _example, usual) => usual ?? ''
}

async function answersBy(given: GivenAnswers, ask: Ask): Promise<PolicyAnswers> {
  const names = providerKinds.map(({ name }) => name).join(', ')
  const provider = given.provider ?? (await ask(`whose tokens (${names})`, undefined, 'cognito'))
  const kind = providerKind(provider)
  const issuer = given.issuer ?? (await ask(kind.asks, kind.example, undefined))
  const client = given.client ?? (await ask('client id', 'portal', undefined))
  const audience =
    given.audience ?? (kind.audience ? await ask('audience of the API (empty: not looked at)', undefined, '') : '')
  const credential =
    given.credential ?? (await ask('where the token is (header, header:NAME, cookie:NAME)', undefined, 'header'))
  const paths =
    given.path ??
    (await ask('paths, each PATTERN, PATTERN=public or PATTERN=GROUP, by spaces', undefined, usualPaths)).split(/\s+/)
  return { provider, issuer, client, audience, credential, paths }
}

const usualPaths = '/public/*=public /users/{sub}/*'
