// The API's description without a running API: for docs/generated/openapi.json.
import { buildApp } from './build-app.ts'
import { depsForReading } from './deps-for-reading.ts'

/** The OpenAPI 3.1 document, as served at /api/openapi.json. */
export async function buildOpenApiDocument(): Promise<object> {
  const app = await buildApp(depsForReading)
  try {
    return app.swagger()
  } finally {
    await app.close()
  }
}
