import { type Command, InvalidArgumentError } from 'commander'
import { runStage, type SharedOptions, stageCommand } from '../command/run-stage.ts'
import { positiveNumber } from '../load/number-option.ts'
import type { PlanOptions } from './plan-stage.ts'

export function registerFleet(program: Command): void {
  program.addCommand(
    stageCommand('plan', 'the fleet beyond one machine: quotas, cold starts, hit ratio and cost by rate')
      .option('--rates <list>', 'requests per second, comma-separated (default: 100,10000,1000000)', positiveNumbers)
      .option('--service-ms <n>', 'mean time in a sandbox (default: from load.json, else bench.json)', positiveNumber)
      .option('--init-ms <n>', 'INIT of a sandbox (default: from bench.json, else load.json)', positiveNumber)
      .option('--memory <mb>', "of the function, 128 to 10240 (default: the configuration's, else 128)", megabytes)
      .option('--quotas <file>', "your quotas, prices and assumptions as JSON, like the configuration's fleet section")
      .option('--validate', 'also hold the model against the local edge under k6, in over two minutes')
      .action((options: SharedOptions & PlanOptions) =>
        runStage(options, async () => (await import('./plan-stage.ts')).planStage),
      ),
  )
}

/** For commander: a size that Lambda has. */
function megabytes(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 128 && value <= 10_240) return value
  throw new InvalidArgumentError('should be a whole number of megabytes, 128 to 10240.')
}

/** For commander: numbers above 0, or a line that says so. */
function positiveNumbers(text: string): number[] {
  const values = text.split(',').map(Number)
  if (values.every((value) => Number.isFinite(value) && value > 0)) return values
  throw new InvalidArgumentError('should be numbers above 0, separated by commas.')
}
