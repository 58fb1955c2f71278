/** The top line: what state everything is in, how much happens, what it has earned; and the alarms. */
import type { ConsoleFrame } from '../engine/event/generated/console-frame.ts';
import { byId, setClass, setState, setText } from './dom.ts';
import { number, signed, timeOfDay, toneOf } from './format.ts';

export class HeaderPanel {
  #killed = false;

  update(frame: ConsoleFrame): void {
    setState(byId('engine-state'), frame.engineState() ?? '');
    setState(byId('firm-state'), frame.firmState() ?? '');
    this.#kill(frame.killState() ?? '');
    setText(byId('message-rate'), number(frame.messagesPerS()));
    setText(byId('orders-sent'), number(frame.orders()));
    setText(byId('fills'), number(frame.fills()));
    setText(byId('rejects'), number(frame.rejects()));
    setText(byId('denied'), number(frame.denied()));
    setText(byId('open-orders'), number(frame.openOrders()));
    setText(byId('market-time'), timeOfDay(frame.marketMs(), false));
    setText(byId('wall-time'), timeOfDay(frame.wallMs(), false));
    setText(byId('base-currency'), frame.baseCurrency() ?? '');
    const total = byId('total-pnl');
    setText(total, signed(frame.totalPnl()));
    setClass(total, toneOf(frame.totalPnl()));
  }

  /** `line` is the state, then what is killed, by whom and why. */
  #kill(line: string): void {
    const state = line.split(' ', 1)[0]!;
    setState(byId('kill-state'), state);
    const killed = state !== 'ARMED';
    const notice = byId('kill-notice');
    setText(notice, killed ? line : '');
    if (killed === this.#killed) return;
    this.#killed = killed;
    notice.hidden = !killed;
    byId<HTMLButtonElement>('rearm').disabled = !killed; // shown always: KILL must not move
    document.title = killed ? `${state} · Gyrfalcon` : 'Gyrfalcon';
  }
}

/** A lost stream is shown big, and every figure on the page turns grey. */
export function showStale(sinceMs: number | null): void {
  const notice = byId('stale-notice');
  document.body.classList.toggle('stale', sinceMs !== null);
  notice.hidden = sinceMs === null;
  if (sinceMs !== null) {
    setText(notice, `STALE since ${timeOfDay(sinceMs, false)} UTC: nothing comes from the engine`);
  }
}
