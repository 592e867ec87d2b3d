/** Finds k6, or builds it once: it has no npm or Debian package. */
import { spawn } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { UsageError } from '../../config/usage-error.ts'

/** The version that is built where none is found, and that the figures in the READMEs come from. */
export const k6Version = 'v1.8.1'

export interface K6Search {
  env?: NodeJS.ProcessEnv
  platform?: NodeJS.Platform
  /** Told once before a build, which takes about three minutes. */
  log?: (line: string) => void
  signal?: AbortSignal
}

/** The k6 that is there: `$K6_BIN`, else the first on PATH, else the one in the per-user cache directory; else null. */
export function installedK6({ env = process.env, platform = process.platform }: K6Search = {}): string | null {
  if (env.K6_BIN) {
    if (executable(env.K6_BIN)) return env.K6_BIN
    throw new UsageError(`K6_BIN: ${env.K6_BIN} is not an executable file; correct it or unset it`)
  }
  const cached = join(cacheDirectory(env, platform), binaryName(platform))
  return onPath(binaryName(platform), env) ?? (executable(cached) ? cached : null)
}

/**
 * The k6 that is there, else one built with Go into the per-user cache directory. Throws a UsageError with the install
 * line for the user's system where none can be had.
 */
export async function findK6(search: K6Search = {}): Promise<string> {
  const { env = process.env, platform = process.platform, log = () => {}, signal } = search
  const installed = installedK6({ env, platform })
  if (installed) return installed
  const go = onPath(platform === 'win32' ? 'go.exe' : 'go', env)
  if (!go) throw new UsageError(`k6: not found, and no Go to build it with; install it: ${installLine(platform)}`)
  const directory = cacheDirectory(env, platform)
  log(`building k6 ${k6Version} with Go, once, about three minutes (kept in ${directory})`)
  const failure = await build(go, directory, binaryName(platform), env, signal)
  if (failure === null) return join(directory, binaryName(platform))
  throw new UsageError(`k6: building it with Go failed (${failure}); install it: ${installLine(platform)}`)
}

/** `go install` names its result itself, so it builds in a directory of its own and the result is moved, whole. Null: done. */
async function build(
  go: string,
  directory: string,
  name: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const partial = join(directory, `build-${process.pid}`)
  mkdirSync(partial, { recursive: true })
  try {
    const failure = await run(go, ['install', `go.k6.io/k6@${k6Version}`], { ...env, GOBIN: partial }, signal)
    if (failure === null) renameSync(join(partial, name), join(directory, name))
    return failure
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

/** Null when the command succeeded, else the last line of what it said. */
function run(file: string, args: string[], env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, stdio: ['ignore', 'ignore', 'pipe'], ...(signal ? { signal } : {}) })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2000)
    })
    child.on('error', (error) => reject(signal?.aborted ? signal.reason : error))
    child.on('close', (code) => resolve(code === 0 ? null : (said.trim().split('\n').at(-1) ?? `exit code ${code}`)))
  })
}

/** Grafana's installation page (https://grafana.com/docs/k6/latest/set-up/install-k6/), by system. */
function installLine(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'brew install k6'
  if (platform === 'win32') return 'winget install k6 --source winget'
  if (existsSync('/etc/debian_version')) return `apt-get install golang-go && go install go.k6.io/k6@${k6Version}`
  if (existsSync('/etc/redhat-release')) return 'dnf install https://dl.k6.io/rpm/repo.rpm && dnf install k6'
  return 'see https://grafana.com/docs/k6/latest/set-up/install-k6/, or set K6_BIN'
}

/** XDG Base Directory Specification on Linux, each system's own place elsewhere. */
function cacheDirectory(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const home = env.HOME ?? homedir()
  const base =
    platform === 'win32'
      ? (env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'))
      : platform === 'darwin'
        ? join(home, 'Library', 'Caches')
        : (env.XDG_CACHE_HOME ?? join(home, '.cache'))
  return join(base, 'edgeproof', `k6-${k6Version}`)
}

function binaryName(platform: NodeJS.Platform): string {
  return platform === 'win32' ? 'k6.exe' : 'k6'
}

function onPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  return (env.PATH ?? '')
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, name))
    .find(executable)
}

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
