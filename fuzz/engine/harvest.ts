/** What a handler gives to somebody who has not signed in: its cookies, and the states that it sends to the provider. */

import type { ServedUrls } from '../../oracle/served-urls.ts'
import { request } from '../attacks/request-step.ts'
import { valuesOf } from '../invariants/header-values.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import type { World } from '../world/world.ts'
import { replayFresh } from './replay.ts'

/** The world with what came of a visit to a page and to each of the sign-in paths; as it was where the handler has no description. */
export async function harvested(tested: HandlerUnderTest, world: World, serve: ServedUrls): Promise<World> {
  const { handler, visitors, start } = world
  if (handler === undefined) return world
  const uris = ['/', visitors[0].granted[0], ...Object.values(handler.signIn?.paths ?? {})]
  const headers = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  const steps = uris.map((uri) => request(world, { uri, headers }))
  const judged = await replayFresh(tested, {
    name: 'harvest',
    class: 'benign',
    policy: tested.policy,
    start,
    serve,
    steps,
  })
  const cookies = new Map<string, string>()
  const states = new Set<string>()
  for (const { answer } of judged) {
    if (answer.result.kind !== 'response') continue
    const { headers: sent = {} } = answer.result.response
    for (const line of valuesOf(sent, 'set-cookie')) {
      const [, name, value] = /^\s*([^=;\s]+)=([^;]*)/.exec(line) ?? []
      if (name !== undefined && value) cookies.set(name, value)
    }
    for (const location of valuesOf(sent, 'location')) {
      const state = URL.canParse(location) ? new URL(location).searchParams.get('state') : null
      if (state) states.add(state)
    }
  }
  return { ...world, harvest: { cookies: [...cookies].map(([name, value]) => ({ name, value })), states: [...states] } }
}
