/**
 * What the transform AWS::Serverless-2016-10-31 makes of functions (AWS SAM Developer Guide, "AWS::Serverless::Function"
 * and "Globals section of the AWS SAM template"), as far as a distribution can refer to them.
 */
import type { TemplateResource } from './intrinsics.ts'

type Resources = Record<string, TemplateResource>

/** The template's resources, its functions as AWS::Lambda::Function, each with the version that `Ref Name.Version` names. */
export function withoutServerless(template: Record<string, unknown>, resources: Resources): Resources {
  const globals = (template.Globals as { Function?: Record<string, unknown> } | undefined)?.Function ?? {}
  return Object.fromEntries(
    Object.entries(resources).flatMap(([id, resource]) => {
      if (resource.Type !== 'AWS::Serverless::Function') return [[id, resource]]
      const { CodeUri, InlineCode, ...properties } = { ...globals, ...resource.Properties }
      const version: TemplateResource = {
        Type: 'AWS::Lambda::Version',
        Properties: { FunctionName: { Ref: id } },
        ...(resource.Condition !== undefined && { Condition: resource.Condition }),
      }
      return [
        [
          id,
          {
            ...resource,
            Type: 'AWS::Lambda::Function',
            Properties: { ...properties, Code: InlineCode === undefined ? codeOf(CodeUri) : { ZipFile: InlineCode } },
          },
        ],
        [`${id}.Version`, version],
        ...(properties.AutoPublishAlias === undefined ? [] : [[`${id}.Alias`, version] as const]),
      ]
    }),
  )
}

function codeOf(uri: unknown): unknown {
  return typeof uri === 'string' || uri === undefined ? { Directory: uri ?? '.' } : uri
}
