// Which files are accepted. Uploads that are not are refused; parts of a mail are kept and marked.

export interface AttachmentPolicy {
  /** `type/subtype`; `*` stands for any run of characters. Lower case. */
  readonly allowedTypes: readonly string[]
  /** Bytes. */
  readonly maxBytes: number
}

export type Restriction = 'type-not-allowed' | 'too-large'

/** Why a file of this type and size is not accepted; undefined when it is. */
export function restrictionOf(
  file: { contentType: string; size: number },
  policy: AttachmentPolicy,
): Restriction | undefined {
  if (file.size > policy.maxBytes) return 'too-large'
  return policy.allowedTypes.some((allowed) => matchesType(file.contentType, allowed))
    ? undefined
    : 'type-not-allowed'
}

/** Linear: the first place each piece fits is as good as any later one. */
function matchesType(contentType: string, allowed: string): boolean {
  const [first = '', ...rest] = allowed.split('*')
  const last = rest.pop()
  if (last === undefined) return contentType === allowed
  if (!contentType.startsWith(first)) return false
  let at = first.length
  for (const piece of rest) {
    const found = contentType.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return contentType.length - last.length >= at && contentType.endsWith(last)
}
