import { zipSync } from 'fflate'

/** The function's deployment package: one file, `index.js`, with a fixed date, so that the same code gives the same bytes. */
export function functionZip(code: string): Uint8Array {
  // A zip entry's date has no time zone; this constructor's local time is what is stored.
  return zipSync({ 'index.js': [Buffer.from(code), { mtime: new Date(1980, 0, 1) }] }, { level: 9 })
}
