/** The page at `/_edge/`: one document, no build step, nothing from elsewhere; data goes in as text, never as markup. */

const style = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --good: #1a7f37; --bad: #cf222e; --dull: #7778 }
* { box-sizing: border-box }
body { font: 14px/1.45 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 90rem }
h1 { font-size: 1.2rem; margin: 0 0 .5rem } h2 { font-size: 1rem; margin: 1.5rem 0 .4rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere }
th { font-weight: 600 } td.number { text-align: right; white-space: nowrap } .scroll { overflow: auto; max-height: 22rem }
input, select, button, textarea { font: inherit; padding: .25rem .5rem } form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end }
label { display: grid; gap: .1rem; font-size: 12px } pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--soft); padding: .5rem; margin: .5rem 0; max-height: 12rem; overflow: auto }
.Hit, .RefreshHit { color: var(--good) } .Error, .refused, [class^=Lambda][class$=Error], [class^=Function][class$=Error] { color: var(--bad) }
`

const script = `
const $ = (id) => document.getElementById(id)
const get = async (path) => (await fetch(path)).json()
const post = async (path, body) => {
  const answer = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(text.trim())
  return JSON.parse(text)
}
const row = (cells, classes) => {
  const tr = document.createElement('tr')
  cells.forEach((cell, index) => {
    const td = document.createElement('td')
    td.textContent = cell ?? ''
    if (typeof cell === 'number') td.className = 'number'
    if (classes?.[index]) td.className = classes[index]
    tr.append(td)
  })
  return tr
}
const say = (text) => { $('said').textContent = text }
const act = (work) => async (event) => {
  event.preventDefault()
  try { say(await work(event) ?? 'done') } catch (error) { say(error.message) }
  await refresh()
}

let last = 0
let started = 0
async function refresh() {
  const state = await get('state')
  // A distribution that has started again counts its requests from the beginning.
  if (state.started !== started) last = 0
  started = state.started
  $('title').textContent = state.distribution.id + ' at ' + state.url
  $('behaviors').replaceChildren(...state.behaviors.map((each) => row(
    [each.pathPattern, each.origin, each.functions.join(', '), each.ttl.join(' / '), each.viewerProtocolPolicy, each.refusal ?? (each.signed ? 'signed access' : '')],
    ['', '', '', '', '', each.refusal ? 'refused' : ''])))
  $('notes').replaceChildren(...state.notEmulated.map((line) => { const li = document.createElement('li'); li.textContent = line; return li }))
  const { results, cache, origin, sandboxes } = state.metrics
  $('counts').textContent = Object.entries(results).map(([name, count]) => name + ' ' + count).concat(
    'entries ' + cache.entries, 'origin requests ' + origin.requests, 'sandboxes ' + sandboxes.running).join(' · ')
  if (!$('path').value) $('path').value = state.paths[0] ?? '/'
  $('paths').replaceChildren(...state.paths.map((path) => { const option = document.createElement('option'); option.value = path; return option }))
  const requests = await get('requests?after=' + last)
  for (const each of requests) {
    last = each.number
    $('requests').prepend(row(
      [new Date(each.at).toLocaleTimeString(), each.method, each.uri + (each.querystring ? '?' + each.querystring : ''), each.status, each.result, each.milliseconds, each.why],
      ['', '', '', 'number', each.result]))
  }
  while ($('requests').rows.length > 200) $('requests').lastElementChild.remove()
  const entries = await get('cache')
  $('cache').replaceChildren(...entries.slice(-200).reverse().map((each) => row(
    [each.behavior, each.key.replaceAll('\\n', ' '), each.status, each.bytes, each.age, each.freshFor, each.pop])))
}

$('invalidate').addEventListener('submit', act(async () => {
  const { entries } = await post('invalidate', { paths: $('pattern').value.split(/\\s+/).filter(Boolean) })
  return entries + ' entries forgotten'
}))
$('mint').addEventListener('submit', act(async () => {
  const claims = { ...JSON.parse($('claims').value || '{}'), sub: $('sub').value, 'cognito:groups': $('groups').value.split(/[\\s,]+/).filter(Boolean) }
  const { token } = await post('token', { claims })
  const path = $('path').value
  $('token').textContent = 'curl -i -H "Authorization: Bearer ' + token + '" "' + location.origin + path + '"'
  const answer = await fetch(path, { headers: { authorization: 'Bearer ' + token }, redirect: 'manual', cache: 'no-store' })
  return 'GET ' + path + ': ' + (answer.status || 'redirect') + ', ' + (answer.headers.get('x-cache') ?? '') + (answer.headers.get('x-edge-why') ? ' (' + answer.headers.get('x-edge-why') + ')' : '')
}))
$('fault').addEventListener('submit', act(async () => {
  const kind = $('kind').value
  const faults = { down: { disconnect: 'before' }, cut: { disconnect: 'during' }, 503: { status: 503 }, slow: { latencyMs: 2000 } }
  await (kind === 'none' ? post('restore') : post('fault', faults[kind]))
  await post('issuer', { outage: $('outage').value || null })
  return 'origin: ' + kind + ', issuer: ' + ($('outage').value || 'up')
}))
$('rotate').addEventListener('click', act(() => post('rotate').then(() => 'the issuer signs with a new key')))
$('kill').addEventListener('click', act(() => post('kill').then(({ killed }) => killed ? 'a sandbox is gone' : 'no sandbox is running')))
refresh().catch((error) => say(error.message))
setInterval(() => { if (!document.hidden) refresh().catch((error) => say(error.message)) }, 1000)
`

export const controlPage = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>edgeproof edge</title><style>${style}</style></head>
<body>
<h1 id="title">edgeproof edge</h1>
<p id="counts"></p>
<p role="status" id="said"></p>
<ul id="notes"></ul>
<h2>Behaviors</h2>
<div class="scroll"><table><thead><tr><th>Path pattern<th>Origin<th>Functions<th>TTL min / default / max<th>Protocol<th>Note</tr></thead><tbody id="behaviors"></tbody></table></div>
<h2>Requests</h2>
<div class="scroll"><table><thead><tr><th>Time<th>Method<th>Path<th>Status<th>Result<th>ms<th>Why</tr></thead><tbody id="requests"></tbody></table></div>
<h2>Cache</h2>
<form id="invalidate"><label>Paths to invalidate<input id="pattern" value="/*" size="30"></label><button>Invalidate</button></form>
<div class="scroll"><table><thead><tr><th>Behavior<th>Key<th>Status<th>Bytes<th>Age<th>Fresh for<th>At</tr></thead><tbody id="cache"></tbody></table></div>
<h2>A token</h2>
<form id="mint">
<label>sub<input id="sub" value="alice"></label>
<label>groups<input id="groups" value="analysts"></label>
<label>more claims (JSON)<input id="claims" placeholder='{"scope":"read"}' size="30"></label>
<label>path<input id="path" list="paths" size="30"></label><datalist id="paths"></datalist>
<button>Mint and try</button>
</form>
<pre id="token"></pre>
<h2>Faults</h2>
<form id="fault">
<label>Buckets<select id="kind"><option value="none">up</option><option value="down">down</option><option value="cut">answers break off</option><option>503</option><option value="slow">2 s late</option></select></label>
<label>Issuer<select id="outage"><option value="">up</option><option>error</option><option>hang</option><option>reset</option><option>garbage</option><option>empty</option></select></label>
<button>Set</button>
<button type="button" id="rotate">Rotate keys</button>
<button type="button" id="kill">Kill a sandbox</button>
</form>
<script>${script}</script>
</body>
</html>
`
