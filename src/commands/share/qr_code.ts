/**
 * A QR code (ISO/IEC 18004) in the block characters of a dark terminal.
 *
 * @param columns of the terminal
 * @returns undefined where it would not fit
 */
export async function qrCode(text: string, columns: number): Promise<string | undefined> {
  const { renderUnicodeCompact } = await import("uqr");
  const code = renderUnicodeCompact(text, { ecc: "L", border: 2 });
  return code.indexOf("\n") > columns ? undefined : code;
}
