// dependency-cruiser reads TypeScript through the compiler's JavaScript API, which TypeScript 7 no longer has.
// Beside TypeScript 7 it skips every .ts file and reports "no violations". This file gives it the TypeScript 6
// that this package declares; the rest of the repository keeps using TypeScript 7. See docs/decisions/0004.

import { createRequire, registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

const own = createRequire(import.meta.url)

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (!isCompiler(specifier) || !context.parentURL?.includes('/node_modules/dependency-cruiser/')) {
      return nextResolve(specifier, context)
    }
    return {
      url: pathToFileURL(own.resolve(specifier)).href,
      format: specifier.endsWith('.json') ? 'json' : 'commonjs',
      shortCircuit: true,
    }
  },
})

function isCompiler(specifier: string): boolean {
  return specifier === 'typescript' || specifier.startsWith('typescript/')
}
