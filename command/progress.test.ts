import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createProgress } from './progress.ts'

test('off a terminal a step is one line, however often what is known of it changes', () => {
  let written = ''
  const stream = new Writable({
    write(chunk, _, done) {
      written += String(chunk)
      done()
    },
  }) as NodeJS.WriteStream
  const progress = createProgress(stream)
  progress.step('building')
  for (let done = 0; done < 50; done++) progress.step('fuzz', done, 50, `${done * 100} cases`)
  expect(written).toBe('building\nfuzz 0/50: 0 cases\n')
})
