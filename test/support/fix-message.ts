/** Writes FIX messages for tests: fields as "35=X|34=7|…", BodyLength and CheckSum added. */
export const SOH = '\x01';

/** A whole message with right BodyLength and CheckSum around these fields. */
export function fixMessage(fields: string, begin = 'FIX.4.4'): string {
  const body = `${fields.replaceAll('|', SOH)}${fields.endsWith('|') ? '' : SOH}`;
  return withCheckSum(`8=${begin}${SOH}9=${body.length}${SOH}${body}`);
}

/** Adds the CheckSum to all that stands before it. */
export function withCheckSum(text: string): string {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum += text.charCodeAt(i);
  return `${text}10=${String(sum % 256).padStart(3, '0')}${SOH}`;
}
