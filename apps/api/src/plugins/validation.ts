// Schemas → checks that name every field at fault. Bodies are taken as they are; only what a query string cannot say
// (numbers, booleans, lists of one) is converted.
import { type FieldError, invalidFields, isUsableAddress } from '@maildesk/core'
import { Ajv, type ErrorObject, type Options } from 'ajv'
import type { FastifySchemaCompiler } from 'fastify'

/** RFC 9562 §4, without the `urn:uuid:` that PostgreSQL does not read. */
export const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
/** RFC 3339 §5.6. */
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i

const options: Options = {
  allErrors: true,
  strict: true,
  removeAdditional: false,
  useDefaults: true,
  formats: {
    uuid: uuidPattern,
    email: isUsableAddress,
    'date-time': (text: string) => timePattern.test(text) && !Number.isNaN(Date.parse(text)),
    binary: true,
  },
}
const strict = new Ajv({ ...options, coerceTypes: false })
const coercing = new Ajv({ ...options, coerceTypes: 'array' })

/** Compiles a route's schema. What passes holds no text that the database would refuse. */
export const compileValidator: FastifySchemaCompiler<object> = ({ schema, httpPart }) => {
  const validate = (httpPart === 'querystring' ? coercing : strict).compile(schema)
  return (data: unknown) => {
    const errors = validate(data) ? [] : (validate.errors ?? []).map(fieldErrorOf)
    errors.push(...unstorableText(data))
    return errors.length > 0 ? { error: invalidFields(...errors) } : { value: data }
  }
}

function fieldErrorOf({ instancePath, keyword, params, message }: ErrorObject): FieldError {
  const path = instancePath.slice(1).split('/').filter(Boolean)
  switch (keyword) {
    case 'required':
      return { field: dotted([...path, params.missingProperty]), message: 'is required' }
    case 'additionalProperties':
      return { field: dotted([...path, params.additionalProperty]), message: 'is not known here' }
    case 'enum':
      return { field: dotted(path), message: `must be one of ${params.allowedValues.join(', ')}` }
    default:
      return { field: dotted(path), message: message ?? `fails ${keyword}` }
  }
}

function dotted(path: readonly string[]): string {
  return path.join('.') || 'body'
}

/** Text with NUL or broken surrogates anywhere in a value: PostgreSQL stores neither. */
export function unstorableText(value: unknown, path: readonly string[] = []): FieldError[] {
  if (typeof value === 'string') {
    if (value.includes('\u0000')) return [{ field: dotted(path), message: 'must not contain NUL' }]
    return value.isWellFormed()
      ? []
      : [{ field: dotted(path), message: 'must not contain broken surrogate pairs' }]
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => unstorableText(inner, [...path, key]))
}
