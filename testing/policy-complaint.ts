import { parsePolicy } from '../config/config.ts'
import { UsageError } from '../config/usage-error.ts'

/** What a user reads of a policy in `policy.json`, a line for each mistake; undefined where there is none. */
export function complaint(policy: unknown): string | undefined {
  try {
    parsePolicy(policy, 'policy.json')
    return undefined
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
}
