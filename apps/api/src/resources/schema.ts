// Pieces that schemas are made of.
import { type Static, type TObject, type TProperties, type TSchema, Type } from 'typebox'

/** A UUID as text. */
export const Uuid = (description?: string) =>
  Type.String({ format: 'uuid', ...(description ? { description } : {}) })

/** An instant, RFC 3339. */
export const Time = (description?: string) =>
  Type.String({ format: 'date-time', ...(description ? { description } : {}) })

/** One of a list of words. */
export function OneOf<const Words extends readonly string[]>(words: Words, more: object = {}) {
  return Type.Unsafe<Words[number]>({ type: 'string', enum: [...words], ...more })
}

/** The same, or null; as OpenAPI 3.1 says it. */
export function Nullable<Schema extends TSchema & { type?: unknown; enum?: unknown[] }>(schema: Schema) {
  const values = schema.enum ? { enum: [...schema.enum, null] } : {}
  return Type.Unsafe<Static<Schema> | null>({ ...schema, type: [schema.type, 'null'], ...values })
}

/** A field that may be left out, because then it has this value. */
export function Defaulted<Schema extends TSchema>(schema: Schema, value: Static<Schema>): Schema {
  // Optional in the description, but never missing once checked: the type says the latter.
  return Type.Optional({ ...schema, default: value } as TSchema) as unknown as Schema
}

/** A body: nothing but these fields. */
export function Body<Properties extends TProperties>(
  properties: Properties,
  options: object = {},
): TObject<Properties> {
  return Type.Object(properties, { additionalProperties: false, ...options })
}

/** A schema with a name in the API's description. */
export function Named<Properties extends TProperties>(
  name: string,
  properties: Properties,
): TObject<Properties> {
  return Type.Object(properties, { $id: name })
}

/** Refers to a named schema. */
export function Ref<Schema extends TSchema>(schema: Schema) {
  return Type.Unsafe<Static<Schema>>({ $ref: `${(schema as { $id?: string }).$id}#` })
}

/** What a list answers. */
export function PageOf<Schema extends TSchema>(schema: Schema) {
  return Type.Object({
    items: Type.Array(Ref(schema)),
    next_cursor: Nullable(
      Type.String({ description: 'Pass as `cursor` for the next page; null on the last one.' }),
    ),
  })
}

export const ProblemSchema = Named('Problem', {
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String({ description: 'Stable; see the list of errors.' }),
  detail: Type.Optional(Type.String()),
  instance: Type.String({ description: 'Names this request in the log.' }),
  errors: Type.Optional(Type.Array(Type.Object({ field: Type.String(), message: Type.String() }))),
})

/** Every route's answers: what it gives, and problems for all else. */
export function answers<Status extends number, Schema extends TSchema>(status: Status, schema: Schema) {
  const problem = (description: string) => ({
    description,
    content: { 'application/problem+json': { schema: Ref(ProblemSchema) } },
  })
  const all = {
    [status]: schema,
    '4xx': problem('Refused; `code` says why.'),
    '5xx': problem('Failed on our side.'),
  }
  return all as unknown as { [Key in Status]: Schema }
}

/** Address of one thing. Any text: one that is no id names nothing, which is 404 and not 400. */
export const IdParams = Type.Object({ id: Type.String({ maxLength: 64 }) })

export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      description: 'The same key with the same request gives the same answer, and no second effect.',
    }),
  ),
})

export function isoTime(time: Date): string {
  return time.toISOString()
}

export function isoTimeOrNull(time: Date | null): string | null {
  return time === null ? null : time.toISOString()
}
