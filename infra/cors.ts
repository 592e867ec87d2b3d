/** What pages of the allowed origins may send and read; the bucket's rules and the distribution's say the same. */

/** Beyond the headers that need no leave (Fetch standard, "CORS-safelisted request-header"). */
export const corsRequestHeaders = ['Authorization', 'Cache-Control', 'If-Modified-Since', 'If-None-Match', 'Range']
/** Beyond the headers that scripts may always read (Fetch standard, "CORS-safelisted response-header name"). */
export const corsResponseHeaders = ['Accept-Ranges', 'Content-Range', 'ETag']
/** Seconds that a browser may remember the answer to a preflight. */
export const corsMaxAge = 3600
