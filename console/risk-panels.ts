/** Value at risk with its uncertainty, and latencies with their percentiles. */
import type { ConsoleFrame } from '../engine/event/generated/console-frame.ts';
import type { HistogramFrame } from '../engine/event/generated/histogram-frame.ts';
import { LatencyChart } from './charts.ts';
import { byId, make, setOptions, setText } from './dom.ts';
import { nanoseconds, number } from './format.ts';
import { rowsOf } from './rows.ts';

/** A list of named facts whose places never change. */
class Facts {
  readonly #values = new Map<string, HTMLElement>();

  constructor(place: HTMLElement, labels: readonly string[]) {
    for (const label of labels) {
      const value = make('dd', '', '–');
      const pair = make('div');
      pair.append(make('dt', '', label), value);
      place.append(pair);
      this.#values.set(label, value);
    }
  }

  set(label: string, text: string): void {
    setText(this.#values.get(label)!, text);
  }
}

export class RiskPanel {
  readonly #facts = new Facts(byId('risk'), [
    'VaR',
    'CVaR',
    'Confidence',
    'Scenarios',
    'Age',
    'Note',
  ]);

  update(frame: ConsoleFrame): void {
    const figure = frame.valueAtRisk();
    if (figure === null) {
      this.#facts.set('Note', 'not computed yet');
      return;
    }
    const currency = figure.currency() ?? '';
    const error = number(figure.standardError(), 2);
    this.#facts.set('VaR', `${number(figure.value(), 2)} ± ${error} ${currency}`);
    this.#facts.set('CVaR', `${number(figure.cvar(), 2)} ${currency}`);
    const days = `${number(figure.horizonDays())} day${figure.horizonDays() === 1 ? '' : 's'}`;
    this.#facts.set('Confidence', `${number(figure.confidence() * 100, 1)} %, ${days}`);
    this.#facts.set('Scenarios', number(figure.scenarios()));
    this.#facts.set('Age', `${number(figure.ageMs() / 1000, 1)} s`);
    this.#facts.set('Note', figure.note() || 'none');
  }
}

export class LatencyPanel {
  readonly #facts = new Facts(byId('latency'), ['p50', 'p99', 'p99.9', 'max', 'count']);
  readonly #choice = byId<HTMLSelectElement>('histogram');
  readonly #chart = new LatencyChart(byId('latency-chart'));

  update(frame: ConsoleFrame): void {
    const histograms = rowsOf(frame.histogramsLength(), (i) => frame.histograms(i));
    setOptions(
      this.#choice,
      histograms.map((histogram) => histogram.name() ?? ''),
    );
    const chosen = histograms.find((histogram) => histogram.name() === this.#choice.value);
    if (chosen !== undefined) this.#show(chosen);
  }

  #show(histogram: HistogramFrame): void {
    const none = histogram.count() === 0;
    const shown = (ns: number) => nanoseconds(none ? Number.NaN : ns);
    this.#facts.set('p50', shown(histogram.p50Ns()));
    this.#facts.set('p99', shown(histogram.p99Ns()));
    this.#facts.set('p99.9', shown(histogram.p999Ns()));
    this.#facts.set('max', shown(histogram.maxNs()));
    this.#facts.set('count', number(histogram.count()));
    this.#chart.update(histogram);
  }
}
