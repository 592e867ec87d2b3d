/** 31, 32, 35 and 41: ways out, and what pages say. */
import { marker } from '../watch-answers.ts'
import { open, page, pastToken, reload, signedIn, signIn, signOut, statedReturn, wait } from './moves.ts'
import type { SessionAttack } from './session-attack.ts'

export const signOutAttacks: readonly SessionAttack[] = [
  {
    number: 31,
    name: 'sign-out-by-another-site',
    story: 'A foreign or a sibling page asks for the path of the sign-out, by an image, a frame, a link or a form.',
    who: 'anybody whose page a victim sees',
    gives: 'visitors are signed out whenever somebody likes',
    build: ({ paths }, random) => {
      if (paths.signOut === undefined) return null
      const where = { own: 'signOut' } as const
      const from = random.pick(['foreign', 'sibling'] as const)
      const kinds = random.shuffled(['image', 'frame', 'form', 'fetch'] as const)
      return {
        actions: [
          ...signedIn(),
          ...kinds.map((kind) => ({ do: 'embed' as const, browser: 'victim' as const, kind, where, from })),
          open('two', where, { from }),
          reload(),
        ],
      }
    },
  },
  {
    number: 32,
    name: 'sign-out-with-little',
    story: 'Somebody signs out without cookies, or when only the refresh token is left.',
    who: 'the next one at the same computer',
    gives: 'a page of an error, or a session that goes on',
    build: ({ paths }, random) =>
      paths.signOut === undefined
        ? null
        : {
            actions: [
              signOut(),
              ...signedIn(),
              ...(random.integer(0, 1) ? [signOut()] : []),
              ...signedIn('two'),
              pastToken(),
              signOut('two'),
              open('one', page()),
              wait(random.integer(1, 60)),
              open('two', page()),
            ],
          },
  },
  {
    number: 35,
    name: 'words-in-the-callback',
    story: "A link to the callback has the attacker's words in error_description, error or state.",
    who: 'anybody whose link a victim opens',
    gives: "the attacker's words on the site's own page",
    build: (_, random) => {
      const words = encodeURIComponent(`<b>${marker}</b>`)
      const query = random.pick([
        `error=access_denied&error_description=${words}&state=x`,
        `error=${words}&state=0${'A'.repeat(43)}`,
        `code=${words}&state=${words}`,
        `error=invalid_request&error_uri=${words}`,
      ])
      return {
        actions: [
          open('one', { own: 'callback', query }, { from: 'foreign' }),
          open(
            'one',
            { own: 'callback', query: `code=x&state=${statedReturn(`/"><b>${marker}</b>`)}` },
            { from: 'foreign' },
          ),
          open('two', page()),
          signIn('two', { hold: 'callback' }),
          open('two', {
            held: 'callback',
            change: {
              code: null,
              error: random.pick(['access_denied', marker]),
              error_description: `<b>${marker}</b>`,
              error_uri: `https://${marker}.example`,
            },
          }),
          ...(['refresh', 'signOut'] as const).map((own) =>
            open('three', { own, query: `state=${words}&confirm=${words}` }, { from: 'foreign' }),
          ),
        ],
      }
    },
  },
  {
    number: 41,
    name: 'sign-out-that-signs-in',
    story: 'Somebody signs out and looks where he ends.',
    who: 'the next one at the same computer',
    gives: 'a session, where the provider still knows the visitor',
    build: ({ paths }, random) =>
      paths.signOut === undefined
        ? null
        : { actions: [...signedIn(), ...(random.integer(0, 1) ? [reload()] : []), signOut(), open('one', page())] },
  },
]
