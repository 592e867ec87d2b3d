import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { UsageError } from '../config/usage-error.ts'

const run = promisify(execFile)

/** The service's error code, such as `ResourceNotFoundException`, with the message it came with. */
export class AwsError extends Error {
  override readonly name = 'AwsError'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

export type AwsCli = (service: string, operation: string, ...parameters: string[]) => Promise<unknown>

/**
 * Calls the AWS CLI and parses its answer; undefined where the operation answers nothing. Rejects with an AwsError where
 * the service refuses, and with a UsageError where there is no AWS CLI or it was not understood.
 */
export function awsCli(region: string, environment: NodeJS.ProcessEnv = process.env): AwsCli {
  return async (service, operation, ...parameters) => {
    try {
      const { stdout } = await run('aws', [service, operation, '--region', region, '--output', 'json', ...parameters], {
        env: { ...environment, AWS_PAGER: '' },
        maxBuffer: 64 * 2 ** 20,
      })
      return stdout.trim() === '' ? undefined : JSON.parse(stdout)
    } catch (error) {
      throw readable(error as NodeJS.ErrnoException & { stderr?: string })
    }
  }
}

function readable(error: NodeJS.ErrnoException & { stderr?: string }): Error {
  if (error.code === 'ENOENT') {
    return new UsageError(
      'aws: not found; install the AWS CLI, or run infra/install-python-tools.sh and put .venv/bin on PATH',
    )
  }
  const message = (error.stderr ?? error.message).trim()
  const refused = /An error occurred \(([^)]+)\)/.exec(message)
  return refused?.[1] ? new AwsError(refused[1], message) : new UsageError(`aws: ${message.split('\n').at(-1)}`)
}
