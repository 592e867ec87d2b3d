import type { Command } from 'commander'

export function registerFuzz(_program: Command): void {}
