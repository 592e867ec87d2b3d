/** Commits checked out beside the user's working tree, which is never touched. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { UsageError } from '../../config/usage-error.ts'

export interface Repository {
  /** Where the working tree is. */
  root: string
  /** The full id of a commit. Throws a UsageError where there is none of that name. */
  commit(option: string, ref: string): string
  /** Throws a UsageError where tracked files differ from HEAD. */
  requireClean(): void
  /** Checks a commit out into `directory`/`name`, without running hooks; dispose to remove it. */
  checkOut(commit: string, directory: string, name: string): { directory: string } & Disposable
}

/** The git repository around `cwd`. Throws a UsageError outside of one. */
export function openRepository(cwd = process.cwd()): Repository {
  const root = tryGit(cwd, 'rev-parse', '--show-toplevel')
  if (root === null)
    throw new UsageError(`${cwd}: is not inside a git repository; run gate in one, or use --baseline FILE`)
  return {
    root,
    commit(option, ref) {
      const id = ref.startsWith('-')
        ? null
        : tryGit(root, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`)
      if (id !== null) return id
      const shallow = tryGit(root, 'rev-parse', '--is-shallow-repository') === 'true'
      throw new UsageError(
        `${option} ${ref}: no such commit here; ${shallow ? 'this clone is shallow: fetch it (actions/checkout with fetch-depth: 0)' : 'name a branch, a tag or a commit, and fetch it first'}`,
      )
    },
    requireClean() {
      const changed = (tryGit(root, 'status', '--porcelain', '--untracked-files=no') ?? '').split('\n')[0]
      if (!changed) return
      throw new UsageError(
        `the working tree has uncommitted changes (${changed.trim()}); commit them, or name the commit to measure with --head`,
      )
    },
    checkOut(commit, directory, name) {
      const target = join(directory, name)
      try {
        git(root, '-c', 'core.hooksPath=/dev/null', 'worktree', 'add', '--detach', '--force', '--quiet', target, commit)
      } catch (error) {
        throw new UsageError(
          `${commit.slice(0, 12)}: cannot be checked out: ${
            String((error as { stderr?: string }).stderr)
              .trim()
              .split('\n')[0]
          }`,
        )
      }
      return {
        directory: target,
        [Symbol.dispose]: () => void tryGit(root, 'worktree', 'remove', '--force', target),
      }
    },
  }
}

function tryGit(cwd: string, ...args: string[]): string | null {
  try {
    return git(cwd, ...args)
  } catch {
    return null
  }
}

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
}
