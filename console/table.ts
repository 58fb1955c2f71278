/**
 * A table that lives through ten updates a second: rows are kept by key, cells are text nodes written only
 * when their text changed, a row that stays is not moved (so focus stays too), and one that ends is removed.
 */
import { make } from './dom.ts';

export interface Column<Row> {
  readonly label: string;
  /** Numbers stand on the right. */
  readonly numeric?: boolean;
  text(row: Row): string;
  /** Class of the cell: up, down … */
  tone?(row: Row): string;
}

/** A button at the end of each row; pressed rows are named by their key. */
export interface RowAction<Row> {
  readonly heading: string;
  /** Empty: no button for this row. */
  label(row: Row): string;
  /** Said in full to those who do not see the row. */
  description(row: Row): string;
  press(row: Row): void;
}

export interface TableOptions<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  key(row: Row): string;
  readonly action?: RowAction<Row>;
  readonly empty: string;
  /** True while rows must not move under the pointer. */
  held?(): boolean;
}

interface Kept<Row> {
  row: Row;
  readonly element: HTMLTableRowElement;
  readonly cells: readonly HTMLTableCellElement[];
  readonly texts: string[];
  readonly tones: string[];
  readonly button: HTMLButtonElement | undefined;
}

export class Table<Row> {
  readonly #options: TableOptions<Row>;
  readonly #body = make('tbody');
  readonly #empty = make('p', 'empty');
  readonly #kept = new Map<string, Kept<Row>>();

  constructor(place: HTMLElement, options: TableOptions<Row>) {
    this.#options = options;
    const table = make('table');
    table.append(make('caption', 'hidden', options.caption), this.#head(), this.#body);
    this.#empty.textContent = options.empty;
    place.append(table, this.#empty);
    // It scrolls, so the keyboard must reach it, and a screen reader say what it is.
    place.tabIndex = 0;
    place.setAttribute('role', 'region');
    place.setAttribute('aria-label', options.caption);
  }

  update(rows: readonly Row[]): void {
    const held = this.#options.held?.() ?? false;
    this.#empty.hidden = rows.length > 0;
    const wanted = new Set<string>();
    for (const row of rows) {
      const key = this.#options.key(row);
      wanted.add(key);
      const kept = this.#kept.get(key);
      if (kept !== undefined) this.#write(kept, row);
      else if (!held) this.#kept.set(key, this.#make(row));
    }
    if (held) return;
    for (const [key, kept] of this.#kept) {
      if (wanted.has(key)) continue;
      kept.element.remove();
      this.#kept.delete(key);
    }
    this.#order(rows);
  }

  /** Moves as few rows as possible: one that left its place is passed over and put back further down. */
  #order(rows: readonly Row[]): void {
    let at = this.#body.firstElementChild;
    for (const row of rows) {
      const { element } = this.#kept.get(this.#options.key(row))!;
      if (at !== null && at !== element && at.nextElementSibling === element) at = element;
      if (at === element) at = element.nextElementSibling;
      else this.#body.insertBefore(element, at);
    }
  }

  #head(): HTMLTableSectionElement {
    const head = make('thead');
    const row = make('tr');
    for (const { label, numeric } of this.#options.columns) {
      const cell = make('th', numeric ? 'number' : '', label);
      cell.scope = 'col';
      row.append(cell);
    }
    if (this.#options.action !== undefined) {
      const cell = make('th', 'action');
      cell.scope = 'col';
      cell.append(make('span', 'hidden', this.#options.action.heading));
      row.append(cell);
    }
    head.append(row);
    return head;
  }

  #make(row: Row): Kept<Row> {
    const element = make('tr');
    const cells = this.#options.columns.map(() => make('td'));
    element.append(...cells);
    let button: HTMLButtonElement | undefined;
    const { action } = this.#options;
    if (action !== undefined) {
      const cell = make('td', 'action');
      button = make('button');
      button.type = 'button';
      cell.append(button);
      element.append(cell);
    }
    const kept: Kept<Row> = { row, element, cells, texts: [], tones: [], button };
    button?.addEventListener('click', () => action?.press(kept.row));
    this.#write(kept, row);
    return kept;
  }

  #write(kept: Kept<Row>, row: Row): void {
    kept.row = row;
    this.#options.columns.forEach((column, index) => {
      const cell = kept.cells[index]!;
      const text = column.text(row);
      if (kept.texts[index] !== text) {
        kept.texts[index] = text;
        cell.textContent = text;
      }
      const tone = `${column.numeric ? 'number ' : ''}${column.tone?.(row) ?? ''}`.trim();
      if (kept.tones[index] !== tone) {
        kept.tones[index] = tone;
        cell.className = tone;
      }
    });
    this.#writeButton(kept);
  }

  #writeButton({ button, row }: Kept<Row>): void {
    const { action } = this.#options;
    if (button === undefined || action === undefined) return;
    const label = action.label(row);
    button.hidden = label === '';
    if (button.textContent === label) return;
    button.textContent = label;
    button.setAttribute('aria-label', action.description(row));
  }
}
