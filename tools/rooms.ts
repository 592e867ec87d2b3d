/**
 * The rule of arrows: the rooms of this repository from the ground up. What lies in a room may import from its own room
 * and from the rooms above it in this list, and from nothing else.
 */
export const rooms: readonly string[] = [
  'authorizer',
  'config',
  'statistics',
  'result',
  'oracle',
  'testing',
  'command',
  'build',
  'reports',
  'handlers',
  'infra',
  'edge',
  'bench',
  'fuzz',
  'gate',
  'load',
  'plan',
  'run',
  'index.ts',
  'program.ts',
  'cli.ts',
  'tools',
]

/** Files at the root that belong to a room. */
export const rootFiles: Readonly<Record<string, string>> = { 'edgeproof.config.ts': 'config' }

/** Rooms that never know each other, whatever their order. */
export const strangers: readonly string[] = ['bench', 'fuzz', 'edge']

/**
 * What tests may name besides what their room may: everything that signs or pretends, every handler, and the command,
 * which they run in their own process or start as another.
 */
export const testRooms: readonly string[] = ['testing', 'handlers', 'program.ts', 'cli.ts']

/** Rooms whose programs run without the suite: packages beyond `node:` modules are not there. */
export const bareRooms: readonly string[] = ['authorizer']

/** [from, to]: of that room only types may be taken, so that the two sides share no code. */
export const typesOnly: readonly (readonly [from: string, to: string])[] = [['oracle', 'authorizer']]
