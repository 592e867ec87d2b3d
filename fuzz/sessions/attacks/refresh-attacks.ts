/** 22 to 26, 33 and 34: sessions that go on, and that should not. */
import { open, page, pastToken, provider, reload, signedIn, signIn, signOut, wait } from './moves.ts'
import type { SessionAttack } from './session-attack.ts'

const nobody = 'nobody: tabs, networks and providers are so'
/** Requests and answers of two tabs. In most of these orders the refresh that is refused is answered last. */
const orders = ['aaabbb', 'aaabbba', 'aaabbbab', 'aaabbb', 'bbbaaa', 'abababb']

export const refreshAttacks: readonly SessionAttack[] = [
  {
    number: 22,
    name: 'two-tabs-refresh-at-a-time',
    story: 'Two tabs refresh with one refresh token; the second is refused and answers last.',
    who: nobody,
    gives: 'visitors are signed out at random',
    build: (_, random) => ({
      provider: { graceSeconds: 0 },
      instances: 2,
      actions: [
        ...signedIn(),
        open('two', { page: 'victim', second: true }),
        pastToken(),
        {
          do: 'race',
          a: open('one', page()),
          b: open('two', { page: 'victim', second: true }),
          order: random.pick(orders),
        },
        wait(40),
        reload(),
        wait(140),
        pastToken(),
        reload('two'),
      ],
    }),
  },
  {
    number: 23,
    name: 'refresh-token-refused',
    story: 'The refresh token is refused: it was rotated away, revoked, or has ended.',
    who: nobody,
    gives: 'redirects without end',
    build: (_, random) => ({
      provider: { graceSeconds: 0, endsFamilies: random.integer(0, 1) === 1 },
      actions: [
        ...signedIn(),
        pastToken(),
        { do: 'copy', browser: 'victim', to: 'thief' },
        open('stolen', page(), { browser: 'thief' }),
        reload(),
        signIn('one'),
        wait(125),
        pastToken(),
        reload(),
      ],
    }),
  },
  {
    number: 24,
    name: 'refresh-tokens-rotate',
    story: 'A session is refreshed again and again with a provider that rotates.',
    who: nobody,
    gives: 'a password for each token',
    build: (_, random) => ({
      provider: { graceSeconds: random.pick([0, 30]) },
      instances: random.integer(1, 2),
      actions: [
        ...signedIn(),
        pastToken(),
        reload(),
        pastToken(),
        open('two', page('victim', 'b=2')),
        wait(3595),
        reload(),
      ],
    }),
  },
  {
    number: 25,
    name: 'provider-is-down-at-a-refresh',
    story: 'The token endpoint is down when a refresh is due, before and after the token has run out.',
    who: nobody,
    gives: "an outage of the provider's is one of the site, and ends every session",
    build: (_, random) => ({
      actions: [
        ...signedIn(),
        provider(random.pick(['down', 'silent', 'failing', 'busy', 'drips', 'html'])),
        wait(3600 - random.integer(20, 55)),
        reload(),
        { do: 'embed', browser: 'victim', kind: 'fetch', where: page(), from: 'site' },
        wait(120),
        reload(),
        provider('good'),
        wait(140),
        reload(),
      ],
    }),
  },
  {
    number: 26,
    name: 'short-tokens',
    story: "The provider's tokens live for a minute, and a visitor goes from page to page.",
    who: nobody,
    gives: 'a token request for each page',
    build: (_, random) => ({
      provider: { tokenSeconds: random.integer(50, 70) },
      actions: [...signedIn(), ...Array.from({ length: 4 }, () => [wait(random.integer(2, 6)), reload()]).flat()],
    }),
  },
  {
    number: 33,
    name: 'signed-out-during-a-refresh',
    story: "A visitor signs out while another tab's refresh is under way, and its answer comes last.",
    who: 'the next one at the same computer',
    gives: 'the session that was signed out',
    build: ({ paths }, random) =>
      paths.signOut === undefined
        ? null
        : {
            instances: 2,
            actions: [
              ...signedIn(),
              pastToken(),
              {
                do: 'race',
                a: open('one', page()),
                b: signOut('two'),
                order: random.pick(['aaabba', 'aaabbbba', 'aaabb', 'aaabbbb']),
              },
              open('three', page()),
              wait(random.integer(1, 300)),
              open('three', page()),
            ],
          },
  },
  {
    number: 34,
    name: 'jar-that-forgets-nothing',
    story: 'A jar keeps cookies past their Max-Age, while limits on the session run out.',
    who: 'whoever took a jar',
    gives: 'a session for ever',
    build: ({ idleSeconds, absoluteSeconds }, random) => {
      const limit = absoluteSeconds ?? idleSeconds
      if (limit === undefined) return null
      const isIdle = idleSeconds !== undefined && random.integer(0, 1) === 0
      const steps = isIdle
        ? [wait(idleSeconds + 60)]
        : Array.from({ length: Math.ceil(limit / 3605) + 1 }, () => [pastToken(), reload()]).flat()
      return { browsers: { victim: { ignoresAge: true } }, actions: [...signedIn(), ...steps, reload()] }
    },
  },
]
