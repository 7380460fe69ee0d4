// Insights: each part asks for its own figures and draws them; what is empty says what would fill it.

import { ask, h, number, parts as partsOf, whole } from './dom.js';
import { day, percent, plot } from './plot.js';
import { say } from './say.js';

const DAY_S = 86400;
const KINDS = ['model', 'prompt', 'recipe', 'reviewer'];
const DECISIONS = [['accept', 'ok'], ['edit', 'maybe'], ['reject', 'no']];
const PAUSE_MS = 200;

export function mount(root) {
  return new Insights(root).start();
}

class Insights {
  constructor(root) {
    this.parts = partsOf(root);
    this.by = 'model';
  }

  async start() {
    const { person, score, kinds, low, high, move } = this.parts;
    person.addEventListener('change', () => this.drawDays());
    score.addEventListener('change', () => this.score());
    for (const box of [low, high]) box.addEventListener('input', () => this.moved());
    move.addEventListener('submit', (event) => event.preventDefault());
    kinds.append(...KINDS.map((name) => h('button', { type: 'button', 'aria-pressed': String(name === this.by), on: { click: () => this.choose(name) } }, say(`insights.accepted.kinds.${name}`))));
    await Promise.all([this.days(), this.reception(), this.scores(), this.captions()]);
  }

  async get(path, node) {
    try {
      return await ask(`/api/insights/${path}`);
    } catch (error) {
      node.replaceChildren(none(error.status ? error.message : say('common.unreachable')));
      return null;
    }
  }

  // ---- decisions

  async days() {
    const { days, person } = this.parts;
    this.found = await this.get('days', days);
    if (!this.found) return;
    const people = [...new Set(this.found.map((one) => one.person))].sort();
    person.replaceChildren(h('option', { value: '' }, say('insights.days.everybody')), ...people.map((name) => h('option', { value: name }, name)));
    person.hidden = people.length < 2;
    this.drawDays();
  }

  drawDays() {
    const { days, rates, daysTold, person } = this.parts;
    const table = byDay(this.found.filter((one) => !person.value || one.person === person.value));
    rates.hidden = daysTold.hidden = !table.length;
    if (!table.length) return days.replaceChildren(none(say('insights.days.nobody')));
    days.replaceChildren(h('div', { class: 'faint' }, say('insights.days.clips')), throughput(table), legend());
    rates.replaceChildren(h('div', { class: 'faint' }, say('insights.accepted.share')), acceptance(table));
    const all = table.reduce((sum, one) => sum + total(one), 0);
    daysTold.textContent = say('insights.days.told', { count: table.length, decisions: all });
  }

  async reception() {
    this.received = await this.get('reception', this.parts.ranges);
    if (!this.received) return;
    this.choose(this.by);
    const most = Math.max(1, ...this.received.reasons.map(([, count]) => count));
    this.parts.reasons.replaceChildren(...listed(this.received.reasons.map(([name, count]) => entry(name, fill(count / most), whole(count))), say('insights.rejected.none')));
  }

  choose(by) {
    this.by = by;
    [...this.parts.kinds.children].forEach((button, index) => button.setAttribute('aria-pressed', String(KINDS[index] === by)));
    if (this.received) this.parts.ranges.replaceChildren(...listed(this.received.by[by].map(reception), say('insights.days.nobody')));
  }

  // ---- scores

  async scores() {
    const { score, histogram, move } = this.parts;
    const names = await this.get('scores', histogram);
    if (!names) return;
    score.hidden = move.hidden = !names.length;
    if (!names.length) return histogram.replaceChildren(none(say('insights.scores.none')));
    score.replaceChildren(...names.map((name) => h('option', { value: name }, name)));
    if (names.includes('motion')) score.value = 'motion';
    await this.score();
  }

  async score() {
    const { score, histogram, runs, low, high, kept } = this.parts;
    const found = await this.get(`score/${encodeURIComponent(score.value)}`, histogram);
    if (!found || found.histogram.name !== score.value) return;
    this.scored = found;
    const { rule } = found;
    low.value = rule?.rule.low ?? '';
    high.value = rule?.rule.high ?? '';
    kept.textContent = '';
    this.drawScore();
    runs.replaceChildren(...(found.runs.length > 1 ? [h('div', { class: 'faint' }, say('insights.scores.runs')), runsPlot(found.runs)] : []));
    this.preview();
  }

