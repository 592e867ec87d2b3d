/** Modules that Lambda's runtime has beside the function's own: version 3 of the SDK (Lambda Developer Guide, "Runtime-included SDK versions"). */
import { createRequire } from 'node:module'
import { join } from 'node:path'

const provided = /^(@aws-sdk|@smithy|aws-sdk$)/

/**
 * The file of such a module, from the working directory's packages or from this package's own; null for any other module.
 * Throws an Error that says what to install, where the runtime has it and nothing here does.
 */
export function provideSdk(specifier: string): string | null {
  if (!provided.test(specifier)) return null
  for (const from of [join(process.cwd(), 'package.json'), import.meta.filename]) {
    try {
      return createRequire(from).resolve(specifier)
    } catch {}
  }
  throw Object.assign(new Error(`Cannot find module '${specifier}', which Lambda's runtime has; install it here`), {
    code: 'MODULE_NOT_FOUND',
  })
}
