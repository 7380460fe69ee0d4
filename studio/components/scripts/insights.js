// Insights: each part asks for its own figures and draws them; what is empty says what would fill it.

import { ask, h, number, parts as partsOf, whole } from './dom.js';
import { day, percent, plot } from './plot.js';

const DAY_S = 86400;
const KINDS = { model: 'model', prompt: 'prompt', recipe: 'recipe', reviewer: 'reviewer' };
const DECISIONS = [['accept', 'accepted', 'ok'], ['edit', 'edited', 'maybe'], ['reject', 'rejected', 'no']];
const NOBODY = 'Nobody has decided on a clip yet. Review fills this.';
const NO_CAPTIONS = 'There are no captions yet. A run in the Queue writes some.';
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
    kinds.append(...Object.entries(KINDS).map(([name, label]) => h('button', { type: 'button', 'aria-pressed': String(name === this.by), on: { click: () => this.choose(name) } }, label)));
    await Promise.all([this.days(), this.reception(), this.scores(), this.captions()]);
  }

  async get(path, node) {
    try {
      return await ask(`/api/insights/${path}`);
    } catch (error) {
      node.replaceChildren(none(error.status ? error.message : 'The studio cannot be reached.'));
      return null;
    }
  }

  // ---- decisions

  async days() {
    const { days, person } = this.parts;
    this.found = await this.get('days', days);
    if (!this.found) return;
    const people = [...new Set(this.found.map((one) => one.person))].sort();
    person.replaceChildren(h('option', { value: '' }, 'everybody'), ...people.map((name) => h('option', { value: name }, name)));
    person.hidden = people.length < 2;
    this.drawDays();
  }

  drawDays() {
    const { days, rates, daysTold, person } = this.parts;
    const table = byDay(this.found.filter((one) => !person.value || one.person === person.value));
    rates.hidden = daysTold.hidden = !table.length;
    if (!table.length) return days.replaceChildren(none(NOBODY));
    days.replaceChildren(h('div', { class: 'faint' }, 'clips'), throughput(table), legend());
    rates.replaceChildren(h('div', { class: 'faint' }, 'share accepted as they were'), acceptance(table));
    const all = table.reduce((sum, one) => sum + total(one), 0);
    daysTold.textContent = `${whole(all)} decisions on ${whole(table.length)} day${table.length === 1 ? '' : 's'}. The band on the right holds the true share of each day 95 times of 100.`;
  }

  async reception() {
    this.received = await this.get('reception', this.parts.ranges);
    if (!this.received) return;
    this.choose(this.by);
    const most = Math.max(1, ...this.received.reasons.map(([, count]) => count));
    this.parts.reasons.replaceChildren(...listed(this.received.reasons.map(([name, count]) => entry(name, fill(count / most), whole(count))), 'Nothing was rejected yet.'));
  }

  choose(by) {
    this.by = by;
    [...this.parts.kinds.children].forEach((button, index) => button.setAttribute('aria-pressed', String(Object.keys(KINDS)[index] === by)));
    if (this.received) this.parts.ranges.replaceChildren(...listed(this.received.by[by].map(reception), NOBODY));
  }

  // ---- scores

  async scores() {
    const { score, histogram, move } = this.parts;
    const names = await this.get('scores', histogram);
    if (!names) return;
    score.hidden = move.hidden = !names.length;
    if (!names.length) return histogram.replaceChildren(none('Nothing was measured yet. A run in the Queue measures clips.'));
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
    runs.replaceChildren(...(found.runs.length > 1 ? [h('div', { class: 'faint' }, 'mean of each run, and how far its clips spread'), runsPlot(found.runs)] : []));
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
    this.parts.histogram.replaceChildren(...(this.scored.histogram.counts.length ? [scorePlot(this.scored.histogram, this.ends())] : [none('It could not be measured on any clip.')]));
  }

  async preview() {
    const { low, high } = this.ends();
    const { name } = this.scored.histogram;
    try {
      const seen = await ask('/api/library/preview', { changes: [{ score: name, low, high }] });
      if (name !== this.scored.histogram.name) return;
      const more = seen.against_now;
      const against = more ? `${whole(Math.abs(more))} ${more > 0 ? 'more' : 'fewer'} than now` : 'as many as now';
      this.parts.kept.textContent = `With all other rules as they are this keeps ${whole(seen.kept)} of ${whole(seen.kept + seen.dropped + seen.unscored)} clips, ${against}.`;
    } catch (error) {
      this.parts.kept.textContent = error.status ? error.message : 'The studio cannot be reached.';
    }
  }

  // ---- captions

  async captions() {
    const { lengths, models, drift, words, openings, alike } = this.parts;
    const found = await this.get('captions', lengths);
    if (!found) return;
    if (!found.words.captions) return [lengths, drift, words, openings].forEach((node) => node.replaceChildren(none(NO_CAPTIONS)));
    lengths.replaceChildren(lengthPlot(found.lengths));
    const longest = Math.max(...found.lengths.by_model.map(([, , mean]) => mean));
    models.replaceChildren(...found.lengths.by_model.map(([name, count, mean]) => entry(name, fill(mean / longest), `${number(mean)} words · ${whole(count)}`)));
    drift.replaceChildren(driftPlot(found.lengths.by_day));
    alike.textContent = likeness(found);
    const { captions, frequent, openings: first } = found.words;
    words.replaceChildren(...frequent.map(([word, count]) => entry(word, fill(count / captions), percent(count / captions))));
    openings.replaceChildren(...listed(first.map(([words_, count]) => entry(`${words_} …`, fill(count / captions), `${percent(count / captions)} · ${whole(count)}`)), NO_CAPTIONS));
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
  const marks = DECISIONS.map(([kind, label, tone], index) => ({
    tone,
    bars: table.map((one) => ({
      from: one.day + 0.1 * DAY_S,
      to: one.day + 0.9 * DAY_S,
      base: DECISIONS.slice(0, index).reduce((sum, [earlier]) => sum + one[earlier], 0),
      value: one[kind],
      title: `${day(one.day)}: ${whole(one[kind])} ${label}`,
    })),
  }));
  return plot({ label: 'Decisions a day: accepted, edited, rejected', x: span(table), y: { from: 0, to: most }, marks, height: 210 });
}

