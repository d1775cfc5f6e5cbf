// Which files are accepted. Uploads that are not are refused; parts of a mail are kept and marked.

export interface AttachmentPolicy {
  /** `type/subtype`; `*` stands for any run of characters. Lower case. */
  readonly allowedTypes: readonly string[]
  /** Bytes. */
  readonly maxBytes: number
}

export type Restriction = 'type-not-allowed' | 'too-large'

/** Why a file of this type and size is not accepted; undefined when it is. */
export function restrictionOf(file: { contentType: string; size: number }, policy: AttachmentPolicy): Restriction | undefined {
  if (file.size > policy.maxBytes) return 'too-large'
  return policy.allowedTypes.some((allowed) => matchesType(file.contentType, allowed)) ? undefined : 'type-not-allowed'
}

function matchesType(contentType: string, allowed: string): boolean {
  const star = allowed.indexOf('*')
  if (star < 0) return contentType === allowed
  const [before, after] = [allowed.slice(0, star), allowed.slice(star + 1)]
  return contentType.length >= before.length + after.length && contentType.startsWith(before) && contentType.endsWith(after)
}
