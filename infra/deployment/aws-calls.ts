import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface AwsCalls {
  /** Rejects with the service's message where it refuses. Operations are named as in Python: `get_function`. */
  call<Answer>(service: string, operation: string, parameters?: object, region?: string): Promise<Answer>
  stop(): Promise<void>
}

/** Starts a process that makes calls of AWS operations, in order. */
export function startAwsCalls(python: string, environment: NodeJS.ProcessEnv): AwsCalls {
  const script = fileURLToPath(new URL('aws_calls.py', import.meta.url))
  const child = spawn(python, [script], { env: environment, stdio: ['pipe', 'pipe', 'inherit'] })
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]()
  let last: Promise<unknown> = Promise.resolve()

  async function exchange(question: object): Promise<unknown> {
    child.stdin.write(`${JSON.stringify(question)}\n`)
    const { done, value } = await answers.next()
    if (done) throw new Error('the process that calls AWS ended')
    const { result, error } = JSON.parse(value) as { result?: unknown; error?: string }
    if (error !== undefined) throw new Error(error)
    return result
  }

  return {
    call<Answer>(service: string, operation: string, parameters: object = {}, region = 'us-east-1') {
      const answer = last.then(() => exchange({ region, service, operation, parameters }))
      last = answer.catch(() => {})
      return answer as Promise<Answer>
    },
    async stop() {
      const ended = once(child, 'exit')
      child.stdin.end()
      await ended
    },
  }
}
