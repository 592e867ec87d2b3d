/**
 * Concurrency in closed form. Lambda starts an execution environment for each request that finds none free and refuses
 * what the quota does not allow; nobody waits. Below the quota that is M/G/infinity: with Poisson arrivals the number of
 * requests in service is Poisson with mean rate x mean service time, whatever the distribution of the service times
 * (Takács, Introduction to the Theory of Queues, 1962, 3.2). At the quota it is M/G/c/c: the share refused is Erlang B,
 * with the same insensitivity (Erlang 1917; Sevastyanov 1957).
 */

/**
 * The share of requests that `servers` servers refuse when `offered` erlangs (rate x mean service time) are offered:
 * B(0) = 1, B(n) = a B(n-1) / (n + a B(n-1)), which only ever adds positive numbers (Jagerman 1974), n steps.
 */
export function erlangB(servers: number, offered: number): number {
  if (!Number.isInteger(servers) || servers < 0) throw new RangeError(`servers: ${servers}`)
  if (!(offered >= 0)) throw new RangeError(`offered load: ${offered}`)
  let refused = 1
  for (let n = 1; n <= servers; n++) refused = (offered * refused) / (n + offered * refused)
  return refused
}

/** The fewest servers that refuse no more than this share. */
export function serversFor(offered: number, refusedAtMost: number): number {
  let refused = 1
  let servers = 0
  while (refused > refusedAtMost) {
    servers++
    refused = (offered * refused) / (servers + offered * refused)
  }
  return servers
}
