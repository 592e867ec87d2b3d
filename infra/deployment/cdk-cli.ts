import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const command = fileURLToPath(import.meta.resolve('aws-cdk/bin/cdk'))
const projectRoot = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Runs the CDK's own command line, in this project unless told otherwise (elsewhere there is no cdk.json, and so no app);
 * rejects with its output where it fails.
 */
export async function cdk(
  { environment, directory = projectRoot }: { environment: NodeJS.ProcessEnv; directory?: string },
  ...parameters: string[]
): Promise<string> {
  try {
    const { stdout } = await run(process.execPath, [command, '--no-notices', '--no-color', ...parameters], {
      cwd: directory,
      env: { ...environment, PATH: `${join(projectRoot, 'node_modules/.bin')}:${environment.PATH}` },
      maxBuffer: 16 * 2 ** 20,
    })
    return stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`cdk ${parameters.join(' ')} failed:\n${stdout}${stderr}`)
  }
}
