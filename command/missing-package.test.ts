import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { missingPackage } from './missing-package.ts'

/** As Node says it of an import in one of our modules. */
function notFound(name: string, importer: string): Error {
  const message = `Cannot find package '${name}' imported from ${importer}`
  return Object.assign(new Error(message), { code: 'ERR_MODULE_NOT_FOUND' })
}
const ours = fileURLToPath(new URL('./run-stage.ts', import.meta.url))

test('a package that some commands need is named, with the line that installs it', () => {
  expect(missingPackage(notFound('aws-cdk-lib', ours))?.message).toMatch(
    /^this needs aws-cdk-lib, which is not installed: npm install --save-dev aws-cdk-lib@2\.\d+\.\d+$/,
  )
})

test('esbuild without its program says how to install it', () => {
  const message =
    "Cannot find module 'esbuild'\nRequire stack:\n- /app/node_modules/edgeproof/dist/vendor/esbuild/lib/main.js"
  const line = missingPackage(Object.assign(new Error(message), { code: 'MODULE_NOT_FOUND' }))?.message
  expect(line).toMatch(/^this needs @esbuild\/[a-z]+-[a-z0-9]+, .*: npm install --include=optional$/)
})

test.each<[what: string, error: unknown]>([
  ["a user's own module", notFound('aws-cdk-lib', '/app/edgeproof.config.js')],
  ['a package that is none of ours', notFound('left-pad', ours)],
  ['another fault', new Error("Cannot find package 'aws-cdk-lib'")],
])('%s is not spoken of so', (_, error) => {
  expect(missingPackage(error)).toBeNull()
})
