import { pathSegments } from '../authorizer/path-segments.ts'

/** A decoded path as it stands in a URI. */
export function encodedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

/** What is wrong with the name of an index document. */
export function indexFault(name: string): string | undefined {
  return isPath(`/${name}`) && !/[/{}*]/.test(name) && name !== ''
    ? undefined
    : 'should be the name of one object, such as "index.html", without "/"'
}

/** What is wrong with the path of an app's shell. */
export function appFault(path: string): string | undefined {
  return path[0] === '/' && isPath(path) && !/[{}*]|\/$/.test(path)
    ? undefined
    : 'should be the path of one object, such as "/app/index.html"'
}

/** Whether a decoded path has a well-formed URI. */
function isPath(path: string): boolean {
  return path.isWellFormed() && pathSegments(encodedPath(path)) !== undefined
}
