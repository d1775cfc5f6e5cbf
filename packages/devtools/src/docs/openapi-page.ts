import { buildOpenApiDocument } from '@maildesk/api'

/** docs/generated/openapi.json: the HTTP API as the routes' own schemas describe it. */
export async function describeApi(): Promise<string> {
  return `${JSON.stringify(await buildOpenApiDocument(), null, 2)}\n`
}
