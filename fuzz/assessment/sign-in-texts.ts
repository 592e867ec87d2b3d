/** What people read of a finding about signing visitors in: by rule, as data. */
import type { Rule } from '../../oracle/rules.ts'
import type { Who } from '../finding.ts'
import type { FindingText } from './finding-text.ts'

const binding = 'a sign-in is not bound to the browser that began it'

/** Of a bypass in a story, where who does it says more than the rule. */
export const bypassTexts: Readonly<Partial<Record<Who, Pick<FindingText, 'attack' | 'mend'>>>> = {
  'sibling-domain': {
    attack:
      "An attacker who runs another host of the site's domain sets cookies there, of his own session or of a sign-in that he began (RFC 6265 8.6). The victim then acts in the attacker's session.",
    mend: 'Give the cookies of session and sign-in names that begin with __Host-, which no other host can set.',
  },
  'log-reader': {
    attack:
      'An attacker finds an authorization code that was not used yet, in a log, a referrer or a history, and brings it to the callback in a browser of his own. He is signed in as the one whose code it was.',
    mend: 'Send an S256 challenge whose verifier only the browser has that began the sign-in (RFC 7636, RFC 9700 2.1.1).',
  },
}

export const signInTexts: Readonly<Record<Extract<Rule, `sign-in/${string}`>, FindingText>> = {
  'sign-in/cookies': {
    attack:
      "An attacker who can set a cookie from a sibling domain gives it a name that looks like the session's once spaces, case or quotes are gone. The handler takes it for its own, and the victim acts in the attacker's session.",
    mend: 'Compare names octet by octet after the ASCII spaces before them; pass over a value that has not the form that was set.',
    cwe: 'CWE-565',
  },
  'sign-in/duplicate': {
    attack:
      "A cookie of the session's name is there twice, one of them tossed by a sibling domain or an old path. Whichever the handler takes, the attacker may have chosen it.",
    mend: 'Act on none of them, and answer with a page that says so.',
    cwe: 'CWE-694',
  },
  'sign-in/chunks': {
    attack:
      'The pieces of a session are of two times, or one is missing. The handler joins what does not belong together, and takes the result for a token.',
    mend: 'Say in the first piece how many there are; take none where one is missing, and let the signature or the seal judge the rest.',
    cwe: 'CWE-345',
  },
  'sign-in/size': {
    attack:
      'A visitor opens many tabs, or a link on a foreign page opens them for him. His cookies grow until CloudFront or the bucket refuses every request, and he is locked out until they expire.',
    mend: 'Bound how many cookies are set and how long each may be; answer with a page where a token would not fit.',
    cwe: 'CWE-770',
  },
  'sign-in/strip': {
    attack:
      "A signed-in visitor asks for a file, and his session goes along to the origin or into the cache key. Who reads the origin's log has his token, and no two visitors share a cache entry.",
    mend: "Take the session's own cookies out of every request that passes, on public routes too.",
    cwe: 'CWE-201',
  },
  'sign-in/own-paths': {
    attack:
      'A viewer asks for the callback, the refresh or the sign-out by a preflight or on an open route. The request goes on to the bucket, with its code in the URL, or one path is read two ways.',
    mend: 'Answer these paths before any route is looked at, and let none of them pass.',
    cwe: 'CWE-436',
  },
  'sign-in/header-first': {
    attack:
      "A request has a bearer token that is refused, and a session. The handler lets it pass for the session, so that a script's request acts with rights that its sender never had, or redirects an API client to a page.",
    mend: 'Let a credential in a header decide alone where there is one.',
    cwe: 'CWE-863',
  },
  'sign-in/session': {
    attack:
      'A visitor with a good token is refused because of something else: the provider is down, or another cookie is odd. Whoever brings that about locks others out.',
    mend: 'Let a token that verifies and grants the route pass, whatever else the request carries.',
    cwe: 'CWE-703',
  },
  'sign-in/forbidden': {
    attack:
      'A visitor who may not read a page is sent to sign in again. He comes back with the same rights, and the browser goes round until it gives up.',
    mend: 'Deny a good token that grants too little; never start a sign-in for it.',
    cwe: 'CWE-835',
  },
  'sign-in/navigation': {
    attack:
      "A foreign page has an image, a frame or a prefetch of the site. Each sets off a sign-in of its own, which takes the visitor's places for those that he began himself.",
    mend: 'Begin a sign-in only for a GET with Sec-Fetch-Mode navigate and Sec-Fetch-Dest document; answer anything else with 401.',
    cwe: 'CWE-352',
  },
  'sign-in/without': {
    attack: 'A visitor without a token asks for a protected file. He gets something else than a sign-in or a denial.',
    mend: 'Start a sign-in for a navigation, and deny anything else with 401.',
  },
  'sign-in/start': {
    attack:
      "An attacker signs in with his own account, stops at the callback and sends its link to a victim, who then acts in the attacker's session. Without a challenge, a state or the right redirect URI nothing tells whose sign-in it is.",
    mend: 'Send response_type, client_id, a constant redirect_uri, scope, state, nonce and an S256 challenge (RFC 9700 2.1.1).',
    cwe: 'CWE-345',
    root: binding,
  },
  'sign-in/seed': {
    attack:
      'An attacker swaps the codes of two sign-ins of one browser, or guesses the state of another one. A code then completes a sign-in for which it was not given.',
    mend: 'Draw 32 random octets for each sign-in, and derive state, nonce and verifier from them.',
    cwe: 'CWE-330',
    root: binding,
  },
  'sign-in/slot': {
    attack:
      'A visitor opens several tabs, or a page opens them for him. Each sign-in overwrites another one that has not come back, and none of them completes.',
    mend: 'Take a random empty place, else the oldest, of a fixed number.',
    cwe: 'CWE-362',
  },
  'sign-in/return-path': {
    attack:
      'An attacker sends a link with a long or strange query string. It breaks out of the cookie that keeps the way back, or fills it until no request passes.',
    mend: 'Percent-encode all but cookie-octets, and leave the query out where the path is too long.',
    cwe: 'CWE-116',
  },
  'sign-in/refused-session': {
    attack:
      'A session was signed out or its refresh token was refused, and its cookies stay. Every later request carries them, and a handler that forgets why they do not count takes them again.',
    mend: "Take the dead session's cookies back when a new sign-in begins.",
    cwe: 'CWE-613',
  },
  'sign-in/loop': {
    attack:
      'A browser that keeps no cookies, or a page that frames the site, sets off sign-ins without end. Each costs the provider a request, and the visitor never sees why.',
    mend: 'Count sign-ins lately in a cookie or the state, and end with a page after a few.',
    cwe: 'CWE-835',
  },
  'sign-in/parameters': {
    attack:
      'An attacker sends a link to the callback with a parameter twice. Two readers of the query take different ones, so that one check is for one value and the exchange for the other.',
    mend: 'Refuse a callback in which any parameter is there twice (RFC 6749 3.1).',
    cwe: 'CWE-235',
  },
  'sign-in/state': {
    attack:
      "An attacker signs in with his own account, stops at the callback and sends its link to a victim. The victim is signed in as the attacker, and what he then enters or uploads is in the attacker's hands.",
    mend: "Compare the state with one that this very browser's __Host- cookie holds, before anything else.",
    cwe: 'CWE-352',
    root: binding,
  },
  'sign-in/response-issuer': {
    attack:
      "An attacker who runs one provider has the answer of another sent to the site. The code of the honest provider is then sent to the attacker's token endpoint.",
    mend: 'Where the provider states it, require iss in the callback and compare it (RFC 9207).',
    cwe: 'CWE-346',
  },
  'sign-in/error': {
    attack:
      'An attacker sends a link to the callback with an error of his own words. The page shows them as if the site had said so, markup and all.',
    mend: 'Answer with a fixed page; put nothing of the query into it.',
    cwe: 'CWE-79',
  },
  'sign-in/exchange': {
    attack:
      'The token endpoint, or who stands in its place, answers slowly, at length, with a redirect or with something else than JSON. The function hangs, asks again with a used code, or takes what is no token.',
    mend: 'One request, one deadline, a limit on octets, no redirect; accept 200 with JSON and token_type Bearer only.',
    cwe: 'CWE-754',
  },
  'sign-in/id-token': {
    attack:
      "An attacker brings a code or an ID token of another sign-in, another client or another user into a victim's callback. The victim's browser then holds a session that is not his.",
    mend: 'Verify the ID token: signature, issuer, aud and azp, the nonce of this sign-in, at_hash where it is there.',
    cwe: 'CWE-345',
    root: binding,
  },
  'sign-in/subject': {
    attack:
      "The token endpoint answers with tokens of two users. The session is then somebody's who did not sign in here.",
    mend: 'Require one iss and one sub in access and ID token.',
    cwe: 'CWE-287',
  },
  'sign-in/begin': {
    attack: "A sign-in is complete, and the session is not the user's who gave his password in this browser.",
    mend: 'Set the session from the tokens of this very exchange, take the sign-in back, and give the session a new id.',
    cwe: 'CWE-384',
  },
  'sign-in/return': {
    attack:
      "An attacker sends a link with a return path such as //evil.example. After a real sign-in the browser goes to the attacker's site, which asks for the password once more.",
    mend: "Build the Location from the site's own host and a path that was checked, and nothing else.",
    cwe: 'CWE-601',
  },
  'sign-in/refresh-due': {
    attack:
      'A provider gives short tokens, or a refresh fails. Every navigation then refreshes again, and the visitor waits or goes round.',
    mend: 'Refresh near the end of a token only, and not again within half a minute.',
    cwe: 'CWE-835',
  },
  'sign-in/refresh': {
    attack:
      'The token endpoint answers a refresh with the token of another user, or its new refresh token is dropped. The session changes hands, or ends at the next refresh.',
    mend: 'Require the iss and sub of the session, and keep the refresh token that came (RFC 6749 6, OpenID Connect Core 12.2).',
    cwe: 'CWE-287',
  },
  'sign-in/refused-refresh': {
    attack:
      "Two tabs refresh at once, and the provider refuses the later one. It takes the other's fresh session away, and the visitor has to sign in again.",
    mend: 'After invalid_grant clear nothing; remember which refresh token was refused, and start anew only if it is still the same.',
    cwe: 'CWE-362',
  },
  'sign-in/outage': {
    attack:
      'The provider is down for a minute. The handler takes sessions away that it could not refresh, and everybody has to sign in again at once.',
    mend: 'Keep the cookies and answer 503 with Retry-After, or let a token pass that is still good.',
    cwe: 'CWE-703',
  },
  'sign-in/limits': {
    attack:
      'A thief takes the cookies of a session and edits their Max-Age, or never applies it. He refreshes for ever, where the policy says for how long.',
    mend: 'Keep the dates of sign-in and last use under the seal, and check them before each refresh.',
    cwe: 'CWE-613',
  },
  'sign-in/sign-out': {
    attack:
      'A foreign page has an image, a frame or a link to the sign-out path. Whoever looks at that page is signed out of the site.',
    mend: 'Act for Sec-Fetch-Site same-origin or none and a document; else ask on a page that cannot be framed.',
    cwe: 'CWE-352',
  },
  'sign-in/signed-out': {
    attack: 'A user of a shared computer signs out. The next one goes back or reloads, and still has the session.',
    mend: "Take back every cookie that is there, revoke the refresh token and end the provider's session.",
    cwe: 'CWE-613',
  },
  'sign-in/revived': {
    attack:
      'A user signs out while another tab refreshes. The answer of the refresh sets the session again, and the next user of the computer has it.',
    mend: 'Remember the ids of sessions that were signed out, for as long as an access token lives.',
    cwe: 'CWE-613',
  },
  'sign-in/client': {
    attack:
      "The client's secret or a code is sent in another form or to another place than the provider's endpoints. Sign-in fails for some secrets, or somebody else reads them.",
    mend: 'Form-encode both halves of Basic authentication (RFC 6749 2.3.1); send secrets to the configured endpoints only.',
    cwe: 'CWE-522',
  },
  'sign-in/host': {
    attack:
      'An attacker sends a request with another Host through the distribution. The redirect URI, and with it the code, then lead to his host.',
    mend: "Take the host from a list, or from the event's own distribution; refuse any other with 421.",
    cwe: 'CWE-346',
  },
  'sign-in/seal': {
    attack:
      'An attacker moves a sealed cookie to another host, client or purpose, cuts its tag short or uses a retired key. It opens there, and the session in it is his.',
    mend: 'Bind the seal to version, purpose, issuer, client and host, require the whole tag, and forget retired keys.',
    cwe: 'CWE-345',
  },
  'sign-in/response': {
    attack:
      'A cache, a referrer or a frame keeps an answer of the sign-in. The next visitor gets its cookies, or a foreign page sees its code.',
    mend: 'Give each answer no-store, no-referrer, nosniff and a policy that forbids frames.',
    cwe: 'CWE-525',
  },
  'sign-in/page': {
    attack:
      'An attacker sends a link whose words stand in the page that the handler answers with, or whose link leads elsewhere. The visitor believes them, because the site says so.',
    mend: "Answer with fixed text, a reason from a fixed list and links of the site's own.",
    cwe: 'CWE-79',
  },
  'sign-in/log': {
    attack: 'Somebody reads the log of the function. He finds codes, tokens or secrets that are still good.',
    mend: 'Log the step, its outcome and a reason from a fixed list.',
    cwe: 'CWE-532',
  },
  'sign-in/secret': {
    attack:
      'The secret store is slow or down. A handler that waits for it with every request denies visitors whose tokens it could verify without.',
    mend: 'Ask for the secret when the module loads, and await it only where it is used.',
    cwe: 'CWE-703',
  },
}
