/** What people read of a finding: what an attacker does, how it is usually mended, which weakness it is. By rule, as data. */
import type { Rule } from '../../oracle/rules.ts'
import type { FindingClass } from '../finding.ts'
import type { FindingText } from './finding-text.ts'
import { signInTexts } from './sign-in-texts.ts'

/** The weakness of each class (cwe.mitre.org), and what it is called in one line. */
export const classTexts: Readonly<Record<FindingClass, { cwe: `CWE-${number}`; title: string }>> = {
  bypass: { cwe: 'CWE-863', title: 'a request passed that must be denied' },
  'request-forgery': { cwe: 'CWE-918', title: 'a viewer decided what is fetched' },
  poisoning: { cwe: 'CWE-1321', title: 'a request changed later decisions' },
  leak: { cwe: 'CWE-532', title: 'a token or its claims reached where they do not belong' },
  'open-redirect': { cwe: 'CWE-601', title: 'a denial leads to a foreign site' },
  'header-injection': { cwe: 'CWE-113', title: 'a viewer wrote header lines' },
  'log-injection': { cwe: 'CWE-117', title: 'a viewer wrote log lines' },
  'blinded-log': { cwe: 'CWE-778', title: 'a flood of denials keeps another out of the log' },
  amplification: { cwe: 'CWE-405', title: 'cheap requests cause fetches' },
  exhaustion: { cwe: 'CWE-400', title: 'a request costs far more than one of its size' },
  crash: { cwe: 'CWE-248', title: 'the handler threw, ended or never answered' },
  'invalid-result': { cwe: 'CWE-436', title: 'CloudFront refuses the result' },
  'false-denial': { cwe: 'CWE-703', title: 'a request was denied that must pass' },
  'unsafe-denial': { cwe: 'CWE-525', title: 'a denial lacks what keeps it safe' },
}

export const falseDenialText: FindingText = {
  attack:
    'A viewer who has every right to the file is turned away. Where earlier requests bring it about, whoever sends those locks others out.',
  mend: 'Follow the rule to the letter for what must be allowed; where the key set is the cause, skip the members that cannot be used and keep the others.',
}

const paths = 'path is not read as the bucket reads it'
const extensions = 'critical header members are not looked at'
const spelling = 'one token has several spellings'
const credentialPlace = 'a token is taken from where it does not belong'
const purpose = 'what a token is for is not looked at'
const audience = 'whom a token is for is not looked at'
const dates = 'dates are not held to'
const oldKeys = 'keys that are no longer good are kept'
const choice = 'the token chooses how it is verified'

