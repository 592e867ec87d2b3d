/** 27, 28, 30 and 42: who cannot be signed in, and what must not be tried. */
import { open, page, pastToken, provider, reload, signedIn, signIn, signOut, wait } from './moves.ts'
import type { SessionAttack } from './session-attack.ts'

const nobody = 'nobody: browsers and accounts are so'

export const loopAttacks: readonly SessionAttack[] = [
  {
    number: 27,
    name: 'jars-that-do-not-keep',
    story: 'Cookies are blocked, or the jar sends what it has and keeps nothing new.',
    who: nobody,
    gives: 'redirects without end, through the provider',
    build: (_, random) => ({
      browsers: { second: { blocked: true } },
      actions: [
        ...signedIn('one', 'second'),
        reload('one', 'second'),
        signIn('one', { browser: 'second' }),
        ...signedIn(),
        ...(random.integer(0, 1) ? [] : [open('two', page())]),
        { do: 'full', browser: 'victim' },
        pastToken(),
        reload(),
        signIn('one'),
        wait(10_000),
        reload(),
        signIn('one'),
      ],
    }),
  },
  {
    number: 28,
    name: 'sign-in-that-helps-nothing',
    story:
      'Who signs in may not see the page, or the provider answers with an error or with tokens that are not valid yet.',
    who: nobody,
    gives: 'redirects without end, through the provider',
    build: (_, random) => ({
      actions: [
        open('one', page('attacker')),
        signIn('one'),
        reload(),
        ...signedIn('one', 'second'),
        open('one', page('attacker'), { browser: 'second' }),
        reload('one', 'second'),
        signOut('one', 'second'),
        wait(130),
        ...random.pick([
          [
            provider('future', 'code'),
            ...signedIn('two', 'second'),
            reload('two', 'second'),
            signIn('two', { browser: 'second' }),
          ],
          [
            ...signedIn('two', 'second'),
            provider('expired'),
            pastToken(),
            reload('two', 'second'),
            signIn('two', { browser: 'second' }),
          ],
          [
            open('two', page(), { browser: 'second' }),
            signIn('two', { browser: 'second', hold: 'callback' }),
            open(
              'two',
              {
                held: 'callback',
                change: { code: null, error: random.pick(['access_denied', 'login_required', 'server_error']) },
              },
              { browser: 'second' },
            ),
          ],
        ]),
      ],
    }),
  },
  {
    number: 30,
    name: 'requests-that-are-no-navigations',
    story: 'Scripts, images, frames and prefetches ask for protected things without a session.',
    who: nobody,
    gives: 'a sign-in for each picture of a page',
    build: (_, random) => ({
      actions: [
        open('one', { public: true }),
        ...random.shuffled(['fetch', 'image', 'frame', 'prefetch'] as const).map((kind) => ({
          do: 'embed' as const,
          browser: 'victim' as const,
          kind,
          where: page('victim', `from=${kind}`),
          from: random.pick(['site', 'foreign'] as const),
        })),
      ],
    }),
  },
  {
    number: 42,
    name: 'secret-store-is-down',
    story: 'The store of the secrets does not answer when the function loads.',
    who: nobody,
    gives: 'an outage of the whole site',
    build: ({ secretStore }, random) =>
      secretStore === undefined
        ? null
        : {
            storeIsDown: true,
            instances: random.integer(1, 2),
            actions: [
              open('one', { public: true }),
              { do: 'request', where: page(), bearer: 'victim' },
              open('one', page()),
              { do: 'store', isUp: true },
              wait(20),
              ...signedIn('two'),
              { do: 'store', isUp: false },
              reload('two'),
              open('two', { public: true }),
              { do: 'store', isUp: true },
              pastToken(),
              reload('two'),
            ],
          },
  },
]
