/** 5 to 7, 20, 36 and 37: what the token endpoint answers, and how it is asked. */
import { open, page, pastToken, provider, reload, signedIn, signIn, signOut, wait } from './moves.ts'
import type { SessionAttack } from './session-attack.ts'

const hostile = 'a hostile or mixed-up provider, or whoever can inject a code'

/** Somebody signs in while the token endpoint answers so, and so. */
function whileItAnswers(names: readonly string[]): SessionAttack['build'] {
  return (_, random) => ({
    actions: random.shuffled(names).flatMap((name, index) => {
      const tab = `tab ${index}`
      const start = [provider(name, 'code'), ...signedIn(tab), reload(tab)]
      // The story's next answer comes to a browser without a session.
      return [...start, signOut(tab), provider('good'), wait(130)]
    }),
  })
}

export const providerAttacks: readonly SessionAttack[] = [
  {
    number: 5,
    name: 'id-token-without-its-nonce',
    story: 'The ID token has no nonce, or that of another sign-in.',
    who: hostile,
    gives: 'a session from a code that was begun elsewhere',
    build: whileItAnswers(['no-nonce', 'other-nonce']),
  },
  {
    number: 6,
    name: 'id-token-for-another-client',
    story: 'The ID token is for another client, by aud or by azp.',
    who: 'another client of the same provider',
    gives: 'a session from a token that was given to somebody else',
    build: whileItAnswers(['other-audience', 'other-party', 'other-issuer', 'other-hash', 'no-id-token']),
  },
  {
    number: 7,
    name: 'two-persons-in-one-answer',
    story: 'The access token is of another person than the ID token.',
    who: hostile,
    gives: "another person's session",
    build: whileItAnswers(['other-access-subject']),
  },
  {
    number: 20,
    name: 'refresh-of-another-person',
    story: 'A refresh is answered with tokens of another person.',
    who: hostile,
    gives: "another person's session",
    build: (_, random) => ({
      instances: random.integer(1, 2),
      actions: [
        ...signedIn(),
        provider('other-person', 'refresh'),
        pastToken(),
        reload(),
        open('two', page('attacker')),
        open('two', page()),
      ],
    }),
  },
  {
    number: 36,
    name: 'hostile-token-endpoint',
    story: 'The token endpoint drips, redirects, floods, answers HTML, tokens of another kind, or nothing.',
    who: 'whoever stands between, or the provider in its worst hour',
    gives: 'secrets sent elsewhere, functions that hang',
    build: (_, random) => {
      const [first, second] = random.shuffled([
        'drips',
        'redirects',
        'huge',
        'html',
        'silent',
        'late',
        'mac',
        'down',
        'failing',
        'busy',
        'slow',
      ])
      return {
        instances: random.integer(1, 2),
        actions: [
          ...[first, second].flatMap((name, index) => [
            provider(name ?? 'huge'),
            ...signedIn(`tab ${index}`),
            wait(130),
          ]),
          provider('good'),
          ...signedIn('last'),
          provider(random.pick(['huge', 'redirects', 'drips', 'mac']), 'refresh'),
          pastToken(),
          reload('last'),
          provider('redirects'),
          open('last', page()),
          signIn('last'),
        ],
      }
    },
  },
  {
    number: 37,
    name: 'client-is-proven',
    story: 'Somebody signs in, with a client whose secret has characters that Basic authentication encodes.',
    who: 'nobody: it is how clients are',
    gives: 'nobody can sign in',
    build: ({ clientAuth }) =>
      clientAuth.method === 'none' ? null : { actions: [...signedIn(), pastToken(), reload()] },
  },
]
