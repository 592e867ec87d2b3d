import type { StageContext } from '../../command/stage.ts'
import type { Calibration } from '../calibration-file.ts'
import type { Workbench } from '../measure/workbench.ts'
import type { Settings } from '../settings.ts'
import type { Side } from '../sides/side.ts'
import type { BuildWith } from './edits.ts'

/** What both parts of a calibration work on. */
export interface Calibrating {
  side: Side
  /** The side's sources. */
  directory: string
  build: BuildWith
  bench: Workbench
  settings: Settings
  calibration: Calibration
  /** Keeps what was found so far. */
  save(): void
  /** Whether the time, or this share of it, is up. */
  over(share?: number): boolean
  context: StageContext
}
