import { denyCases } from '../deny-cases.ts'

const titles = new Map<string, string>([
  ['warm', 'warm (keys cached, token never seen)'],
  ['hot', 'hot (token seen)'],
  ['warm-cookie', 'warm, ID token in a cookie'],
  ['hot-cookie', 'hot, ID token in a cookie'],
  ...denyCases.map(({ id, title }) => [id, title] as const),
])

export function caseTitle(id: string): string {
  return titles.get(id) ?? id
}
