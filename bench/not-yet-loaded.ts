/**
 * Exit code of a measured process whose subject denied a valid request before anything was measured (EX_TEMPFAIL of
 * sysexits.h). Subjects fetch their keys under time-outs of their own, which a busy machine can exceed.
 */
export const notReadyCode = 75

/** Says that of a subject. */
export class NotReady extends Error {}

/** Makes an error that nobody catches the end of this process, with the code that tells whether to begin anew. */
export function exitOnFailure(): void {
  process.on('uncaughtException', (error) => {
    console.error(error)
    process.exit(error instanceof NotReady ? notReadyCode : 1)
  })
}
