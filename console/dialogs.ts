/**
 * The dialogs that act: kill, re-arm, flatten, adjust, token. Native modal dialogs, which keep the focus
 * inside and give it back; a dialog closes only when the engine has said yes, else it shows why not.
 */
import { type Outcome, post } from './api-client.ts';
import { byId, setOptions, setText } from './dom.ts';

export interface Names {
  readonly strategies: readonly string[];
  readonly instruments: readonly string[];
}

interface DialogOptions {
  readonly id: string;
  submit(form: HTMLFormElement): Promise<Outcome>;
  done(): void;
}

const fieldOf = (form: HTMLFormElement, name: string): string =>
  String(new FormData(form).get(name) ?? '');

function openDialog(id: string, prepare: (form: HTMLFormElement) => void): void {
  const dialog = byId<HTMLDialogElement>(id);
  if (document.querySelector('dialog[open]') !== null) return;
  const form = dialog.querySelector('form')!;
  form.reset();
  setText(form.querySelector<HTMLElement>('.fault')!, '');
  prepare(form);
  dialog.showModal();
}

function wire({ id, submit, done }: DialogOptions): void {
  const dialog = byId<HTMLDialogElement>(id);
  const form = dialog.querySelector('form')!;
  const button = form.querySelector<HTMLButtonElement>('button[type=submit]')!;
  form.querySelector('button[value=cancel]')?.addEventListener('click', () => dialog.close());
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true'); // keeps the focus, unlike disabled
    const outcome = await submit(form);
    button.removeAttribute('aria-disabled');
    setText(form.querySelector<HTMLElement>('.fault')!, outcome.message);
    if (!outcome.done) return;
    dialog.close();
    done();
  });
}

/** Target names follow the scope; the firm has none. */
function wireScope(id: string, names: () => Names): void {
  const form = byId(id).querySelector('form')!;
  const target = form.querySelector<HTMLSelectElement>('select[name=target]')!;
  const follow = () => {
    const scope = fieldOf(form, 'scope');
    const { strategies, instruments } = names();
    setOptions(
      target,
      scope === 'strategy' ? strategies : scope === 'instrument' ? instruments : [],
    );
    target.disabled = scope === 'firm';
    target.closest('label')!.hidden = target.disabled;
  };
  form.addEventListener('change', (event) => {
    if ((event.target as HTMLElement).getAttribute('name') === 'scope') follow();
  });
  form.addEventListener('reset', () => setTimeout(follow));
}

const scopedBody = (form: HTMLFormElement) => ({
  scope: fieldOf(form, 'scope'),
  target: fieldOf(form, 'target'),
  reason: fieldOf(form, 'reason'),
});

export interface ActParts {
  token(): string;
  names(): Names;
  say(message: string): void;
}

export function wireDialogs(parts: ActParts): void {
  const { token, names, say } = parts;
  for (const id of ['kill-dialog', 'rearm-dialog', 'flatten-dialog']) wireScope(id, names);
  wire({
    id: 'kill-dialog',
    submit: (form) => post('kill', token(), scopedBody(form)),
    done: () => say('Killed: no new order leaves.'),
  });
  wire({
    id: 'rearm-dialog',
    submit: (form) => post('rearm', fieldOf(form, 'token'), scopedBody(form)),
    done: () => say('Re-armed.'),
  });
  wire({
    id: 'flatten-dialog',
    submit: (form) => post('flatten', token(), scopedBody(form)),
    done: () => say('Flatten was accepted.'),
  });
  wire({
    id: 'adjust-dialog',
    submit: (form) => post('positions/adjust', token(), Object.fromEntries(new FormData(form))),
    done: () => say('The adjustment was accepted.'),
  });
  byId('kill').addEventListener('click', openKill);
  byId('rearm').addEventListener('click', () => openDialog('rearm-dialog', () => {}));
  byId('flatten').addEventListener('click', () => openDialog('flatten-dialog', () => {}));
  byId('adjust').addEventListener('click', () =>
    openDialog('adjust-dialog', (form) => {
      setOptions(form.querySelector('select[name=strategy]')!, names().strategies);
      setOptions(form.querySelector('select[name=instrument]')!, names().instruments);
    }),
  );
  document.addEventListener('keydown', (event) => {
    const typing = (event.target as HTMLElement).closest?.('input, textarea, select') != null;
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
    if (event.key !== 'K' || !event.shiftKey || !plain || typing) return;
    event.preventDefault();
    openKill();
  });
}

function openKill(): void {
  openDialog('kill-dialog', () => {});
}

/** Asks for the token; resolves when one was given. */
export function askToken(fault: string): Promise<string> {
  return new Promise((resolve) => {
    const dialog = byId<HTMLDialogElement>('token-dialog');
    openDialog('token-dialog', (form) => {
      setText(form.querySelector<HTMLElement>('.fault')!, fault);
      form.onsubmit = (event) => {
        event.preventDefault();
        dialog.close();
        resolve(fieldOf(form, 'token').trim());
      };
    });
    dialog.oncancel = (event) => event.preventDefault(); // there is nothing to see without it
  });
}
