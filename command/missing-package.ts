import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname } from 'node:path'
import { UsageError } from '../config/usage-error.ts'

/**
 * Not everybody needs every package: those of some commands are not installed with the others. Where `error` is that a module
 * of ours found none of such a package, the line that says which and how to install it, with the version that is tested.
 */
export function missingPackage(error: unknown): UsageError | null {
  const { code, message = '' } = error as NodeJS.ErrnoException
  // esbuild's own code is packed with ours; its program is a package for each system.
  if (code === 'MODULE_NOT_FOUND' && message.startsWith("Cannot find module 'esbuild'"))
    return new UsageError(
      `this needs @esbuild/${process.platform}-${process.arch}, which was left out as optional: npm install --include=optional`,
    )
  if (code !== 'ERR_MODULE_NOT_FOUND') return null
  const [, name = '', importer = ''] = /^Cannot find package '([^']+)' imported from (.+)$/m.exec(message) ?? []
  const manifest = findPackageJSON(import.meta.url) ?? ''
  const { devDependencies } = JSON.parse(readFileSync(manifest, 'utf8')) as { devDependencies: Record<string, string> }
  const version = devDependencies[name]
  if (version === undefined || !importer.startsWith(dirname(manifest))) return null
  return new UsageError(`this needs ${name}, which is not installed: npm install --save-dev ${name}@${version}`)
}