  moved() {
    this.drawScore();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.preview(), PAUSE_MS);
  }

  ends() {
    const read = (box) => (box.value.trim() === '' || Number.isNaN(box.valueAsNumber) ? null : box.valueAsNumber);
    return { low: read(this.parts.low), high: read(this.parts.high) };
  }

  drawScore() {
    this.parts.histogram.replaceChildren(...(this.scored.histogram.counts.length ? [scorePlot(this.scored.histogram, this.ends())] : [none(say('insights.scores.not_one'))]));
  }

  async preview() {
    const { low, high } = this.ends();
    const { name } = this.scored.histogram;
    try {
      const seen = await ask('/api/library/preview', { changes: [{ score: name, low, high }] });
      if (name !== this.scored.histogram.name) return;
      this.parts.kept.textContent = keeps(seen);
    } catch (error) {
      this.parts.kept.textContent = error.status ? error.message : say('common.unreachable');
    }
  }

  // ---- captions

  async captions() {
    const { lengths, models, drift, words, openings, alike } = this.parts;
    const found = await this.get('captions', lengths);
    if (!found) return;
    if (!found.words.captions) return [lengths, drift, words, openings].forEach((node) => node.replaceChildren(none(say('insights.no_captions'))));
    lengths.replaceChildren(lengthPlot(found.lengths));
    const longest = Math.max(...found.lengths.by_model.map(([, , mean]) => mean));
    models.replaceChildren(...found.lengths.by_model.map(([name, count, mean]) => entry(name, fill(mean / longest), say('insights.lengths.of_model', { mean: number(mean), count }))));
    drift.replaceChildren(driftPlot(found.lengths.by_day));
    alike.textContent = likeness(found);
    const { captions, frequent, openings: first } = found.words;
    words.replaceChildren(...frequent.map(([word, count]) => entry(word, fill(count / captions), percent(count / captions))));
    openings.replaceChildren(...listed(first.map(([words_, count]) => entry(`${words_} …`, fill(count / captions), `${percent(count / captions)} · ${whole(count)}`)), say('insights.no_captions')));
  }
}

// ---- decisions

const total = (one) => one.accept + one.edit + one.reject;

function byDay(rows) {
  const found = new Map();
  for (const row of rows) {
    const sum = found.get(row.day) || { day: row.day, accept: 0, edit: 0, reject: 0 };
    for (const [kind] of DECISIONS) sum[kind] += row[kind];
    found.set(row.day, sum);
  }
  return [...found.values()].sort((a, b) => a.day - b.day);
}

const span = (table) => ({ from: Math.min(table[0].day, table.at(-1).day - 6 * DAY_S), to: table.at(-1).day + DAY_S, format: day });

function throughput(table) {
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

function acceptance(table) {
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

const legend = () => h('div', { class: 'row legend' }, ...DECISIONS.map(([kind, tone]) => h('span', {}, h('i', { class: tone }), say(`common.decisions.${kind}`))));

function reception({ name, accepted, edited, rejected, interval }) {
  const n = accepted + edited + rejected;
  const track = h('span', { class: 'track' },
    h('i', { class: 'held', style: `left: ${100 * interval.low}%; width: ${100 * (interval.high - interval.low)}%` }), h('i', { class: 'point', style: `left: ${(100 * accepted) / n}%` }));
  const title = say('insights.accepted.counts', { accepted, edited, rejected, low: percent(interval.low), high: percent(interval.high) });
  return entry(name, track, say('insights.accepted.of', { share: percent(accepted / n), count: n }), title);
}

// ---- scores

function scorePlot({ name, low: from, high: to, counts, missing }, { low, high }) {
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

// What moved ends would keep.
function keeps({ kept, dropped, unscored, against_now: more }) {
  const change = more > 0 ? 'more' : more < 0 ? 'fewer' : 'same';
  return say(`insights.scores.keeps.${change}`, { kept, all: kept + dropped + unscored, change: Math.abs(more) });
}

function runsPlot(runs) {
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

function lengthPlot({ counts, mean }) {
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

function driftPlot(days) {
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

function likeness({ copies, words, lengths }) {
  return [
    copies.groups ? say('insights.alike.groups', { clips: copies.clips, groups: copies.groups }) : say('insights.alike.no_groups'),
    copies.captions ? say('insights.alike.copies', { count: copies.captions }) : say('insights.alike.no_copies'),
    say('insights.alike.different', { captions: words.captions, different: words.different }),
    lengths.every > 1 && say('insights.alike.sampled', { count: lengths.every }),
  ].filter(Boolean).join(say('common.between'));
}

// ---- rows

const none = (text) => h('p', { class: 'none' }, text);
const listed = (rows, otherwise) => (rows.length ? rows : [none(otherwise)]);
const fill = (share) => h('span', { class: 'track' }, h('i', { class: 'fill', style: `width: ${100 * Math.min(1, share)}%` }));
const entry = (name, track, value, title = name) => h('div', { class: 'entry', title }, h('span', { class: 'name' }, name), track, h('span', { class: 'value' }, value));
