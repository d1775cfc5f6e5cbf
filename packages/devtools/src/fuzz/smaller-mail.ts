// A failing mail with the lines left out that it does not need to fail.

/**
 * Leaves out ever smaller stretches of lines, then characters, as long as the mail still fails.
 * @param maxTries how often `fails` may be asked.
 */
export async function smallerMail(
  raw: Buffer,
  fails: (raw: Buffer) => Promise<boolean>,
  maxTries: number,
): Promise<Buffer> {
  let tries = maxTries
  const ask = async (pieces: readonly string[]) => {
    tries -= 1
    return tries >= 0 && (await fails(Buffer.from(pieces.join(''), 'latin1')))
  }
  const lines = await fewerPieces(raw.toString('latin1').split(/(?<=\n)/), ask)
  const characters = lines.join('').length <= 400 ? await fewerPieces([...lines.join('')], ask) : lines
  return Buffer.from(characters.join(''), 'latin1')
}

async function fewerPieces(
  pieces: readonly string[],
  fails: (pieces: readonly string[]) => Promise<boolean>,
): Promise<readonly string[]> {
  let kept = pieces
  for (
    let length = Math.ceil(pieces.length / 2);
    length >= 1;
    length = length === 1 ? 0 : Math.ceil(length / 2)
  ) {
    for (let at = 0; at < kept.length; ) {
      const fewer = [...kept.slice(0, at), ...kept.slice(at + length)]
      if (await fails(fewer)) kept = fewer
      else at += length
    }
  }
  return kept
}
