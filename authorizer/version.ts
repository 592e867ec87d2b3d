/** The package's version, which `tools/release.ts` sets. Only the library has it, never a bundle. */
export const version = '0.1.0'
