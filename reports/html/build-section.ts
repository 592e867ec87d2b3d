import { typedCommand } from '../../command/typed-command.ts'
import { checkValue } from './check-value.ts'
import { html } from './markup.ts'
import type { Section } from './section.ts'

export const buildSection: Section = {
  id: 'package',
  title: 'Package',
  question: 'Does CloudFront take what is uploaded?',
  document: 'build',
  folds: true,
  method:
    'The bundle with the policy baked in, zipped as it is uploaded, against the quota of a viewer-request function.',
  command: () => typedCommand('build'),
  answer: (source) => html`${checkValue(source, 'build.package')} zipped.`,
}
