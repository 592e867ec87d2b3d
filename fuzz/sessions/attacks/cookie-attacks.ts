/** 14 to 19, 21, 29, 38 to 40: cookies, what is in them and what is around them. */
import { attackersCallback, open, page, pastToken, reload, signedIn, signIn, signOut, wait } from './moves.ts'
import type { SessionAttack } from './session-attack.ts'

const sibling = 'whoever runs, or has taken over, another host of the same domain'
const withJar = 'whoever has cookies of his own, or stole some'

export const cookieAttacks: readonly SessionAttack[] = [
  {
    number: 14,
    name: 'cookies-tossed-without-prefix',
    story: "A sibling domain sets the attacker's cookies without their prefix.",
    who: sibling,
    gives: "the victim works in the attacker's account",
    build: (_, random) => ({
      actions: [
        ...signedIn('evil', 'attacker', 'attacker'),
        {
          do: 'toss',
          browser: 'victim',
          of: 'attacker',
          as: 'bare',
          ...(random.integer(0, 1) ? { path: '/users' } : {}),
        },
        open('one', page('attacker')),
        open('one', page()),
        signIn('one'),
      ],
    }),
  },
  {
    number: 15,
    name: 'cookies-tossed-under-odd-names',
    story: "A sibling domain sets the attacker's cookies under names that a lenient reader takes for the handler's.",
    who: sibling,
    gives: "the victim works in the attacker's account",
    build: (_, random) => ({
      actions: [
        ...signedIn('evil', 'attacker', 'attacker'),
        ...random
          .shuffled(['en-quad', 'no-break', 'quoted', 'encoded'] as const)
          .flatMap((as) => [
            { do: 'toss' as const, browser: 'victim' as const, of: 'attacker' as const, as },
            open('one', page('attacker')),
          ]),
        open('one', page()),
        signIn('one'),
      ],
    }),
  },
  {
    number: 16,
    name: 'cookies-twice',
    story: 'In a browser that knows no prefixes a sibling domain sets each cookie a second time.',
    who: sibling,
    gives: 'redirects without end, through the provider',
    build: (_, random) => ({
      browsers: { victim: { prefixes: false } },
      actions: [
        ...signedIn(),
        ...(random.integer(0, 1) ? [pastToken()] : []),
        { do: 'toss', browser: 'victim', of: 'junk', as: 'same' },
        reload(),
        open('two', page()),
        signIn('two'),
        open('two', { public: true }),
      ],
    }),
  },
  {
    number: 17,
    name: 'sealed-cookie-elsewhere',
    story: 'A sealed cookie is used on another host of the policy, or for another client.',
    who: withJar,
    gives: 'a refresh token where it was not given',
    build: ({ hosts }, random) => {
      const actions = signedIn()
      if (hosts.length > 1 && random.integer(0, 1) === 0) {
        return {
          actions: [
            ...actions,
            pastToken(),
            { do: 'copy', browser: 'victim', to: 'thief', host: 1 },
            open('stolen', { ...page(), host: 1 }, { browser: 'thief' }),
          ],
        }
      }
      return { actions: [...actions, { do: 'redeploy', change: 'other-client' }, pastToken(), reload()] }
    },
  },
  {
    number: 18,
    name: 'sealed-cookie-changed',
    story: 'A sealed cookie is changed: its tag cut to four octets, a bit turned.',
    who: withJar,
    gives: 'a seal that can be forged by trying',
    build: (_, random) => ({
      actions: [
        ...signedIn(),
        ...random.shuffled(['cut-tag', 'keep-4', 'flip'] as const).flatMap((how) => [
          wait(1),
          { do: 'edit' as const, browser: 'victim' as const, how },
          pastToken(),
          // The provider knows him still, and the next cookies are whole.
          reload(),
        ]),
      ],
    }),
  },
  {
    number: 19,
    name: 'key-retired',
    story: 'A cookie comes that was sealed with a key which the policy no longer has.',
    who: withJar,
    gives: 'a leaked key that opens for ever',
    build: (_, random) => ({
      actions: [
        ...signedIn(),
        wait(2),
        { do: 'redeploy', change: 'retire-keys' },
        wait(random.integer(1, 60)),
        pastToken(),
        reload(),
        open('two', page()),
      ],
    }),
  },
  {
    number: 21,
    name: 'stale-pieces',
    story: 'A session in two pieces is followed by one in one piece, while the second piece is still there.',
    who: 'nobody: tokens change their size',
    gives: 'a session that does not verify, and sign-ins without end',
    build: (_, random) => ({
      provider: { padding: random.integer(2300, 2500) },
      actions: [
        ...signedIn(),
        // The first piece is new, the second one lives on for some seconds.
        wait(random.integer(3548, 3556)),
        reload(),
        open('two', page('victim', 'x=2')),
        pastToken(),
        reload(),
        pastToken(90_000),
        ...signedIn('three'),
      ],
    }),
  },
  {
    number: 29,
    name: 'many-tabs-and-prefetches',
    story: 'Twenty tabs are restored at a time, and pages are fetched ahead.',
    who: 'nobody: browsers do',
    gives: 'a cookie header that is refused, for an hour',
    build: (_, random) => {
      const query = 'q'.repeat(random.integer(300, 400))
      const count = random.integer(22, 30)
      return {
        actions: [
          ...Array.from({ length: count }, (_unused, index) =>
            open(`tab ${index}`, page('victim', `${query}=${index}`)),
          ),
          ...Array.from({ length: 4 }, () => ({
            do: 'embed' as const,
            browser: 'victim' as const,
            kind: 'prefetch' as const,
            where: page('victim', query),
            from: 'site' as const,
          })),
          signIn(`tab ${count - 1}`),
        ],
      }
    },
  },
  {
    number: 38,
    name: 'answers-in-caches',
    story: 'Each answer of a sign-in, a refresh and a sign-out is looked at for what caches and frames may do with it.',
    who: 'whoever has the same cache, or a page with a frame',
    gives: "another visitor's redirect",
    build: () => ({
      actions: [...signedIn(), pastToken(), reload(), open('two', { own: 'callback', query: 'state=x' }), signOut()],
    }),
  },
  {
    number: 39,
    name: 'cookies-behind-the-edge',
    story: 'Requests pass with a session, on public routes and with a header credential.',
    who: 'whoever reads the logs of the bucket, or shares the cache',
    gives: 'sessions in logs, and a cache entry for each visitor',
    build: (_, random) => ({
      actions: [
        open('two', page('victim', 'open')),
        ...signedIn(),
        ...random.shuffled([
          open('one', { public: true }),
          open('one', { page: 'victim', second: true }),
          {
            do: 'embed' as const,
            browser: 'victim' as const,
            kind: 'fetch' as const,
            where: page(),
            from: 'site' as const,
          },
        ]),
        { do: 'request', where: page(), bearer: 'victim', headers: {} },
      ],
    }),
  },
  {
    number: 40,
    name: 'secrets-where-they-do-not-belong',
    story:
      'Sign-ins that go well and that fail are looked at for codes, tokens and verifiers in answers and in the log.',
    who: 'whoever reads logs, referrers or pages',
    gives: 'sessions',
    build: (_, random) => ({
      actions: [
        ...signedIn(),
        ...attackersCallback(),
        open('two', { held: 'callback' }, { from: 'foreign' }),
        { do: 'provider', answers: random.pick(['no-nonce', 'failing', 'other-audience']), to: 'code' },
        { do: 'forget', browser: 'victim' },
        wait(130),
        signOut(),
        ...signedIn('three'),
        { do: 'provider', answers: 'good' },
        ...signedIn('four'),
        pastToken(),
        reload('four'),
      ],
    }),
  },
]
