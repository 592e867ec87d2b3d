import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

// What it does where AWS obliges is in deployment/deployment.long.test.ts; here AWS does not.
let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgeproof-orphans-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

function removeOrphans(...parameters: string[]): Promise<{ code: unknown; output: string }> {
  const script = fileURLToPath(new URL('remove-orphans.ts', import.meta.url))
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...parameters], { env: { PATH: directory } }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    )
  })
}

test('while CloudFront keeps replicas it says so, and the exit code says to come back', async () => {
  // The answers of the services, as the AWS CLI prints them; no emulator keeps replicas.
  const cli = `#!/bin/sh
case "$1 $2" in
  'lambda list-versions-by-function')
    echo '{"Versions": [{"Version": "$LATEST", "FunctionArn": "arn:f:$LATEST"}, {"Version": "1", "FunctionArn": "arn:f:1"}]}' ;;
  'cloudfront list-distributions') ;;
  'cloudformation describe-stack-resources')
    echo 'An error occurred (ValidationError) when calling the DescribeStackResources operation: Stack for f does not exist' >&2
    exit 254 ;;
  'lambda delete-function')
    echo 'An error occurred (InvalidParameterValueException) when calling the DeleteFunction operation: Lambda was unable to delete arn:f because it is a replicated function.' >&2
    exit 254 ;;
  *) exit 1 ;;
esac
`
  await writeFile(join(directory, 'aws'), cli, { mode: 0o755 })
  expect(await removeOrphans('f')).toEqual({
    code: 3,
    output: 'f: CloudFront still has replicas; try again in some hours\n',
  })
})

test('without the AWS CLI, and without a function, one line says what to do', async () => {
  expect(await removeOrphans('f')).toEqual({
    code: 2,
    output: expect.stringMatching(/^edgeproof: aws: not found; install the AWS CLI.*\n$/),
  })
  expect(await removeOrphans()).toEqual({
    code: 2,
    output: expect.stringMatching(/^edgeproof: remove-orphans: takes one function name.*\n$/),
  })
})
