/** What the suite and the child process that holds a handler say to each other, one JSON message at a time. */
import type { HandlerConfig, HandlerRuntime } from '../../config/handler-schema.ts'
import type { Fetch, Served, ServedUrls } from '../../oracle/served-urls.ts'
import type { Step } from '../case.ts'

export type Runtime = HandlerRuntime

/** How a handler is called, besides its runtime. */
export type Calling = Pick<HandlerConfig, 'event' | 'store'>

export type Request =
  /** A new instance of the handler: module state, clock and network as after a cold start. */
  | ({ kind: 'load'; file: string; runtime: Runtime; start: number; serve: ServedUrls; asks?: boolean } & Calling)
  /** `timed`: measure the CPU time of each request, which costs a system call. */
  | { kind: 'run'; steps: Step[]; timed?: boolean }
  | { kind: 'memory' }
  /** Answers the `asked` that has this number. */
  | { kind: 'answer'; number: number; answer: Served }

export type Reply =
  | { kind: 'loaded'; effects: Effects }
  | { kind: 'refused'; reason: string }
  | { kind: 'ran'; outcomes: StepOutcome[] }
  | { kind: 'memory'; heapBytes: number; externalBytes: number; rssBytes: number }
  /** No reply: the handler waits for a URL that is not served, of an instance that was loaded with `asks`. */
  | { kind: 'asked'; number: number; call: Call }

/** A request of the handler's, for a server that the suite plays. */
export interface Call {
  method: string
  url: string
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>
  body: string
}

/** What a step did besides answering. */
export interface Effects {
  fetches: Fetch[]
  /** URLs that were still being fetched when the step ended; after a freeze that cuts, those that it cut off. */
  underWay: string[]
  logs: string[]
  /** The suite's clock afterwards. */
  clock: number
  /** Built-in prototypes that were changed, as `Object.prototype.isAdmin`. */
  polluted: string[]
  /** Of a load: how many parameters the handler declares. */
  parameters?: number
}

export interface StepOutcome {
  effects: Effects
  /** Absent for a step that is no request. */
  result?: RawResult
  realMs: number
  /** Only where asked for. */
  cpuMs?: number
}

/** As Lambda's runtime client sees it. */
export type RawResult =
  /** `json` is undefined where the value has none (a function, undefined itself). */
  { kind: 'value'; json?: string } | { kind: 'threw'; error: string } | { kind: 'timeout' }
