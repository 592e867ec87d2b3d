import type { Command } from 'commander'

export function registerBundle(_program: Command): void {}
