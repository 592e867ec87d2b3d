/**
 * Writes what gate and fuzz found as one comment of the pull request, which later runs update. Part of `action.yml`; reads
 * what every step of GitHub Actions is given: GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_EVENT_PATH, GITHUB_TOKEN.
 * Usage: node tools/action/comment.ts OUT
 * A token that may not write, as of a pull request from a fork, is a warning and no failure.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [out = 'results'] = process.argv.slice(2)
const {
  GITHUB_API_URL: api = '',
  GITHUB_REPOSITORY: repository = '',
  GITHUB_EVENT_PATH = '',
  GITHUB_TOKEN = '',
} = process.env

/** By this the comment is found again; it is not shown. */
const mark = '<!-- edgeproof -->'
/** GitHub refuses a comment that is longer. */
const mostCharacters = 65_536

const mostFindings = 20

/** As far as SARIF is read here. */
interface SarifRun {
  tool: { driver: { name: string } }
  results: { message: { text: string } }[]
}

const { pull_request: pull } = JSON.parse(readFileSync(GITHUB_EVENT_PATH, 'utf8')) as {
  pull_request: { number: number }
}

try {
  const comments = `/repos/${repository}/issues/${pull.number}/comments`
  const own = await ownComment(comments)
  const body = { body: text() }
  if (own === undefined) await ask('POST', comments, body)
  else await ask('PATCH', `/repos/${repository}/issues/comments/${own}`, body)
} catch (error) {
  console.log(`::warning::no comment was written: ${error instanceof Error ? error.message : error}`)
}

async function ownComment(comments: string): Promise<number | undefined> {
  for (let page = 1; page <= 100; page++) {
    const found = (await ask('GET', `${comments}?per_page=100&page=${page}`)) as { id: number; body?: string }[]
    const own = found.find(({ body }) => body?.startsWith(mark))
    if (own) return own.id
    if (found.length < 100) return undefined
  }
  return undefined
}

async function ask(method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${api}${path}`, {
    method,
    headers: { authorization: `Bearer ${GITHUB_TOKEN}`, accept: 'application/vnd.github+json' },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  })
  if (!response.ok)
    throw new Error(`${method} ${path}: ${response.status}; the workflow needs "permissions: pull-requests: write"`)
  return response.json()
}

/** The gate's own words, then what the attacks found, then everything, folded. */
function text(): string {
  const summary = read('summary.md')
  const all = summary && `<details><summary>All figures</summary>\n\n${summary}\n</details>`
  const parts = [mark, read('gate.md'), fuzzText(read('fuzz.json')), all].filter((part) => part)
  const body = parts.join('\n\n')
  // What is folded goes first.
  return body.length <= mostCharacters ? body : parts.slice(0, -1).join('\n\n').slice(0, mostCharacters)
}

/** The verdict, and each finding in the words that code scanning shows. */
function fuzzText(json: string | undefined): string | undefined {
  if (json === undefined) return undefined
  const { verdict } = JSON.parse(json) as { verdict: string }
  const symbol = { pass: '✅', fail: '❌' }[verdict] ?? '⚠️'
  const { runs } = JSON.parse(read('edgeproof.sarif') ?? '{"runs":[]}') as { runs: SarifRun[] }
  const findings = runs.filter(({ tool }) => tool.driver.name === 'edgeproof fuzz').flatMap(({ results }) => results)
  const lines = findings.map(({ message }) => `- ${message.text.split('\n', 1)[0]}`)
  const more = lines.length > mostFindings ? [`- and ${lines.length - mostFindings} more`] : []
  return [`## Fuzz: ${symbol} ${verdict}`, [...lines.slice(0, mostFindings), ...more].join('\n')].join('\n\n').trim()
}

function read(name: string): string | undefined {
  const file = join(out, name)
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
}
