/** Lists of a frame as arrays: FlatBuffers gives them one by one, and may give null. */
export function rowsOf<Row>(count: number, at: (index: number) => Row | null): Row[] {
  const rows: Row[] = [];
  for (let index = 0; index < count; index++) {
    const row = at(index);
    if (row !== null) rows.push(row);
  }
  return rows;
}