export const findingTexts: Readonly<Record<Rule, FindingText>> = {
  ...signInTexts,
  'order/event': {
    attack: 'Somebody invokes the function with an event of another shape. What it does then is left to chance.',
    mend: 'Deny what is no viewer-request event.',
  },
  'order/preflight': {
    attack:
      'A page of an allowed origin asks the browser for a cross-origin request. Its preflight carries no token by design and is refused, so that the page never gets its file.',
    mend: 'Let OPTIONS with one Origin and one Access-Control-Request-Method pass.',
    cwe: 'CWE-703',
  },
  'order/method': {
    attack:
      'An attacker sends a method that the policy does not name, such as PUT or DELETE. Where the behavior forwards it, the origin carries it out with the rights of the distribution.',
    mend: 'Compare the method with a list before anything else, in the case that it came in.',
    cwe: 'CWE-650',
  },
  'order/required-claim': {
    attack:
      'A user whose token lacks a claim that the policy requires asks for a file. He gets it like one who has the claim.',
    mend: 'After the signature, refuse a token in which a required claim is absent or null.',
  },
  'order/claims': {
    attack:
      "A user whose claims the provider's rules do not accept signs in and asks for a file. He gets it, as if the rule were not there.",
    mend: 'Hold every claim of the rule against its values after the signature, type and all.',
  },
  'order/rewrite': {
    attack:
      'A viewer asks for a path that is granted and is rewritten to one that is not. He reads the file behind the second.',
    mend: 'Decide again for the path that the request leaves with.',
  },
  'order/allow': falseDenialText,
  'result/load': {
    attack: 'Nobody has to do anything: the module fails while it is loaded. Every request then has a 5xx.',
    mend: 'Do nothing at load that can fail, and try again at the next request.',
  },
  'result/answer': {
    attack:
      'An attacker sends the request, and the handler throws, ends its process or never answers. An exception costs that one request; a process that ends or hangs costs a cold start or the whole time limit each time.',
    mend: 'Catch at the top and deny; bound every wait by a time and every input by a length.',
  },
  'result/shape': {
    attack:
      'An attacker sends the request, and what comes back is neither a request nor a response. CloudFront answers 502.',
    mend: 'Return the request or a response on every way out.',
  },
  'result/request': {
    attack: 'An attacker sends the request, and CloudFront refuses what is returned for it. The viewer has a 502.',
    mend: 'Change no read-only or disallowed header, and keep names and values strings.',
  },
  'result/response': {
    attack: 'An attacker sends the request, and CloudFront refuses the response. The viewer has a 502 for a denial.',
    mend: 'A status of three digits as a string, no read-only header, at most 40 KB.',
  },
  'allow/unchanged': {
    attack:
      'Whatever passes goes on with its token, or changed. The origin, its log or the cache key can get hold of it.',
    mend: 'Return the very request, without the credential.',
    cwe: 'CWE-201',
  },
  'deny/status': {
    attack:
      'Somebody is denied with a status that does not say so. Caches, crawlers and monitors take it for a success.',
    mend: 'Deny with 302, 303, 307, 401, 403 or 404.',
  },
  'deny/cache-control': {
    attack: 'A viewer is denied and signs in. His browser shows the denial that it kept in the place of the file.',
    mend: 'Send cache-control: no-store with each response that the handler makes.',
  },
  'deny/location': {
    attack:
      "An attacker sends a victim a link to the site with an address of his own in it. The site's redirect leads there, or gives the login page his parameters or his address to return to, under the trusted name.",
    mend: 'Build the Location from configured texts alone; put a return path in as one percent-encoded parameter, beginning with one slash.',
  },
  'deny/redirect-on': {
    attack:
      'A script or an image asks for a file after the session is over. It is sent to a login page that it cannot use.',
    mend: 'Redirect navigations only (Sec-Fetch-Mode, else Accept), and answer 401 to everything else.',
  },
  'deny/return-path': {
    attack:
      'A viewer signs in on his way to a page. He comes back to another one, or takes a token along in an address.',
    mend: 'Put path and query in as one percent-encoded parameter, without what looks like a token.',
  },
  'deny/page': {
    attack:
      "An attacker sends a victim a link with markup in its path or query. The denial repeats it, and the victim's browser runs it on the site.",
    mend: 'Put nothing of the request into a body, and send default-src none.',
    cwe: 'CWE-79',
  },
  'deny/cors': {
    attack: 'A foreign page asks for a file in the victim’s browser. It may read the denial.',
    mend: 'Allow the origins of a list, compared as a whole.',
    cwe: 'CWE-942',
  },
  'deny/header': {
    attack:
      'An attacker puts an encoded line break into the path or query of a link. What follows it becomes a header of the response.',
    mend: 'Never decode into a header; drop what has control characters.',
  },
  'leak/response': {
    attack:
      'A viewer is denied with his token in the address or in a header. The denial repeats it, so that the browser history, the login page and its log have it.',
    mend: 'Leave out of a Location and of a body whatever came with the request.',
    cwe: 'CWE-201',
  },
  'leak/log': {
    attack:
      "A viewer sends a request, and the handler logs his token or its claims. Who reads the log can act as that viewer until the token's end.",
    mend: 'Log a reason and the request id, never a header or a payload.',
  },
  'leak/fetch': {
    attack:
      'A viewer sends a request, and part of his token is in an address that the handler fetches. Who runs or logs that address has it.',
    mend: 'Fetch configured addresses only, and put nothing of a request into them.',
    cwe: 'CWE-201',
  },
  'log/line': {
    attack:
      'An attacker sends a line feed inside the path or a claim. A line of the log is then his, and looks like one of the handler’s.',
    mend: 'Write each line as JSON.',
  },
  'credentials/source': {
    attack:
      'Somebody sends a token where the policy does not look. It decides in the place of the one that the policy names.',
    mend: 'Read the sources of the policy in its order, and nothing else.',
    root: credentialPlace,
  },
  'credentials/absent': {
    attack: 'An attacker asks for a protected file without any token. He gets it.',
    mend: 'Deny wherever the source that the policy names holds no token.',
    cwe: 'CWE-306',
  },
  'credentials/several': {
    attack:
      'Somebody sends the header several times. The handler takes one of them, and whatever is behind it may take another.',
    mend: 'Deny a request with more than one entry of the header.',
    root: credentialPlace,
  },
  'credentials/list': {
    attack:
      'Somebody sends several tokens in one header, with commas. The handler takes one of them, and whatever is behind it may take another.',
    mend: 'Take the header as scheme, space and one token, or deny.',
    root: credentialPlace,
  },
  'credentials/several-cookies': {
    attack: 'A sibling domain sets a second cookie of the name. The handler takes it for the session.',
    mend: 'Take a cookie with the prefix __Host-, and deny where two differ.',
    root: credentialPlace,
  },
  'credentials/two-subjects': {
    attack:
      'A sibling domain sets a cookie of another account beside the victim’s. The victim goes on as somebody else.',
    mend: 'Deny where two cookies of the name verify for two subjects.',
    root: credentialPlace,
  },
  'credentials/chunks': {
    attack: 'Somebody mixes chunks of two sessions. The handler joins them into one token.',
    mend: 'Join a row without gaps, and deny everything else.',
    root: credentialPlace,
  },
  'credentials/last-user': {
    attack:
      'Somebody leaves the cookies of another account in the browser. The handler takes those in the place of the last user’s.',
    mend: 'Follow LastAuthUser of the same client.',
    root: credentialPlace,
  },
  'credentials/cookie-lines': {
    attack: 'Somebody sends several Cookie headers. The handler reads one of them.',
    mend: 'Read all entries as one.',
    root: credentialPlace,
  },
  'credentials/quoted': {
    attack: 'Somebody sends the cookie in quotes. It is read as another.',
    mend: 'Take the value as it stands.',
    root: credentialPlace,
  },
  'credentials/scheme': {
    attack: 'Somebody sends a token under another scheme, or with text around it. It counts as a bearer token.',
    mend: 'Match the whole value: scheme in any case, a space, one token.',
    root: credentialPlace,
  },
  'credentials/spaces': {
    attack: 'Somebody sends a token after several spaces. It is read otherwise than by others.',
    mend: 'Match the whole value.',
    root: credentialPlace,
  },
  'credentials/around': {
    attack: 'Somebody sends a token with spaces around it. It is read otherwise than by others.',
    mend: 'Match the whole value.',
    root: credentialPlace,
  },
  'credentials/white-space': {
    attack: 'Somebody sends a token after other white space. It is read otherwise than by others.',
    mend: 'Match the whole value.',
    root: credentialPlace,
  },
  'credentials/text-after': {
    attack: 'Somebody sends text after the token. It is left out of sight.',
    mend: 'Match the whole value.',
    root: credentialPlace,
  },
  'credentials/octets': {
    attack: 'Somebody sends a token with control characters around it. It is taken all the same.',
    mend: 'Match the whole value, in ASCII.',
    root: credentialPlace,
  },
  'credentials/size': {
    attack: 'Somebody sends a token of many kilobytes. Each costs the time that its length takes.',
    mend: 'Refuse over a length before anything is decoded.',
    root: credentialPlace,
  },
  'token/compact': {
    attack:
      'Somebody writes a good token in another form. Whatever remembers or revokes tokens by their text does not know it.',
    mend: 'Take three base64url parts with dots between, undecoded.',
    root: spelling,
  },
  'token/base64url': {
    attack:
      'Somebody writes a good token with other characters. Whatever remembers or revokes tokens by their text does not know it.',
    mend: 'Refuse characters outside base64url before decoding: Buffer skips them.',
    root: spelling,
  },
  'token/signature-spelling': {
    attack:
      'Somebody writes the signature of a good token in a second way. Whatever remembers or revokes tokens by their text does not know it.',
    mend: 'Refuse characters outside base64url before decoding: Buffer skips them.',
    cwe: 'CWE-347',
    root: spelling,
  },
  'token/trailing-bits': {
    attack:
      'Somebody changes the bits that the last character of a part leaves over. Whatever remembers tokens by their text does not know it.',
    mend: 'Encode again what was decoded, and compare.',
    root: spelling,
  },
  'token/bom': {
    attack: 'Somebody gets a token signed that begins with a byte order mark. It is read as if it did not.',
    mend: 'Decode as UTF-8 and leave the mark in, so that JSON fails.',
    root: spelling,
  },
  'token/utf-8': {
    attack: 'Somebody gets a token signed that is no UTF-8. What is not is replaced, and two texts become one.',
    mend: 'Decode with fatal: true.',
    root: spelling,
  },
  'token/json': {
    attack: 'Somebody presents parts that are no JSON objects. They are read as a token.',
    mend: 'Refuse what is not a JSON object.',
    root: spelling,
  },
  'token/duplicates': {
    attack: 'Somebody gets a token signed that names a claim twice. One reader takes the first, another the last.',
    mend: 'Refuse names that are there twice.',
  },
  'token/nesting': {
    attack: 'Somebody gets a token signed that is nested deep. Reading it takes the stack.',
    mend: 'Refuse over a depth.',
  },
  'token/header-price': {
    attack: 'Somebody sends headers that are dear to parse. Each costs more than a signature.',
    mend: 'Bound the header before it is parsed.',
  },
  'token/alg': {
    attack:
      'An attacker writes a token of his own with an algorithm that needs no secret, or one whose secret is the public key. It verifies, and he is whoever he says he is.',
    mend: 'Pass the verifier a list of the algorithms that the issuer signs with, never what the token says.',
    cwe: 'CWE-327',
    root: choice,
  },
  'token/kid': {
    attack: 'An attacker names a key that is not there, or names none. The handler takes another key, or one of his.',
    mend: 'Take kid as a string, and the key that has exactly this name.',
    cwe: 'CWE-347',
  },
  'token/two-keys': {
    attack: 'Somebody names one of two keys that share their name. Which of them verifies is left to chance.',
    mend: 'Tell them apart by kty, alg and use.',
  },
  'token/type': {
    attack:
      'Somebody presents a signed token of another kind, such as a logout token, as an access token. It passes, though the issuer gave it out for something else.',
    mend: 'Hold typ against the types that access tokens have (RFC 8725 3.11).',
    cwe: 'CWE-843',
    root: purpose,
  },
  'token/crit': {
    attack: 'The issuer marks an extension as one that has to be understood. The handler does not, and goes on.',
    mend: 'Refuse a token with crit unless each name in it is understood (RFC 7515 4.1.11).',
    cwe: 'CWE-347',
    root: extensions,
  },
  'token/b64': {
    attack: 'The issuer says that the payload is not encoded. The handler reads another payload than was signed.',
    mend: 'Refuse b64 (RFC 7797 6).',
    cwe: 'CWE-347',
    root: extensions,
  },
  'token/fetch': {
    attack:
      'An attacker names an address in his token (jku, x5u, iss). The handler fetches it, and may trust the keys that it finds there.',
    mend: 'Fetch configured addresses only; ignore jwk, jku, x5u and x5c.',
    cwe: 'CWE-918',
  },
  'token/signature': {
    attack: 'An attacker writes a token that the issuer never signed. It passes, and he is whoever he says he is.',
    mend: 'Verify every token text over the octets as received, with the key that kid names, before anything in it counts; remember verified tokens by their whole text or its SHA-256.',
    cwe: 'CWE-347',
  },
  'token/weak-key': {
    attack: 'Somebody computes the private key of a weak one that the issuer publishes. He signs what he likes.',
    mend: 'Skip RSA keys under 2,048 bits, bad exponents and keys that are not for signing.',
    cwe: 'CWE-326',
  },
  'claims/iss': {
    attack: 'Somebody presents a token of another issuer. It passes, and he is whoever that issuer says he is.',
    mend: 'Compare iss with the configured text, and take the keys of that issuer only.',
    cwe: 'CWE-346',
  },
  'claims/tenant': {
    attack: 'A user of another tenant of the provider signs in there. His token passes here.',
    mend: 'Hold tid against the list of tenants.',
    cwe: 'CWE-346',
  },
  'claims/exp': {
    attack: 'Somebody presents a token after its end, such as one of an account that was closed. It passes.',
    mend: 'Require exp as a number, and compare it with the clock at each request, remembered or not.',
    cwe: 'CWE-613',
    root: dates,
  },
  'claims/nbf': {
    attack: 'Somebody presents a token before its time. It passes.',
    mend: 'Compare nbf with the clock where it is there.',
    cwe: 'CWE-613',
    root: dates,
  },
  'claims/iat': {
    attack: 'Somebody presents a token whose date is no number. It is read as one.',
    mend: 'Refuse dates that are no numbers.',
    root: dates,
  },
  'claims/edge': {
    attack: 'Somebody presents a token in its last second. It is decided late.',
    mend: 'Read the clock at each request.',
    root: dates,
  },
  'claims/token-use': {
    attack:
      'A user presents his ID token where an access token is asked for, or the other way round. It passes without what the right one would have said of him.',
    mend: 'Hold token_use (or typ) against the one that is wanted.',
    root: purpose,
  },
  'claims/client': {
    attack:
      'Another application of the same provider presents a token that a victim gave to it. It reads the victim’s files here.',
    mend: 'Hold client_id (access) or aud (ID) against the list of clients.',
    cwe: 'CWE-287',
    root: audience,
  },
  'claims/audience': {
    attack:
      'Another resource server of the same provider presents a token that a victim gave to it. It reads the victim’s files here.',
    mend: 'Hold aud against the configured audiences.',
    cwe: 'CWE-287',
    root: audience,
  },
  'claims/cnf': {
    attack:
      'Somebody presents a stolen token that is bound to a key which he has not got. It passes as a bearer token.',
    mend: 'Refuse a token with cnf, or ask for the proof that it names.',
    cwe: 'CWE-287',
  },
  'claims/aud-array': {
    attack: 'Somebody presents a token that is for several clients. It counts as one that is for this.',
    mend: 'Take one member, or look at azp.',
    root: audience,
  },
  'claims/types': {
    attack: 'Somebody gets a claim signed that is of another type. It satisfies a comparison that it should not.',
    mend: 'Compare types, too.',
    cwe: 'CWE-843',
  },
  'claims/groups': {
    attack: 'Somebody gets groups signed that are no list of strings. They grant what no group does.',
    mend: 'Take an array of strings, and nothing else.',
    cwe: 'CWE-843',
  },
  'paths/malformed': {
    attack:
      'An attacker asks for a path with dots, encoded slashes or empty segments, which begins like one that is granted. The handler decides by its beginning, and another file is served.',
    mend: 'Decode each segment once, deny dot segments, encoded slashes, control characters and empty segments, and match segment by segment.',
    cwe: 'CWE-22',
    root: paths,
  },
  'paths/plus': {
    attack:
      'An attacker asks for a path with a raw plus sign. The handler reads a plus, and S3 serves the file with a space.',
    mend: 'Deny a raw plus in what a rule matches.',
    cwe: 'CWE-41',
    root: paths,
  },
  'paths/no-route': {
    attack: 'Somebody asks for a path that no route of the policy names. It passes.',
    mend: 'Deny by default, and match whole segments in the case that they came in.',
  },
  'paths/no-right': {
    attack: "A user asks for a path of somebody else's. He gets the file.",
    mend: 'Compare whole segments of the path with sub, the groups or the claim, not their beginning or some place in it.',
  },
  'paths/provider': {
    attack: 'A user of one provider asks for a path that is for those of another. He gets the file.',
    mend: 'Hold the provider of the token against the route’s.',
  },
  'paths/scopes': {
    attack: 'A user whose token lacks the scope asks for a file. He gets it.',
    mend: 'Split scope at spaces, and ask for each of the route’s.',
  },
  'paths/claims': {
    attack: 'A user whose claims the route does not accept asks for a file. He gets it.',
    mend: 'Hold each claim against the route’s rule, type and all.',
  },
  'paths/app': {
    attack: 'Somebody asks for a path inside an app. He gets another file than the app’s shell.',
    mend: 'Rewrite where the last segment has no dot.',
  },
  'paths/index': {
    attack: 'Somebody asks for a directory. He gets another file than its index.',
    mend: 'Add the index to a path that ends with a slash, and decide again.',
  },
  'paths/slash': {
    attack: 'Somebody asks for a directory without its slash. He is led elsewhere, or learns what is there.',
    mend: 'Decide for the path with the slash first, and redirect with a path alone.',
  },
  'keys/new': {
    attack: 'The issuer begins to sign with a new key. Its users are turned away until the handler looks again.',
    mend: 'Fetch again for a kid that is not known, with a cooldown.',
    cwe: 'CWE-703',
  },
  'keys/reused-kid': {
    attack: 'The issuer gives a name to another key and back. Which one the handler has is left to chance.',
    mend: 'Replace the whole set at each answer.',
    root: oldKeys,
  },
  'keys/outage': {
    attack:
      'The issuer’s endpoint fails for a while. The handler throws away keys that are still good, and turns everybody away.',
    mend: 'Keep the last good answer until its time is over.',
    cwe: 'CWE-703',
  },
  'keys/too-old': {
    attack:
      'Somebody who has a key that was withdrawn keeps the endpoint from being asked. What he signs passes for ever.',
    mend: 'Give up keys after a bounded time without a good answer.',
    cwe: 'CWE-324',
    root: oldKeys,
  },
  'keys/withdrawn': {
    attack: 'Somebody has a private key that the issuer withdrew. What he signs passes long after.',
    mend: 'Replace the set at each answer, and ask again after maxAge.',
    cwe: 'CWE-324',
    root: oldKeys,
  },
  'keys/fetches': {
    attack:
      'An attacker sends cheap tokens with names of keys that do not exist. Each makes the handler fetch the key set.',
    mend: 'Fetch at most once in a cooldown, whatever the answer was.',
  },
  'resources/cpu': {
    attack:
      'An attacker sends requests of a few kilobytes. Each takes the processor far longer than its length explains.',
    mend: 'Bound lengths before parsing, and use no pattern that backtracks.',
  },
  'resources/memory': {
    attack: 'An attacker sends ever new tokens. The handler remembers them all until its 128 MB are full.',
    mend: 'Bound what is remembered in bytes, not by count.',
  },
  'resources/log': {
    attack:
      'An attacker floods the handler with one kind of bad request. Another kind, which he wants unseen, is left out of the log.',
    mend: 'Give each reason a budget of its own, and count what is left out.',
  },
  'cache/prototype': {
    attack: 'An attacker names a member __proto__ or the like. Later decisions read what he put there.',
    mend: 'Use Map, or objects without a prototype.',
    cwe: 'CWE-1321',
  },
}
