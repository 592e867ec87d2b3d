/**
 * Prepares a release, or checks one that is tagged.
 * Usage: node tools/release.ts VERSION          writes the version and the date; you commit, tag and push
 *        node tools/release.ts --check vVERSION prints the changelog's entry, where tag, package.json and CHANGELOG.md agree
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { version as libraryVersion } from '../authorizer/version.ts'
import { changelogEntry, datedChangelog } from './changelog.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const [first = '', tag = ''] = process.argv.slice(2)
const changelog = readFileSync(`${root}CHANGELOG.md`, 'utf8')

try {
  if (first === '--check') check(tag)
  else prepare(first)
} catch (error) {
  console.error(`release: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 2
}

function prepare(version: string): void {
  if (!/^\d+\.\d+\.\d+$/.test(version))
    throw new Error(`"${version}" is no version; write three numbers, such as 0.2.0`)
  const changes = execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' })
  if (changes !== '') throw new Error('the working tree has changes; commit or stash them first')
  const dated = datedChangelog(changelog, version, new Date())
  execFileSync('npm', ['version', version, '--no-git-tag-version', '--allow-same-version'], {
    cwd: root,
    stdio: 'ignore',
  })
  const library = `${root}authorizer/version.ts`
  writeFileSync(library, readFileSync(library, 'utf8').replace(/'\d+\.\d+\.\d+'/, `'${version}'`))
  writeFileSync(`${root}CHANGELOG.md`, dated)
  console.log(`Next:\n  git commit -am "Release ${version}"\n  git tag v${version}\n  git push origin HEAD v${version}`)
}

function check(name: string): void {
  const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }
  if (name !== `v${version}`) throw new Error(`the tag is "${name}" and package.json says ${version}`)
  if (libraryVersion !== version)
    throw new Error(`authorizer/version.ts says ${libraryVersion} and package.json ${version}`)
  console.log(changelogEntry(changelog, version))
}
