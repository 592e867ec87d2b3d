/**
 * What the local edge serves while the model is held against it: each request occupies its sandbox for 5 to 50 ms, evenly
 * distributed, and uses next to no processor, as a function does whose sandbox is a machine of its own.
 */
export const sleepingHandler = `
const { setTimeout: sleep } = require('node:timers/promises')
exports.handler = async (event) => {
  await sleep(5 + 45 * Math.random())
  const { request } = event.Records[0].cf
  delete request.headers.authorization
  return request
}
`
