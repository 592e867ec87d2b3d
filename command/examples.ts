import type { Command } from 'commander'
import { typedCommand } from './typed-command.ts'

/** Command → an example of it, both without the program's name. */
const examples: Readonly<Record<string, string>> = {
  run: 'run --out results',
  check: 'check --policy policy.json',
  build: 'build --policy policy.json --out results',
  size: 'size --policy policy.json',
  bench: 'bench --suites start,jwks',
  gate: 'gate --base origin/main',
  fuzz: 'fuzz --handler index.js --policy policy.json',
  'fuzz run': 'fuzz run --handler dist/index.js --seconds 60',
  'fuzz replay': 'fuzz replay results/fuzz-findings/case.json',
  'fuzz exhaustive': 'fuzz exhaustive --family signature',
  'fuzz effectiveness': 'fuzz effectiveness --flaw none --seeds 5',
  'fuzz rates': 'fuzz rates --handler dist/index.js',
  'fuzz wycheproof': 'fuzz wycheproof --target ours',
  edge: 'edge --template template.json',
  load: 'load --scenario steady --rate 500',
  'load run': 'load run --scenario steady --rate 500',
  'load script': 'load script script.js --segments 2',
  'load merge': 'load merge pod-1.ndjson pod-2.ndjson',
  'load logs': 'load logs access.log.gz',
  'load operator': 'load operator --target cdk-outputs.json',
  capacity: 'capacity --handler dist/index.js',
  tokens: 'tokens --users 10',
  plan: 'plan --out results',
  report: 'report --out results --history runs',
}

/** Ends the help of every command below `program` with an example; one that says its own has none here. */
export function addExamples(program: Command, parents = ''): void {
  for (const command of program.commands) {
    const path = `${parents}${command.name()}`
    const example = examples[path]
    if (example !== undefined) command.addHelpText('after', () => `\nExample: ${typedCommand(example)}`)
    addExamples(command, `${path} `)
  }
}
