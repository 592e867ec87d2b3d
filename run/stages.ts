import type { Stage } from '../command/stage.ts'

/** One stage of `edgeproof run`: its command's name, and how it is run within a launch of under two minutes. */
export interface RunStage {
  name: string
  title: string
  stage: () => Promise<Stage>
}

/** In this order: what is cheap and what the later stages stand on comes first. */
export const runStages: readonly RunStage[] = [
  {
    name: 'build',
    title: 'bundling the authorizer with its policy',
    stage: async () => (await import('../build/build-stage.ts')).buildStage,
  },
  {
    name: 'size',
    title: "weighing the bundle's packages",
    stage: async () => (await import('../bench/size-stage.ts')).stage,
  },
  {
    name: 'fuzz',
    title: 'attacking it',
    stage: async () => {
      const { fuzzStage } = await import('../fuzz/fuzz-stage.ts')
      return (context) => fuzzStage(context, { seconds: 15 })
    },
  },
  {
    name: 'bench',
    title: 'timing it beside its peers',
    stage: async () => {
      const { stage } = await import('../bench/bench-stage.ts')
      return (context) => stage(context, { quick: true, tables: false })
    },
  },
  {
    name: 'signin',
    title: 'signing in through the local edge',
    stage: async () => (await import('./sign-in/sign-in-stage.ts')).signInStage,
  },
  {
    name: 'load',
    title: 'putting it under load with k6',
    stage: async () => {
      const { loadStage } = await import('../load/load-stage.ts')
      return (context) => loadStage(context, { scenario: 'smoke', seconds: 15 })
    },
  },
  {
    name: 'plan',
    title: 'planning the fleet from what was measured',
    stage: async () => (await import('../plan/plan-stage.ts')).planStage,
  },
]
