// The plots of Insights: what their axes are, what is drawn, what is read off at a place.

import { h, number } from './dom.js';
import { day, percent, plot } from './plot.js';
import { say } from './say.js';

const DAY_S = 86400;
export const DECISIONS = [['accept', 'ok'], ['edit', 'maybe'], ['reject', 'no']];

// ---- decisions

export const total = (one) => one.accept + one.edit + one.reject;

const span = (table) => ({ from: Math.min(table[0].day, table.at(-1).day - 6 * DAY_S), to: table.at(-1).day + DAY_S, format: day });

export function throughput(table) {
  const most = Math.max(...table.map(total));
  const marks = DECISIONS.map(([kind, tone], index) => ({
    tone,
    bars: table.map((one) => ({
      from: one.day + 0.1 * DAY_S,
      to: one.day + 0.9 * DAY_S,
      base: DECISIONS.slice(0, index).reduce((sum, [earlier]) => sum + one[earlier], 0),
      value: one[kind],
      title: say(`insights.days.of_kind.${kind}`, { day: day(one.day), count: one[kind] }),
    })),
  }));
  return plot({ label: say('insights.days.plot'), x: span(table), y: { from: 0, to: most }, marks, height: 210 });
}

export function acceptance(table) {
  const points = table.map((one) => ({ x: one.day + DAY_S / 2, share: one.accept / total(one), ...wilson(one.accept, total(one)), one }));
  return plot({
    label: say('insights.accepted.plot'),
    x: span(table),
    y: { from: 0, to: 1, format: percent },
    height: 210,
    marks: [
      { area: points.map(({ x, low, high }) => [x, low, high]) },
      { line: points.map(({ x, share }) => [x, share]) },
      { dots: points.map(({ x, share, low, high, one }) => [x, share, say('insights.accepted.of_day', { day: day(one.day), share: percent(share), low: percent(low), high: percent(high) })]) },
    ],
  });
}

function wilson(good, n, z = 1.96) {
  const share = good / n;
  const centre = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

export const legend = () => h('div', { class: 'row legend' }, ...DECISIONS.map(([kind, tone]) => h('span', {}, h('i', { class: tone }), say(`common.decisions.${kind}`))));

// ---- scores

export function scorePlot({ name, low: from, high: to, counts, missing }, { low, high }) {
  const width = (to - from) / counts.length || 1;
  const kept = (left) => (low == null || left + width > low) && (high == null || left <= high);
  const bars = counts.map((value, index) => {
    const [left, right] = [from + index * width, from + (index + 1) * width];
    return { from: left, to: right, value, title: say('insights.scores.bar', { from: number(left), to: number(right), count: value }) };
  });
  const [inside, outside] = [true, false].map((wanted) => bars.filter((bar) => kept(bar.from) === wanted));
  const rules = [['insights.scores.at_least', low], ['insights.scores.at_most', high]].filter(([, value]) => value != null);
  const ends = rules.map(([, value]) => value);
  const all = counts.reduce((sum, count) => sum + count, 0);
  return plot({
    label: say('insights.scores.plot', { score: name }),
    x: { from: Math.min(from, ...ends), to: Math.max(from + width * counts.length, ...ends), format: number },
    y: { from: 0, to: 1.15 * Math.max(...counts) },
    height: 220,
    marks: [{ bars: inside }, { bars: outside, tone: 'soft' }, ...rules.map(([key, x]) => ({ rule: { x, label: say(key, { value: number(x) }) }, tone: 'no' }))],
    read: (x) => {
      const above = counts.reduce((sum, count, index) => sum + count * Math.min(1, Math.max(0, (from + (index + 1) * width - x) / width)), 0);
      return say(missing ? 'insights.scores.read_missing' : 'insights.scores.read', { value: number(x), above: percent(above / all), below: percent(1 - above / all), count: all, missing });
    },
  });
}

export function runsPlot(runs) {
  const lows = runs.map((run) => run.mean - run.spread);
  const highs = runs.map((run) => run.mean + run.spread);
  return plot({
    label: say('insights.scores.runs_plot'),
    x: { from: 0.5, to: runs.length + 0.5, format: (value) => (Number.isInteger(value) && runs[value - 1] ? say('insights.scores.run', { id: String(runs[value - 1].run_id) }) : '') },
    y: { from: Math.min(...lows), to: Math.max(...highs), format: number },
    height: 196,
    marks: [
      { area: runs.map((run, index) => [index + 1, run.mean - run.spread, run.mean + run.spread]) },
      { line: runs.map((run, index) => [index + 1, run.mean]) },
      { dots: runs.map((run, index) => [index + 1, run.mean, say('insights.scores.run_mean', { id: String(run.run_id), day: day(run.at), mean: number(run.mean), count: run.clips })]) },
    ],
  });
}

// ---- captions

export function lengthPlot({ counts, mean }) {
  const shown = counts.slice(0, 40);
  return plot({
    label: say('insights.lengths.plot'),
    x: { from: 0, to: 10 * shown.length },
    y: { from: 0, to: 1.15 * Math.max(...shown) },
    marks: [
      { bars: shown.map((value, index) => ({ from: 10 * index, to: 10 * (index + 1), value, title: say('insights.lengths.bar', { from: 10 * index, to: 10 * index + 9, count: value }) })) },
      { rule: { x: mean, label: say('insights.lengths.mean', { mean: number(mean) }) }, tone: 'soft' },
    ],
  });
}

export function driftPlot(days) {
  const top = Math.max(...days.map(([, mean]) => mean));
  const table = days.map(([at]) => ({ day: at }));
  return plot({
    label: say('insights.drift.plot'),
    x: span(table),
    y: { from: 0, to: top * 1.1 },
    marks: [
      { line: days.map(([at, mean]) => [at + DAY_S / 2, mean]) },
      { dots: days.map(([at, mean, count]) => [at + DAY_S / 2, mean, say('insights.drift.of_day', { day: day(at), mean: number(mean), count })]) },
    ],
  });
}
