/** Runs a command line in this process and tells what a shell would have seen of it: no process starts, nothing is printed. */
// It starts its program in the directory in which it was loaded, which must not be one that a test removes.
import 'esbuild'

export interface Ended {
  status: number
  stdout: string
  stderr: string
}

export interface Surroundings {
  /** The directory that it runs in; default the caller's. */
  cwd?: string
  /** Variables beside, or instead of, the caller's; undefined unsets one. */
  env?: Readonly<Record<string, string | undefined>>
}

/** `run` prints with `process.stdout` and `process.stderr` and leaves its exit code in `process.exitCode`. One at a time. */
export async function inProcess(run: () => Promise<void>, { cwd, env = {} }: Surroundings = {}): Promise<Ended> {
  const stdout = intercepted(process.stdout)
  const stderr = intercepted(process.stderr)
  const variables = Object.keys(env).map((name) => [name, process.env[name]] as const)
  const { exitCode } = process
  const directory = process.cwd()
  try {
    process.exitCode = undefined
    setVariables(Object.entries(env))
    if (cwd !== undefined) process.chdir(cwd)
    await run()
    return { status: Number(process.exitCode ?? 0), stdout: stdout.text(), stderr: stderr.text() }
  } finally {
    process.chdir(directory)
    setVariables(variables)
    process.exitCode = exitCode
    stdout.restore()
    stderr.restore()
  }
}

function setVariables(variables: readonly (readonly [name: string, value: string | undefined])[]): void {
  for (const [name, value] of variables) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
}

function intercepted(stream: NodeJS.WriteStream): { text(): string; restore(): void } {
  const { write } = stream
  let text = ''
  stream.write = (chunk: string | Uint8Array) => {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
    return true
  }
  return {
    text: () => text,
    restore() {
      stream.write = write
    },
  }
}
