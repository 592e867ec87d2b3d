/** Calls of any function, as a module of the user's names them. */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as z from 'zod'
import { parse } from '../config/config.ts'
import { UsageError } from '../config/usage-error.ts'
import { type RequestSource, type SuiteRequests, writeLines } from './requests.ts'
import { startSuites, suiteTitles } from './suites.ts'

/**
 * What `gate.workload` exports by default: for each suite the inputs, and what the function has to answer, both JSON. A side
 * that answers anything else is not measured.
 *
 * @example
 * export default { function: 'parse', suites: { short: [{ input: 'a=1', answer: { a: '1' } }] } }
 */
export interface GateWorkload {
  /** The export that is called with one input and awaited. Default `handler`. */
  function?: string
  suites: Record<string, { input: unknown; answer: unknown }[]>
}

const workloadSchema: z.ZodType<GateWorkload> = z.strictObject({
  function: z.string().min(1, 'should not be empty').exactOptional(),
  suites: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]*$/, 'should be a name of small letters, digits and "-"'),
      z.array(z.strictObject({ input: z.json(), answer: z.json() })).min(1, 'should have at least one call'),
    )
    .refine((suites) => Object.keys(suites).length > 0, 'should have at least one suite')
    .refine(
      (suites) => startSuites.every((name) => !(name in suites)),
      `should have no suite ${startSuites.join(' or ')}: those are measured for every program`,
    ),
})

/** Reads a module below `root`; every mistake is a UsageError that names it. */
export async function workloadSuites(module: string, root: string): Promise<RequestSource> {
  const { function: exported = 'handler', suites } = parse(workloadSchema, await defaultExport(module, root), module)
  const names = Object.keys(suites)
  const [first = ''] = names
  return {
    suites: [...startSuites, ...names],
    titles: {
      init: suiteTitles.init,
      cold: `module load and the first call of ${first}`,
      ...Object.fromEntries(names.map((name) => [name, `${exported}()`])),
    },
    first,
    exported,
    isCalibrated: false,
    configurations: { usual: null, routes: null, cookie: null },
    async write(directory) {
      const write = (name: string, calls: GateWorkload['suites'][string]): SuiteRequests => ({
        deployment: 'usual',
        expect: 'answer',
        once: false,
        events: writeLines(
          directory,
          name,
          calls.map(({ input }) => JSON.stringify(input)),
        ),
        answers: writeLines(
          directory,
          `${name}-answers`,
          calls.map(({ answer }) => JSON.stringify(answer)),
        ),
      })
      return Object.fromEntries(Object.entries(suites).map(([name, calls]) => [name, write(name, calls)]))
    },
  }
}

async function defaultExport(module: string, root: string): Promise<unknown> {
  const file = resolve(root, module)
  try {
    return ((await import(pathToFileURL(file).href)) as { default?: unknown }).default
  } catch (error) {
    throw new UsageError(`${module}: cannot be loaded: ${(error as Error).message.split('\n', 1)[0]}`)
  }
}
