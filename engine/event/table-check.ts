/**
 * Checks that bytes are a FlatBuffers table of a given shape before anything reads them: offsets,
 * vtable, every field, string and vector lie inside the bytes. FlatBuffers for JavaScript has no
 * such verifier and reads past the end as NaN; a damaged journal record must become an error
 * instead.
 */

/** Bytes of a scalar field, or what the field points to. */
export type FieldShape = 1 | 2 | 4 | 8 | 'string' | 'doubles';

/** Undefined when the bytes are sound, else what is wrong with them. */
export function tableFault(bytes: Uint8Array, fields: readonly FieldShape[]): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) return 'too short';
  const table = view.getUint32(0, true);
  if (table % 4 !== 0 || table + 4 > bytes.length) return 'the table lies outside';
  const vtable = table - view.getInt32(table, true);
  if (vtable < 4 || vtable % 2 !== 0 || vtable + 4 > bytes.length) return 'the vtable lies outside';
  const vtableBytes = view.getUint16(vtable, true);
  const tableBytes = view.getUint16(vtable + 2, true);
  if (vtableBytes < 4 || vtableBytes % 2 !== 0) return 'the vtable has no sensible length';
  if (vtable + vtableBytes > bytes.length) return 'the vtable is cut off';
  if (tableBytes < 4 || table + tableBytes > bytes.length) return 'the table is cut off';
  for (let index = 0; index < fields.length; index++) {
    const entry = 4 + index * 2;
    if (entry + 2 > vtableBytes) break; // written before the field was added to the schema
    const place = view.getUint16(vtable + entry, true);
    if (place === 0) continue; // left out: its default
    const fault = fieldFault(view, table, { place, tableBytes, shape: fields[index]! });
    if (fault !== undefined) return `field ${index}: ${fault}`;
  }
  return undefined;
}

interface Field {
  readonly place: number;
  readonly tableBytes: number;
  readonly shape: FieldShape;
}

function fieldFault(view: DataView, table: number, field: Field): string | undefined {
  const inline = typeof field.shape === 'number' ? field.shape : 4;
  if (field.place < 4 || field.place + inline > field.tableBytes) return 'outside the table';
  if (typeof field.shape === 'number') return undefined;
  const at = table + field.place;
  const start = at + view.getUint32(at, true);
  if (start + 4 > view.byteLength) return 'points outside';
  const count = view.getUint32(start, true);
  const end = start + 4 + count * (field.shape === 'doubles' ? 8 : 1);
  return end > view.byteLength ? 'is cut off' : undefined;
}

/** Every integer of ours is below 2^53; a larger one in a record is damage. */
export function safeInteger(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is no integer of ours`);
  return number;
}
