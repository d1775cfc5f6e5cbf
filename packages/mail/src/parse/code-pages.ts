// Windows code pages by number, as MAPI and RTF name them.
import { charsetOf, windows1252 } from './charset-labels.ts'

const names: Readonly<Record<number, string>> = {
  437: 'ibm437',
  850: 'ibm850',
  866: 'ibm866',
  874: 'windows-874',
  932: 'shift_jis',
  936: 'gbk',
  949: 'euc-kr',
  950: 'big5',
  10000: 'macintosh',
  20127: 'us-ascii',
  20866: 'koi8-r',
  20932: 'euc-jp',
  21866: 'koi8-u',
  50220: 'iso-2022-jp',
  50221: 'iso-2022-jp',
  50222: 'iso-2022-jp',
  51932: 'euc-jp',
  51936: 'gb2312',
  51949: 'euc-kr',
  52936: 'gb2312',
  54936: 'gb18030',
  65001: 'utf-8',
}

/** The text of `bytes`; an unknown code page is taken for Windows-1252. Never throws. */
export function textOfCodePage(bytes: Uint8Array, codePage: number): string {
  const name = nameOf(codePage)
  return ((name && charsetOf(name)) || windows1252).decode(bytes)
}

function nameOf(codePage: number): string | undefined {
  if (codePage >= 1250 && codePage <= 1258) return `windows-${codePage}`
  if (codePage >= 28591 && codePage <= 28605) return `iso-8859-${codePage - 28590}`
  return names[codePage]
}
