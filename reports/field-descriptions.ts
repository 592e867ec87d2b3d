import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'oxc-parser'

/**
 * What the comments above an interface's fields say: name of the interface, then of the field. Types and JSON Schemas are read in
 * editors, and both shall tell the same.
 */
export function fieldDescriptions(source: URL): Record<string, Record<string, string>> {
  const file = fileURLToPath(source)
  const { program, comments } = parseSync(file, readFileSync(file, 'utf8'))
  const interfaces: Record<string, Record<string, string>> = {}
  for (const statement of program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type !== 'TSInterfaceDeclaration') continue
    let from = declaration.body.start
    const fields: Record<string, string> = {}
    interfaces[declaration.id.name] = fields
    for (const member of declaration.body.body) {
      const comment = comments.findLast(({ start, end }) => start >= from && end <= member.start)
      if (comment && member.type === 'TSPropertySignature' && member.key.type === 'Identifier')
        fields[member.key.name] = comment.value
          .replace(/^\s*\*+|\s*$/gm, '')
          .replace(/\s+/g, ' ')
          .trim()
      from = member.end
    }
  }
  return interfaces
}
