/** 1 to 13: what comes back from the provider, and where it leads. */
import {
  attackersCallback,
  back,
  open,
  page,
  reload,
  returnQuery,
  signedIn,
  signIn,
  statedReturn,
  wait,
} from './moves.ts'
import type { SessionAttack } from './session-attack.ts'

const withLink = 'anybody whose link a victim opens'

export const callbackAttacks: readonly SessionAttack[] = [
  {
    number: 1,
    name: 'foreign-callback-in-started-sign-in',
    story: "A victim who has begun to sign in opens the attacker's callback link.",
    who: withLink,
    gives: "the victim works in the attacker's account",
    build: (_, random) => ({
      actions: [
        ...attackersCallback(),
        open('one', page()),
        open(random.pick(['one', 'two']), { held: 'callback' }, { from: 'foreign' }),
        open('two', page('attacker')),
      ],
    }),
  },
  {
    number: 2,
    name: 'callback-of-another-browser',
    story: "A victim who has begun nothing opens the attacker's callback link.",
    who: withLink,
    gives: "the victim works in the attacker's account",
    build: (_, random) => ({
      instances: random.integer(1, 2),
      actions: [
        ...attackersCallback(),
        open('one', { held: 'callback' }, { from: random.pick(['foreign', 'address', 'sibling'] as const) }),
        open('one', page('attacker')),
      ],
    }),
  },
  {
    number: 3,
    name: 'two-tabs-with-codes-swapped',
    story: 'The code of one tab comes back with the state of another tab.',
    who: 'whoever can put a code into one of the answers',
    gives: 'codes that are bound to no sign-in can be injected',
    build: () => ({
      actions: [
        open('one', page('victim', 'tab=1')),
        open('two', page('victim', 'tab=2')),
        signIn('one', { hold: 'first' }),
        signIn('two', { hold: 'second' }),
        open('one', { held: 'first', from: 'second' }, { from: 'address' }),
      ],
    }),
  },
  {
    number: 4,
    name: 'stolen-code-injected',
    story: "The attacker puts a victim's code into the callback of a sign-in that he began himself.",
    who: 'whoever sees a code before it is used: a log, a referrer, a shared screen',
    gives: "the victim's session",
    build: () => ({
      actions: [
        open('one', page()),
        signIn('one', { hold: 'victims' }),
        ...attackersCallback('attackers'),
        open('evil', { held: 'attackers', from: 'victims' }, { browser: 'attacker' }),
        open('evil', page(), { browser: 'attacker' }),
      ],
    }),
  },
  {
    number: 8,
    name: 'callback-of-another-issuer',
    story: 'A callback has no iss, or that of another provider.',
    who: 'another provider of the same client (RFC 9207, mix-up)',
    gives: 'codes that are sent to the wrong token endpoint',
    build: ({ responseIss }, random) =>
      responseIss
        ? {
            actions: [
              open('one', page()),
              signIn('one', { hold: 'callback' }),
              open('one', { held: 'callback', change: { iss: random.pick([null, 'https://attacker.example']) } }),
            ],
          }
        : null,
  },
  {
    number: 9,
    name: 'parameters-twice',
    story: 'A parameter of the callback is there twice.',
    who: withLink,
    gives: 'a check that sees one of the two and a use that sees the other',
    build: (_, random) => ({
      actions: random.shuffled(['code', 'state', 'iss']).flatMap((name, index) => {
        const tab = `tab ${index}`
        const second = name === 'code' ? random.pick(['x', '=']) : '='
        return [
          open(tab, page('victim', `n=${index}`)),
          signIn(tab, { hold: name }),
          open(tab, { held: name, change: { [name]: [second] } }),
          wait(130),
          { do: 'forget' as const, browser: 'victim' as const },
        ]
      }),
    }),
  },
  {
    number: 10,
    name: 'callback-replayed',
    story: 'The callback is opened again, by the back button, from the history or by whoever has the URL.',
    who: 'whoever sees the URL',
    gives: 'a second exchange, upon which the provider revokes the tokens of the first (RFC 6749 4.1.2)',
    build: (_, random) => ({
      instances: random.integer(1, 2),
      actions: [
        open('one', page()),
        signIn('one', { hold: 'callback' }),
        open('one', { held: 'callback' }),
        open(random.pick(['one', 'two']), { held: 'callback' }),
        back(),
        reload(),
      ],
    }),
  },
  {
    number: 11,
    name: 'junk-callbacks-before-the-true-one',
    story: 'While a victim is at the login page, a foreign page opens callbacks with junk.',
    who: withLink,
    gives: 'nobody can sign in',
    build: ({ paths }, random) => {
      const junk = random.pick(['code=x&state=y', 'error=access_denied&state=0x', 'state=', 'code=x&state=3', ''])
      return {
        actions: [
          open('one', page('victim', 'a=1')),
          ...[0, 1, 2, 3].map((digit) =>
            open(
              'pop-up',
              { own: 'callback', query: junk.replace('=y', `=${digit * 2}${'A'.repeat(43)}`) },
              { from: 'foreign' },
            ),
          ),
          { do: 'embed', browser: 'victim', kind: 'image', where: { own: 'callback', query: junk }, from: 'foreign' },
          ...(paths.refresh === undefined
            ? []
            : [open('pop-up', { own: 'refresh', query: junk }, { from: 'foreign' })]),
          signIn('one'),
        ],
      }
    },
  },
  {
    number: 12,
    name: 'way-back-to-another-site',
    story: 'A sign-in is begun for a path that reads as another site, or what keeps its way back is changed to one.',
    who: `${withLink}; a sibling domain where the browser knows no prefixes`,
    gives: "an open redirect from the site's own name",
    build: ({ paths }, random) => {
      const ways = [
        ['//attacker.example/', '/\\attacker.example/', '/%5Cattacker.example', 'https://attacker.example/'],
        ['@attacker.example/', '.attacker.example/', ':x@attacker.example/'],
      ]
      return {
        actions: [
          open('two', {
            path: random.pick(['//attacker.example/', '/%2F/attacker.example', '/%5Cattacker.example/x']),
          }),
          signIn('two'),
          ...(['victim', 'second'] as const).flatMap((browser, index) => [
            open('one', page('victim', `way=${index}`), { browser }),
            { do: 'edit' as const, browser, how: { path: random.pick(ways[index] ?? []) } },
            signIn('one', { browser }),
          ]),
          wait(130),
          ...attackersCallback(),
          { do: 'toss', browser: 'second', of: 'attacker', as: 'same' },
          open(
            'three',
            { held: 'callback', way: random.pick(['.attacker.example/', '@attacker.example/']) },
            { browser: 'second', from: 'sibling' },
          ),
          ...signedIn('three'),
          ...random
            .shuffled(['https://attacker.example/', '.attacker.example/', '@attacker.example/'])
            .flatMap((place) => [
              open('four', { own: 'callback', query: `code=x&state=${statedReturn(place)}` }, { from: 'foreign' }),
              ...(['start', 'refresh', 'signOut'] as const).flatMap((own) =>
                paths[own] === undefined ? [] : [open('four', { own, query: returnQuery(place) }, { from: 'foreign' })],
              ),
            ]),
        ],
      }
    },
  },
  {
    number: 13,
    name: 'foreign-host',
    story: 'A request for a page has a Host that is not the site’s.',
    who: 'whoever can point a name, or a header, at the distribution',
    gives: "a redirect_uri, and so codes, at the attacker's",
    build: (_, random) => ({
      actions: [
        {
          do: 'request',
          where: page(),
          host: random.pick(['attacker.example', 'files.example.com.attacker.example', 'FILES.EXAMPLE.COM.']),
        },
        {
          do: 'request',
          where: page(),
          headers: { 'x-forwarded-host': 'attacker.example', forwarded: 'host=attacker.example' },
        },
        // Words of a sign-in in the page's own query.
        open('one', page('victim', 'b=2&state=x')),
        signIn('one'),
        wait(1),
      ],
    }),
  },
]
