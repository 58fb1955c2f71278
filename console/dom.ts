/** The few things that panels need from the DOM. Text goes in as text, never as markup. */

export function byId<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`index.html has no #${id}`);
  return found as Kind;
}

export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = '',
  text = '',
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  if (text !== '') element.textContent = text;
  return element;
}

/** Writes only what changed: reading back what was written is cheaper than a layout. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function setClass(element: HTMLElement, className: string): void {
  if (element.className !== className) element.className = className;
}

/** Fills a select anew only when its choices changed; the choice stays where it still exists. */
export function setOptions(select: HTMLSelectElement, values: readonly string[]): void {
  const now = Array.from(select.options, (option) => option.value);
  if (now.length === values.length && now.every((value, index) => value === values[index])) return;
  const chosen = select.value;
  select.replaceChildren(
    ...values.map((value) => {
      const option = make('option', '', value);
      option.value = value;
      return option;
    }),
  );
  if (values.includes(chosen)) select.value = chosen;
}

/** State words get their tone and always keep their text. */
export function setState(element: HTMLElement, word: string): void {
  setText(element, word);
  const tone = GOOD.has(word) ? 'good' : BAD.has(word) ? 'bad' : 'warn';
  setClass(element, `state ${tone}`);
}

const GOOD = new Set(['RUNNING', 'ACTIVE', 'ARMED', 'LIVE']);
const BAD = new Set(['HUNG', 'STOPPED', 'HALTED', 'KILLED', 'KILLING', 'DISCONNECTED', 'GAP']);
