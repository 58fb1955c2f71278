/** Text of the settings as FIX text, which is one character a byte: UTF-8 on the wire. */
export const wireText = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
