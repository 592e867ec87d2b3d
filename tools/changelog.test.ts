import { expect, test } from 'vitest'
import { changelogEntry, datedChangelog } from './changelog.ts'

const changelog = '# Changelog\n\n## 0.2.0 (unreleased)\n\n- New.\n\n## 0.1.0 (2026-01-02)\n\n- First.\n'
const day = new Date('2026-03-04T23:59:00Z')

test('a release dates its own entry and leaves the others', () => {
  expect(datedChangelog(changelog, '0.2.0', day)).toBe(changelog.replace('unreleased', '2026-03-04'))
})

test('a version without an open entry is refused with the heading that is missing', () => {
  expect(() => datedChangelog(changelog, '0.3.0', day)).toThrow('CHANGELOG.md has no entry "## 0.3.0 (unreleased)"')
  expect(() => datedChangelog(changelog, '0.1.0', day)).toThrow('## 0.1.0 (unreleased)')
})

test('the notes of a release are its entry alone, once it is dated', () => {
  expect(changelogEntry(changelog, '0.1.0')).toBe('- First.')
  expect(changelogEntry(datedChangelog(changelog, '0.2.0', day), '0.2.0')).toBe('- New.')
  expect(() => changelogEntry(changelog, '0.2.0')).toThrow('no dated entry of 0.2.0')
})
