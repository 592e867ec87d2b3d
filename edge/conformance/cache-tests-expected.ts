/**
 * What profile `cloudfront` answers to each test of http-cache-tests 0.4.5, and where that stands: a page of the Amazon
 * CloudFront Developer Guide (AWS's published source of 2023-06-15), or "inferred" where no page says it. `fail` means that
 * CloudFront is documented, or inferred, to do otherwise than the test asks; `setup`, that it prevents what the test needs first.
 */
import type { CacheTestOutcome } from './cache-tests.ts'

export interface Expectation {
  source: string
  outcome: CacheTestOutcome
  ids: readonly string[]
}

export const cloudfrontExpectations: readonly Expectation[] = [
  {
    source: 'Expiration',
    outcome: 'pass',
    ids: words(`
      freshness-none freshness-max-age freshness-max-age-0 freshness-max-age-max-minus-1 freshness-max-age-max
      freshness-max-age-max-plus-1 freshness-max-age-max-plus freshness-max-age-age freshness-max-age-expires
      freshness-max-age-expires-invalid freshness-max-age-0-expires freshness-max-age-extension
      freshness-max-age-case-insenstive freshness-max-age-negative freshness-s-maxage-shared
      freshness-max-age-s-maxage-shared-longer freshness-max-age-s-maxage-shared-longer-reversed
      freshness-max-age-s-maxage-shared-longer-multiple freshness-max-age-s-maxage-shared-shorter
      freshness-max-age-s-maxage-shared-shorter-expires freshness-expires-future freshness-expires-past
      freshness-expires-present freshness-expires-old-date freshness-expires-invalid freshness-expires-invalid-date
      freshness-expires-age-slow-date freshness-expires-age-fast-date cc-resp-private-shared cc-resp-no-store
      cc-resp-no-store-case-insensitive cc-resp-no-store-fresh cc-resp-no-cache cc-resp-no-cache-case-insensitive
      cc-resp-no-cache-revalidate cc-resp-no-cache-revalidate-fresh cc-resp-must-revalidate-fresh
      cc-resp-must-revalidate-stale
    `),
  },
  {
    source: 'HTTPStatusCodes',
    outcome: 'pass',
    ids: words(`
      stale-close stale-503 stale-sie-close stale-sie-503 status-200-fresh status-200-stale status-203-fresh
      status-203-stale status-204-fresh status-204-stale status-299-stale status-301-fresh status-301-stale
      status-302-fresh status-302-stale status-303-fresh status-303-stale status-307-stale
      status-308-stale status-400-stale status-404-fresh status-410-fresh status-410-stale
      status-499-stale status-500-fresh status-502-fresh status-503-fresh status-504-fresh status-599-stale
      status-599-must-understand
    `),
  },
  {
    source: 'inferred',
    outcome: 'pass',
    ids: words(`
      freshness-max-age-quoted freshness-max-age-single-quoted freshness-max-age-ignore-quoted
      freshness-max-age-ignore-quoted-rev freshness-max-age-ignore-quoted-all freshness-max-age-ignore-quoted-all-rev
      freshness-max-age-leading-zero freshness-max-age-decimal-zero freshness-max-age-decimal-five
      freshness-max-age-100a freshness-max-age-multiple-line freshness-max-age-multiple-directive
      freshness-max-age-two-fresh-stale-sameline freshness-max-age-two-fresh-stale-sepline age-parse-float
      age-parse-suffix age-parse-prefix age-parse-suffix-twoline age-parse-parameter age-parse-numeric-parameter
      freshness-expires-32bit freshness-expires-far-future freshness-expires-ansi-c
      freshness-expires-wrong-case-weekday freshness-expires-wrong-case-month freshness-expires-wrong-case-tz
      freshness-expires-invalid-utc freshness-expires-invalid-no-comma freshness-expires-invalid-multiple-spaces
      freshness-expires-invalid-date-dashes freshness-expires-invalid-1-digit-hour heuristic-201-not_cached
      heuristic-202-not_cached heuristic-403-not_cached heuristic-404-cached heuristic-405-cached heuristic-414-cached
      heuristic-501-cached heuristic-599-not_cached pragma-request-no-cache pragma-request-extension
      pragma-response-no-cache pragma-response-extension headers-omit-headers-listed-in-Connection
      headers-store-Test-Header headers-store-X-Test-Header headers-store-Content-Foo headers-store-X-Content-Foo
      headers-store-Cache-Control headers-store-Connection headers-store-Content-Encoding headers-store-Content-Length
      headers-store-Content-Location headers-store-Content-MD5 headers-store-Content-Range
      headers-store-Content-Security-Policy headers-store-Content-Type headers-store-Clear-Site-Data
      headers-store-ETag headers-store-Expires headers-store-Keep-Alive headers-store-Proxy-Authenticate
      headers-store-Proxy-Authentication-Info headers-store-Proxy-Authorization headers-store-Proxy-Connection
      headers-store-Public-Key-Pins headers-store-Set-Cookie headers-store-Set-Cookie2 headers-store-TE
      headers-store-Transfer-Encoding headers-store-Upgrade headers-store-X-Frame-Options
      headers-store-X-XSS-Protection 304-lm-use-stored-Test-Header 304-etag-update-response-Test-Header
      304-etag-update-response-X-Test-Header 304-etag-update-response-Content-Foo
      304-etag-update-response-X-Content-Foo 304-etag-update-response-Cache-Control
      304-etag-update-response-Content-Encoding 304-etag-update-response-Content-Length
      304-etag-update-response-Content-Location 304-etag-update-response-Content-MD5
      304-etag-update-response-Content-Range 304-etag-update-response-Content-Security-Policy
      304-etag-update-response-Content-Type 304-etag-update-response-Clear-Site-Data 304-etag-update-response-ETag
      304-etag-update-response-Expires 304-etag-update-response-Public-Key-Pins 304-etag-update-response-Set-Cookie
      304-etag-update-response-Set-Cookie2 304-etag-update-response-X-Frame-Options
      304-etag-update-response-X-XSS-Protection head-writethrough invalidate-POST-failed invalidate-PUT-failed
      invalidate-DELETE-failed other-authorization-public other-authorization-must-revalidate
      other-authorization-smaxage other-age-gen other-age-update-expires other-age-update-max-age other-date-update
      query-args-different query-args-same other-fresh-content-disposition-attachment other-set-cookie other-cookie
      surrogate-max-age-other-target surrogate-max-age-age surrogate-max-age-space-before-equals
      surrogate-max-age-space-after-equals surrogate-max-age-0 surrogate-no-store surrogate-remove-header
    `),
  },
  {
    source: 'RangeGETs',
    outcome: 'pass',
    ids: words(`
      partial-store-complete-reuse-partial partial-store-complete-reuse-partial-no-last
      partial-store-complete-reuse-partial-suffix partial-use-headers partial-use-stored-headers
    `),
  },
  {
    source: 'RequestAndResponseBehaviorCustomOrigin, "Conditional requests"',
    outcome: 'pass',
    ids: words(`
      conditional-lm-fresh conditional-lm-fresh-earlier conditional-lm-stale conditional-lm-fresh-rfc850
      conditional-etag-strong-respond conditional-304-etag conditional-etag-precedence conditional-etag-weak-respond
      conditional-etag-strong-respond-multiple-first conditional-etag-strong-respond-multiple-second
      conditional-etag-strong-respond-multiple-last conditional-etag-vary-headers
      conditional-etag-vary-headers-mismatch conditional-etag-strong-generate conditional-etag-weak-generate-weak
      conditional-etag-forward
    `),
  },
  {
    source: 'RequestAndResponseBehaviorCustomOrigin, "HTTP response headers that CloudFront removes or replaces"',
    outcome: 'pass',
    ids: words(`
      vary-match vary-cache-key vary-2-match vary-3-match vary-3-omit vary-star vary-normalise-combine
      vary-normalise-lang-order vary-normalise-lang-case vary-normalise-lang-space vary-normalise-lang-select
      vary-normalise-space vary-syntax-star vary-syntax-star-star vary-syntax-star-star-lines vary-syntax-empty-star
      vary-syntax-empty-star-lines vary-syntax-star-foo vary-syntax-foo-star
    `),
  },
  {
    source: 'Expiration: without a lifetime the default TTL counts, 0 in this distribution',
    outcome: 'fail',
    ids: words(`
      heuristic-200-cached heuristic-203-cached heuristic-204-cached heuristic-410-cached heuristic-599-cached
      heuristic-delta-5 heuristic-delta-10 heuristic-delta-30 heuristic-delta-60 heuristic-delta-300
      heuristic-delta-600 heuristic-delta-1200 heuristic-delta-1800 heuristic-delta-3600 heuristic-delta-43200
      heuristic-delta-86400 pragma-response-no-cache-heuristic other-heuristic-content-disposition-attachment
    `),
  },
  {
    source: "HTTPStatusCodes; the suite's Expires is neither max-age nor s-maxage",
    outcome: 'fail',
    ids: words(`
      status-400-fresh
    `),
  },
  {
    source: 'HTTPStatusCodes: an unreachable origin is a 5xx, and expired objects are served',
    outcome: 'fail',
    ids: words(`
      stale-close-must-revalidate stale-close-proxy-revalidate stale-close-no-cache stale-close-s-maxage=2
    `),
  },
  {
    source: 'HTTPStatusCodes: not among the statuses that are cached',
    outcome: 'fail',
    ids: words(`
      status-299-fresh status-499-fresh status-599-fresh
    `),
  },
  {
    source: 'HTTPStatusCodes: these errors are always cached, 10 seconds by default',
    outcome: 'fail',
    ids: words(`
      heuristic-502-not_cached heuristic-503-not_cached heuristic-504-not_cached status-404-stale status-500-stale
      status-502-stale status-503-stale status-504-stale
    `),
  },
  {
    source: 'inferred',
    outcome: 'fail',
    ids: words(`
      conditional-lm-fresh-no-lm
    `),
  },
  {
    source: 'inferred: an answer to HEAD is kept for HEADs alone and updates nothing',
    outcome: 'fail',
    ids: words(`
      head-200-retain head-200-freshness-update
    `),
  },
  {
    source: 'inferred: entity tags are compared as RFC 9110 8.8.3 writes them',
    outcome: 'fail',
    ids: words(`
      conditional-etag-strong-respond-obs-text conditional-etag-quoted-respond-unquoted
      conditional-etag-unquoted-respond-unquoted conditional-etag-unquoted-respond-quoted
      conditional-etag-weak-respond-lowercase conditional-etag-weak-respond-backslash
      conditional-etag-weak-respond-omit-slash conditional-etag-strong-generate-unquoted
      conditional-etag-forward-unquoted
    `),
  },
  {
    source: 'inferred: how malformed or repeated values are read',
    outcome: 'fail',
    ids: words(`
      freshness-max-age-date freshness-max-age-space-before-equals freshness-max-age-space-after-equals
      freshness-max-age-a100 freshness-max-age-two-stale-fresh-sameline freshness-max-age-two-stale-fresh-sepline
      freshness-expires-rfc850 freshness-expires-invalid-aest freshness-expires-invalid-2-digit-year
      freshness-expires-invalid-time-periods freshness-expires-invalid-multiple-lines
    `),
  },
  {
    source: 'inferred: objects leave by time and by invalidation, not by other methods',
    outcome: 'fail',
    ids: words(`
      invalidate-POST invalidate-PUT invalidate-DELETE invalidate-POST-location invalidate-PUT-location
      invalidate-DELETE-location invalidate-POST-cl invalidate-PUT-cl invalidate-DELETE-cl
    `),
  },
  {
    source: 'inferred: Surrogate-Control is not documented',
    outcome: 'fail',
    ids: words(`
      surrogate-max-age surrogate-max-age-max surrogate-max-age-max-plus surrogate-max-age-me-target
      surrogate-max-age-extension surrogate-max-age-case-insensitive surrogate-max-age-expires
      surrogate-max-age-cc-max-age-invalid-expires surrogate-max-age-0-expires surrogate-max-age-short-cc-max-age
      surrogate-max-age-long-cc-max-age surrogate-no-store-cc-fresh surrogate-fresh-cc-nostore
      surrogate-append-capabilities
    `),
  },
  {
    source: 'inferred: the first number in Age counts',
    outcome: 'fail',
    ids: words(`
      age-parse-nonnumeric age-parse-negative age-parse-prefix-twoline age-parse-dup-0 age-parse-dup-0-twoline
      age-parse-dup-old
    `),
  },
  {
    source: "inferred: the suite's Content-Range does not fit its body, so it is not stored",
    outcome: 'fail',
    ids: words(`
      partial-store-partial-reuse-partial partial-store-partial-reuse-partial-byterange
      partial-store-partial-reuse-partial-absent partial-store-partial-reuse-partial-suffix
      partial-store-partial-complete
    `),
  },
  {
    source: 'inferred: Warning is obsolete (RFC 9111 5.5)',
    outcome: 'fail',
    ids: words(`
      stale-warning-stored stale-warning-become
    `),
  },
  {
    source: 'RequestAndResponseBehaviorCustomOrigin, "HTTP methods": M-SEARCH is not supported',
    outcome: 'fail',
    ids: words(`
      invalidate-M-SEARCH-location
    `),
  },
  {
    source: 'http-3xx-status-codes, page of 2025: 307 and 308 are cached only with Cache-Control, which these have not',
    outcome: 'fail',
    ids: words(`
      status-307-fresh status-308-fresh
    `),
  },
  {
    source: 'RequestAndResponseBehaviorCustomOrigin, "HTTP methods": only GET, HEAD and OPTIONS are cached',
    outcome: 'fail',
    ids: words(`
      method-POST
    `),
  },
  {
    source:
      'RequestAndResponseBehaviorCustomOrigin, "HTTP response headers that CloudFront removes or replaces": Vary is no part of the key',
    outcome: 'fail',
    ids: words(`
      vary-no-match vary-omit-stored vary-omit vary-2-no-match vary-2-match-omit vary-3-no-match vary-3-order
    `),
  },
  {
    source:
      'RequestAndResponseBehaviorCustomOrigin, the row Authorization: it counts only where the cache policy names it',
    outcome: 'fail',
    ids: words(`
      other-authorization
    `),
  },
  {
    source:
      "RequestAndResponseBehaviorCustomOrigin: the viewer's Cache-Control and Pragma are forwarded and do not steer the cache",
    outcome: 'fail',
    ids: words(`
      ccreq-ma0 ccreq-ma1 ccreq-magreaterage ccreq-max-stale ccreq-max-stale-age ccreq-min-fresh ccreq-min-fresh-age
      ccreq-no-cache ccreq-no-cache-lm ccreq-no-cache-etag ccreq-no-store ccreq-oic
    `),
  },
  {
    source: 'inferred: an answer to HEAD is kept for HEADs alone and updates nothing',
    outcome: 'setup',
    ids: words(`
      head-200-update head-410-update
    `),
  },
  {
    source: 'inferred: no-cache with field names counts as no-cache',
    outcome: 'setup',
    ids: words(`
      headers-omit-headers-listed-in-Cache-Control-no-cache-single
      headers-omit-headers-listed-in-Cache-Control-no-cache
    `),
  },
  {
    source: 'RequestAndResponseBehaviorCustomOrigin, "HTTP methods": M-SEARCH is not supported',
    outcome: 'setup',
    ids: words(`
      invalidate-M-SEARCH invalidate-M-SEARCH-failed invalidate-M-SEARCH-cl
    `),
  },
  {
    source:
      'RequestAndResponseBehaviorCustomOrigin, "HTTP response headers that CloudFront removes or replaces": Vary is no part of the key',
    outcome: 'setup',
    ids: words(`
      vary-invalidate
    `),
  },
]

function words(text: string): string[] {
  return text.trim().split(/\s+/)
}
