// Inline styles that change how words look and nothing else: no place outside the text, nothing on top of anything,
// nothing hidden, nothing fetched. A declaration that is not understood to the last character is dropped.

/** Longest style attribute that is read, UTF-16 units, and how many declarations of it. */
const maxStyle = 8192
const maxDeclarations = 60

/** What a unit is in pixels, roughly: for bounds. */
const pixels: Readonly<Record<string, number>> = {
  '': 1,
  px: 1,
  pt: 1.34,
  pc: 16,
  em: 16,
  rem: 16,
  ex: 8,
  in: 96,
  cm: 38,
  mm: 4,
}
/** Of the width of the text; of the font size where a font is meant. */
const maxPercent = 100

type Judge = (value: string) => boolean

const oneOf = (...words: string[]): Judge => {
  const known = new Set(words)
  return (value) => known.has(value)
}
const colour: Judge = (value) =>
  /^(?:#[0-9a-f]{3,8}|[a-z]{3,20}|rgba?\([\d.,%]{1,40}\))$/.test(value) && value !== 'expression'
/** A length of `min` to `max` pixels, never negative. */
const length =
  (max: number, min = 0): Judge =>
  (value) => {
    const [, number, unit = ''] = /^(\d{1,4}(?:\.\d{1,4})?|\.\d{1,4})([a-z]{2,3}|%)?$/.exec(value) ?? []
    if (number === undefined) return false
    if (unit === '%') return min === 0 && Number(number) <= maxPercent
    const unitPixels = pixels[unit]
    if (unitPixels === undefined) return false
    const size = Number(number) * unitPixels
    return size >= min && size <= max
  }
const either =
  (...judges: Judge[]): Judge =>
  (value) =>
    judges.some((judge) => judge(value))
/** One to `max` words, each of which `judge` lets pass. */
const words =
  (max: number, judge: Judge): Judge =>
  (value) => {
    const parts = value.split(' ')
    return parts.length <= max && parts.every(judge)
  }

const lineStyle = oneOf('none', 'solid', 'dashed', 'dotted', 'double', 'groove', 'ridge', 'inset', 'outset')
const lineWidth = either(length(20), oneOf('thin', 'medium', 'thick'))
const line = words(3, either(lineWidth, lineStyle, colour))
const space = length(200)
const margin = either(space, oneOf('auto'))
const fontSize = either(
  length(72, 6),
  (value) => /^(?:[5-9]\d|[12]\d\d|300)%$/.test(value),
  oneOf('xx-small', 'x-small', 'small', 'medium', 'large', 'x-large', 'xx-large', 'smaller', 'larger'),
)
const block = either(length(2000), oneOf('auto'))

const sides = ['top', 'right', 'bottom', 'left']
const eachSide = (property: string, judge: Judge, ending = '') =>
  sides.map((side) => [`${property}-${side}${ending}`, judge] as const)

const properties: ReadonlyMap<string, Judge> = new Map<string, Judge>([
  ['background', colour],
  ['background-color', colour],
  ['border', line],
  ...eachSide('border', line),
  ['border-collapse', oneOf('collapse', 'separate')],
  ['border-color', words(4, colour)],
  ...eachSide('border', colour, '-color'),
  ['border-radius', length(100)],
  ['border-spacing', words(2, length(50))],
  ['border-style', words(4, lineStyle)],
  ...eachSide('border', lineStyle, '-style'),
  ['border-width', words(4, lineWidth)],
  ...eachSide('border', lineWidth, '-width'),
  ['color', colour],
  ['direction', oneOf('ltr', 'rtl')],
  // Without the quotes, which names need not have.
  ['font-family', (value) => /^[a-z0-9 ,_-]{1,300}$/.test(value)],
  ['font-size', fontSize],
  ['font-style', oneOf('normal', 'italic', 'oblique')],
  ['font-weight', either(oneOf('normal', 'bold', 'bolder', 'lighter'), (value) => /^[1-9]00$/.test(value))],
  ['height', block],
  ['line-height', either(length(100, 0.8), oneOf('normal'), (value) => /^(?:[89]\d|[12]\d\d)%$/.test(value))],
  [
    'list-style-type',
    oneOf('none', 'disc', 'circle', 'square', 'decimal', 'lower-alpha', 'upper-alpha', 'lower-roman'),
  ],
  ['margin', words(4, margin)],
  ...eachSide('margin', margin),
  ['max-width', block],
  ['padding', words(4, space)],
  ...eachSide('padding', space),
  ['text-align', oneOf('left', 'right', 'center', 'justify', 'start', 'end')],
  ['text-decoration', oneOf('none', 'underline', 'line-through')],
  ['vertical-align', oneOf('top', 'middle', 'bottom', 'baseline', 'sub', 'super', 'text-top', 'text-bottom')],
  ['white-space', oneOf('normal', 'nowrap', 'pre', 'pre-line', 'pre-wrap')],
  ['width', block],
  ['word-break', oneOf('normal', 'break-all', 'break-word', 'keep-all')],
])

/** The harmless declarations of a style attribute as `name:value;name:value`; empty when there are none. */
export function safeStyle(style: string): string {
  const kept: string[] = []
  for (const declaration of style.slice(0, maxStyle).split(';', maxDeclarations)) {
    const colon = declaration.indexOf(':')
    if (colon < 0) continue
    const name = declaration.slice(0, colon).trim().toLowerCase()
    const value = settled(name, declaration.slice(colon + 1))
    if (properties.get(name)?.(value)) kept.push(`${name}:${value}`)
  }
  return kept.join(';')
}

/** One spelling for what means the same: lower case, single spaces, none in lists, no `!important`. */
function settled(name: string, value: string): string {
  const plain = value
    .toLowerCase()
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '!important')
    .join(' ')
    .replace(/ ?([,()]) ?/g, '$1')
  const bare = plain.endsWith('!important') ? plain.slice(0, -'!important'.length) : plain
  return name === 'font-family' ? bare.replace(/["']/g, '') : bare
}

/** True when a style would fetch something: for telling how much was blocked. */
export function fetchesSomething(style: string): boolean {
  return /url|image|@import|src/i.test(style.slice(0, maxStyle).replace(/\\/g, ''))
}
