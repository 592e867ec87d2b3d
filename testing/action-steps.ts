/** Runs the shell scripts of a composite GitHub action as a runner does; steps that use other actions are not run. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import * as z from 'zod'

const actionSchema = z.object({
  inputs: z.record(z.string(), z.object({ description: z.string(), default: z.string() })),
  runs: z.object({
    using: z.literal('composite'),
    steps: z.array(
      z.object({
        id: z.string().optional(),
        name: z.string(),
        if: z.string().optional(),
        uses: z.string().optional(),
        run: z.string().optional(),
        shell: z.literal('bash').optional(),
        env: z.record(z.string(), z.string()).optional(),
      }),
    ),
  }),
})
export type Action = z.infer<typeof actionSchema>

export function readAction(file: string): Action {
  return actionSchema.parse(parse(readFileSync(file, 'utf8')))
}

/** What expressions can name. */
export interface ActionContext {
  inputs?: Record<string, string>
  /** Step's id → its outputs. */
  steps?: Record<string, Record<string, string>>
  github?: Record<string, string>
  cwd: string
  env?: Record<string, string>
}

export interface StepRun {
  status: number | null
  log: string
  outputs: Record<string, string>
  summary: string
}

/** Runs one step's script. Throws for a step that is not there, and for a script into which an expression would be pasted. */
export async function runStep(action: Action, name: string, context: ActionContext): Promise<StepRun> {
  const step = action.runs.steps.find((candidate) => candidate.name === name)
  if (!step?.run) throw new Error(`the action has no step ${name} with a script`)
  if (step.run.includes('${{')) throw new Error(`${name}: an expression inside a script is pasted in as code`)
  const fill = (text: string) =>
    text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression) => String(evaluate(expression, action, context)))
  const directory = mkdtempSync(join(tmpdir(), 'edgeproof-step-'))
  try {
    const files = { GITHUB_OUTPUT: join(directory, 'output'), GITHUB_STEP_SUMMARY: join(directory, 'summary') }
    for (const file of Object.values(files)) writeFileSync(file, '')
    const env = Object.fromEntries(Object.entries(step.env ?? {}).map(([key, value]) => [key, fill(value)]))
    const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
      cwd: context.cwd,
      env: { ...process.env, ...files, ...context.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let log = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (log += text))
    const status = await new Promise<number | null>((resolve) => child.once('close', resolve))
    const lines = readFileSync(files.GITHUB_OUTPUT, 'utf8').split('\n').filter(Boolean)
    const outputs = Object.fromEntries(lines.map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]))
    return { status, log, outputs, summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8') }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Runs the scripts in turn, each where its condition holds, until one fails; name → what it did. */
export async function runAction(action: Action, context: ActionContext): Promise<Record<string, StepRun>> {
  const steps = { ...context.steps }
  const runs: Record<string, StepRun> = {}
  for (const { id, name, if: condition, run } of action.runs.steps) {
    if (!run || (condition && !evaluate(condition, action, { ...context, steps }))) continue
    const done = await runStep(action, name, { ...context, steps })
    runs[name] = done
    if (id) steps[id] = done.outputs
    if (done.status !== 0) break
  }
  return runs
}

/** An expression of the kind that the action has: names, texts, `==`, `!=`, `&&`, `||` and `contains`, which JavaScript reads alike. */
function evaluate(
  expression: string,
  action: Action,
  { inputs = {}, steps = {}, github = {} }: ActionContext,
): unknown {
  const places = expression.replace(/\b(inputs|github|runner|steps)\.([\w.-]+)/g, (_, root: string, path: string) => {
    const names = path.split('.').map((name) => `?.[${JSON.stringify(name)}]`)
    return `(${root}${names.join('')} ?? '')`
  })
  const defaults = Object.fromEntries(Object.entries(action.inputs).map(([name, input]) => [name, input.default]))
  const outputs = Object.fromEntries(Object.entries(steps).map(([id, values]) => [id, { outputs: values }]))
  const scope = {
    inputs: { ...defaults, ...inputs },
    steps: outputs,
    github,
    contains: (text: string, part: string) => text.includes(part),
  }
  return new Function(...Object.keys(scope), `return ${places}`)(...Object.values(scope))
}
