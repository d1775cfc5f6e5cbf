// Words and bytes of made mail: of no meaning, and different in every mail, as people's are.

const vocabulary =
  'account again almost answer arrived attached because before billing booking broken button cannot change charged ' +
  'colleague contract could customer days delivery different email error every everything explain first friday help ' +
  'house invoice kind later letter login machine march money month morning number nobody order other paid parcel ' +
  'password please printer problem question reach receipt refund return screen second since something still street ' +
  'thanks thing today together tomorrow twice understand until update waiting wednesday week window wrong yesterday'

const words = vocabulary.split(' ')

export function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new RangeError('nothing to pick from')
  return item
}

/** So many words with a space between them. */
export function someWords(count: number, random: () => number): string {
  return Array.from({ length: count }, () => pick(words, random)).join(' ')
}

/** Lines of ten words. */
export function someLines(count: number, random: () => number): string {
  return Array.from({ length: count }, () => someWords(10, random)).join('\r\n')
}

export function someBytes(count: number, random: () => number): Buffer {
  const bytes = Buffer.alloc(Math.ceil(count / 4) * 4)
  for (let at = 0; at < count; at += 4) bytes.writeUInt32LE(Math.floor(random() * 4_294_967_296), at)
  return bytes.subarray(0, count)
}

/** A subject as it stands in the header, as Latin-1: one byte is one character. The mark is read back from each. */
export const oddSubjects: readonly ((mark: string) => string)[] = [
  (mark) => `=?utf-8?Q?Gr=C3=BC=C3=9Fe_=E2=9C=89_${mark.replaceAll(' ', '_')}?=`,
  (mark) => `=?utf-8?B?${Buffer.from(`Größe ✉ ${mark}`).toString('base64')}?=`,
  (mark) => `=?iso-8859-1?Q?R=E9clamation_${mark.replaceAll(' ', '_')}?=`,
  (mark) => `${mark} =?koi8-r?B?99DS38/T?=`,
  (mark) => `${mark} =?iso-2022-jp?B?GyRCTGRCahsoQg==?=`,
  (mark) => `=?utf-8?Q?=5B${mark.slice(1, 6)}?=\r\n =?utf-8?Q?${mark.slice(6).replaceAll(' ', '_')}?=`,
  // 8-bit without any word of a charset, in UTF-8 and in Latin-1: not allowed, and common.
  (mark) => Buffer.from(`Größenänderung ${mark}`).toString('latin1'),
  (mark) => `R\u00e9clamation ${mark}`,
  (mark) => `=?no-such-charset?Q?=FF=FE?= ${mark}`,
  (mark) => `folded and\r\n\t${mark}`,
]
