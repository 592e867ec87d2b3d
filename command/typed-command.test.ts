import { expect, test } from 'vitest'
import { typedCommand } from './typed-command.ts'

test.each([
  ['/home/a/edgeproof/cli.ts', 'npm run -s edgeproof -- check'],
  ['/home/a/site/node_modules/.bin/edgeproof', 'npx edgeproof check'],
  ['/home/a/site/node_modules/edgeproof/dist/cli.js', 'npx edgeproof check'],
  ['/usr/local/bin/edgeproof', 'edgeproof check'],
])('started as %s, a printed command is %s', (script, typed) => {
  expect(typedCommand('check', script)).toBe(typed)
})
