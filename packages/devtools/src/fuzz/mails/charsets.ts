// Character sets of made mails: a phrase, and its bytes as text of one character per byte (latin1).
export interface Charset {
  readonly label: string
  readonly phrase: string
  readonly bytes: string
}

const row = (label: string, phrase: string, hex: string): Charset => ({
  label,
  phrase,
  bytes: Buffer.from(hex, 'hex').toString('latin1'),
})

export const charsets: readonly Charset[] = [
  row('us-ascii', 'plain words', '706c61696e20776f726473'),
  row('utf-8', 'Grüße, 世界', '4772c3bcc39f652c20e4b896e7958c'),
  row('iso-8859-1', 'Grüße für Zoë', '4772fcdf652066fc72205a6feb'),
  row('windows-1252', 'naïve “café” €', '6e61ef76652093636166e9942080'),
  row('koi8-r', 'Привет, друзья', 'f0d2c9d7c5d42c20c4d2d5dad8d1'),
  row('iso-2022-jp', 'こんにちは', '1b244224332473244b2441244f1b2842'),
  row('gb18030', '你好，世界', 'c4e3bac3a3accac0bde7'),
  row('shift_jis', 'こんにちは', '82b182f182c982bf82cd'),
]