function acceptance(table) {
  const points = table.map((one) => ({ x: one.day + DAY_S / 2, share: one.accept / total(one), ...wilson(one.accept, total(one)), one }));
  return plot({
    label: 'Share of clips accepted as they were, day by day',
    x: span(table),
    y: { from: 0, to: 1, format: percent },
    height: 210,
    marks: [
      { area: points.map(({ x, low, high }) => [x, low, high]) },
      { line: points.map(({ x, share }) => [x, share]) },
      { dots: points.map(({ x, share, low, high, one }) => [x, share, `${day(one.day)}: ${percent(share)} accepted as they were, ${percent(low)} to ${percent(high)}`]) },
    ],
  });
}

function wilson(good, n, z = 1.96) {
  const share = good / n;
  const centre = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

const legend = () => h('div', { class: 'row legend' }, ...DECISIONS.map(([, label, tone]) => h('span', {}, h('i', { class: tone }), label)));

function reception({ name, accepted, edited, rejected, interval }) {
  const n = accepted + edited + rejected;
  const track = h('span', { class: 'track' },
    h('i', { class: 'held', style: `left: ${100 * interval.low}%; width: ${100 * (interval.high - interval.low)}%` }), h('i', { class: 'point', style: `left: ${(100 * accepted) / n}%` }));
  const title = `${whole(accepted)} accepted, ${whole(edited)} edited, ${whole(rejected)} rejected; between ${percent(interval.low)} and ${percent(interval.high)}`;
  return entry(name, track, `${percent(accepted / n)} of ${whole(n)}`, title);
}

// ---- scores

function scorePlot({ name, low: from, high: to, counts, missing }, { low, high }) {
  const width = (to - from) / counts.length || 1;
  const kept = (left) => (low == null || left + width > low) && (high == null || left <= high);
  const bars = counts.map((value, index) => ({ from: from + index * width, to: from + (index + 1) * width, value, title: `${number(from + index * width)} to ${number(from + (index + 1) * width)}: ${whole(value)}` }));
  const [inside, outside] = [true, false].map((wanted) => bars.filter((bar) => kept(bar.from) === wanted));
  const rules = [['at least', low], ['at most', high]].filter(([, value]) => value != null);
  const ends = rules.map(([, value]) => value);
  const all = counts.reduce((sum, count) => sum + count, 0);
  return plot({
    label: `How ${name} lies over all clips`,
    x: { from: Math.min(from, ...ends), to: Math.max(from + width * counts.length, ...ends), format: number },
    y: { from: 0, to: 1.15 * Math.max(...counts) },
    height: 220,
    marks: [{ bars: inside }, { bars: outside, tone: 'soft' }, ...rules.map(([words, x]) => ({ rule: { x, label: `${words} ${number(x)}` }, tone: 'no' }))],
    read: (x) => {
      const above = counts.reduce((sum, count, index) => sum + count * Math.min(1, Math.max(0, (from + (index + 1) * width - x) / width)), 0);
      return `${number(x)} or more: ${percent(above / all)} of the ${whole(all)} clips measured, less: ${percent(1 - above / all)}${missing ? `; ${whole(missing)} not measured` : ''}`;
    },
  });
}

function runsPlot(runs) {
  const lows = runs.map((run) => run.mean - run.spread);
  const highs = runs.map((run) => run.mean + run.spread);
  return plot({
    label: 'Mean of each run',
    x: { from: 0.5, to: runs.length + 0.5, format: (value) => (Number.isInteger(value) && runs[value - 1] ? `run ${runs[value - 1].run_id}` : '') },
    y: { from: Math.min(...lows), to: Math.max(...highs), format: number },
    height: 196,
    marks: [
      { area: runs.map((run, index) => [index + 1, run.mean - run.spread, run.mean + run.spread]) },
      { line: runs.map((run, index) => [index + 1, run.mean]) },
      { dots: runs.map((run, index) => [index + 1, run.mean, `run ${run.run_id}, ${day(run.at)}: mean ${number(run.mean)} over ${whole(run.clips)} clips`]) },
    ],
  });
}

// ---- captions

function lengthPlot({ counts, mean }) {
  const shown = counts.slice(0, 40);
  return plot({
    label: 'How many captions have how many words',
    x: { from: 0, to: 10 * shown.length },
    y: { from: 0, to: 1.15 * Math.max(...shown) },
    marks: [
      { bars: shown.map((value, index) => ({ from: 10 * index, to: 10 * (index + 1), value, title: `${10 * index} to ${10 * index + 9} words: ${whole(value)}` })) },
      { rule: { x: mean, label: `mean ${number(mean)} words` }, tone: 'soft' },
    ],
  });
}

function driftPlot(days) {
  const top = Math.max(...days.map(([, mean]) => mean));
  const table = days.map(([at]) => ({ day: at }));
  return plot({
    label: 'Words a caption by the day it was written',
    x: span(table),
    y: { from: 0, to: top * 1.1 },
    marks: [
      { line: days.map(([at, mean]) => [at + DAY_S / 2, mean]) },
      { dots: days.map(([at, mean, count]) => [at + DAY_S / 2, mean, `${day(at)}: ${number(mean)} words a caption, ${whole(count)} captions`]) },
    ],
  });
}

function likeness({ copies, words, lengths }) {
  const alike = copies.captions ? `${whole(copies.captions)} clips share their caption with another, word for word.` : 'No two clips have the same caption.';
  const groups = copies.groups ? `${whole(copies.clips)} clips in ${whole(copies.groups)} groups look alike.` : 'No two clips look alike.';
  return `${groups} ${alike} The newest ${whole(words.captions)} captions use ${whole(words.different)} different words.${lengths.every > 1 ? ` Lengths are read from every ${whole(lengths.every)}th clip.` : ''}`;
}

// ---- rows

const none = (text) => h('p', { class: 'none' }, text);
const listed = (rows, otherwise) => (rows.length ? rows : [none(otherwise)]);
const fill = (share) => h('span', { class: 'track' }, h('i', { class: 'fill', style: `width: ${100 * Math.min(1, share)}%` }));
const entry = (name, track, value, title = name) => h('div', { class: 'entry', title }, h('span', { class: 'name' }, name), track, h('span', { class: 'value' }, value));
