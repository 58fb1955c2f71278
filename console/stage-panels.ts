/** Where a tick's time goes, stage by stage, and the slowest ticks of the day with what is known of why. */
import type { ConsoleFrame } from '../engine/event/generated/console-frame.ts';
import type { HistogramFrame } from '../engine/event/generated/histogram-frame.ts';
import type { SlowTickFrame } from '../engine/event/generated/slow-tick-frame.ts';
import { byId, setText } from './dom.ts';
import { nanoseconds, number, timeOfDay } from './format.ts';
import { rowsOf } from './rows.ts';
import { Table } from './table.ts';

function stagesTable(): Table<HistogramFrame> {
  const time = (label: string, read: (row: HistogramFrame) => number) => ({
    label,
    numeric: true,
    text: (row: HistogramFrame) => nanoseconds(row.count() === 0 ? Number.NaN : read(row)),
  });
  return new Table<HistogramFrame>(byId('stages'), {
    caption: 'Time of a tick in each stage, in the order of the path',
    empty: 'No tick yet',
    key: (row) => row.name() ?? '',
    columns: [
      { label: 'Stage', text: (row) => row.name() ?? '' },
      { label: 'Count', numeric: true, text: (row) => number(row.count()) },
      time('p50', (row) => row.p50Ns()),
      time('p99', (row) => row.p99Ns()),
      time('p99.9', (row) => row.p999Ns()),
      time('Max', (row) => row.maxNs()),
    ],
  });
}

/** What the tick was, in as few words as a row has room for. */
function message(row: SlowTickFrame): string {
  const entries = row.entries() > 1 ? `, ${number(row.entries())} entries` : '';
  const behind = row.backlogBytes() > 0 ? `, ${number(row.backlogBytes())} B behind it` : '';
  return `${row.kind()}, ${number(row.bytes())} B${entries}${behind}`;
}

/** Lines break between two stages, not between a number and its unit. */
const NO_BREAK = '\u00a0';

function stages(row: SlowTickFrame): string {
  return rowsOf(row.stagesLength(), (i) => row.stages(i))
    .map((time) => `${time.stage()} ${nanoseconds(time.ns())}`.replaceAll(' ', NO_BREAK))
    .join(' · ');
}

function slowTicksTable(): Table<SlowTickFrame> {
  return new Table<SlowTickFrame>(byId('slow-ticks'), {
    caption: 'Slowest ticks of the day, slowest first',
    empty: 'No tick yet today',
    key: (row) => `${row.tick()}`,
    columns: [
      { label: 'Wall UTC', text: (row) => timeOfDay(row.wallMs()) },
      { label: 'Total', numeric: true, text: (row) => nanoseconds(row.totalNs()) },
      { label: 'Longest', text: (row) => row.longest() ?? '' },
      { label: 'Record', numeric: true, text: (row) => number(row.record()) },
      { label: 'Message', text: message, tone: () => 'reason' },
      { label: 'Orders', numeric: true, text: (row) => number(row.orders()) },
      { label: 'Cause', text: (row) => row.causes() || 'none known', tone: causeTone },
      { label: 'Stages', text: stages, tone: () => 'reason' },
    ],
  });
}

const causeTone = (row: SlowTickFrame): string => (row.causes() ? 'warn' : 'reason');

export class StagePanels {
  readonly #stages = stagesTable();
  readonly #slowTicks = slowTicksTable();

  update(frame: ConsoleFrame): void {
    this.#stages.update(rowsOf(frame.stagesLength(), (i) => frame.stages(i)));
    this.#slowTicks.update(rowsOf(frame.slowTicksLength(), (i) => frame.slowTicks(i)));
    const unknown = frame.unknownCauses() ?? '';
    setText(byId('unknown-causes'), unknown === '' ? '' : `not watched for: ${unknown}`);
  }
}
