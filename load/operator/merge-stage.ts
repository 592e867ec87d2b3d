/** `edgeproof load merge`: one result from the JSON output of several k6, as the operator's runners write it. */
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { type Stage, stageResult } from '../../command/stage.ts'
import { objectivesOf } from '../../config/objectives-schema.ts'
import { UsageError } from '../../config/usage-error.ts'
import type { RunDescription } from '../k6/run-description.ts'
import { type K6Event, k6EventReader, type Sample } from '../k6/sample.ts'
import { loadChecks } from '../load-checks.ts'
import { runData } from '../load-run.ts'
import { Measurement, merged } from '../measurement/measurement.ts'
import { TimeSeries } from '../measurement/time-series.ts'
import { scenarioNamed } from '../scenarios/catalogue.ts'
import { lengthOf, warmUpOf } from '../scenarios/scenario.ts'

export interface MergeOptions {
  /** k6's JSON output, gzipped or not. */
  files: string[]
}

export const mergeStage: Stage<MergeOptions> = async ({ config, signal }, { files }) => {
  const heads = await Promise.all(files.map(headOf))
  const about = sameRun(files, heads)
  const { seconds } = about
  const scenario = scenarioNamed(about.scenario)
  return stageResult('load', { scenario: scenario.name, seconds, merged: files }, async () => {
    // The runners start together, but their files tell only when each one's first answer came.
    const first = Math.min(...heads.map((head) => head.first))
    const warmUpSeconds = warmUpOf(scenario, seconds)
    const warmUpEnds = first + warmUpSeconds * 1000
    const series = new TimeSeries(lengthOf(scenario, seconds), warmUpSeconds)
    series.begin(first)
    const parts: Measurement[] = []
    for (const file of files) {
      signal.throwIfAborted()
      parts.push(await measure(file, series, files.length, (sample) => sample.at < warmUpEnds))
    }
    const run = {
      measured: merged(parts),
      join: null,
      series: series.toDocument(),
      machine: { foreign: null, steal: null, ownSeconds: 0, k6Seconds: 0 },
      memory: { held: [], k6: [] },
      ends: [],
      seconds,
      interrupted: false,
    }
    const checks = loadChecks({ run, scenario, objectives: objectivesOf(config.objectives), seconds: 0 })
    return { checks, data: JSON.parse(JSON.stringify(runData(run))) }
  })
}

async function measure(
  file: string,
  series: TimeSeries,
  segments: number,
  isWarmUp: (sample: Sample) => boolean,
): Promise<Measurement> {
  const part = new Measurement()
  const add = (event: K6Event) => {
    if (event.kind === 'dropped') {
      part.dropped += event.count
      series.addDropped(event.at, event.count)
    } else if (event.kind === 'sample') {
      part.add(event.sample, isWarmUp(event.sample))
      series.addSample(event.sample)
    }
  }
  await readEvents(file, add, segments)
  return part
}

interface Head {
  /** When its first answer came. */
  first: number
  run: RunDescription
}

async function headOf(file: string): Promise<Head> {
  let first = Number.POSITIVE_INFINITY
  let run: RunDescription | null = null
  await readEvents(file, (event) => {
    if (event.kind === 'sample') first = Math.min(first, event.sample.at)
    else if (event.kind === 'run') run = event.run
  })
  if (first === Number.POSITIVE_INFINITY || run === null)
    throw new UsageError(`${file}: holds no sample of edgeproof's script; k6 writes them with --out json=FILE`)
  return { first, run }
}

/** The run that all files are of, as each of them says. */
function sameRun(files: readonly string[], heads: readonly Head[]): RunDescription {
  const [head] = heads
  if (!head) throw new UsageError('no files to merge; name the JSON output of every runner')
  const words = JSON.stringify(head.run)
  const other = heads.findIndex(({ run }) => JSON.stringify(run) !== words)
  if (other < 0) return head.run
  throw new UsageError(`${files[other]}: is of another run than ${files[0]}; merge the runners of one run`)
}

async function readEvents(file: string, onEvent: (event: K6Event) => void, segments = 1): Promise<void> {
  const read = k6EventReader(onEvent, segments)
  const raw = createReadStream(file)
  const input = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw
  // pipe() hands no error on.
  raw.on('error', (error) => input.destroy(error))
  try {
    for await (const chunk of input) read(chunk as Buffer)
  } catch (error) {
    throw new UsageError(
      `${file}: cannot be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`,
    )
  }
}
