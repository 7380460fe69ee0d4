// Insights: each part asks for its own figures and draws them; what is empty says what would fill it.

import { ask, h, number, parts as partsOf, sentence, whole } from './dom.js';
import { acceptance, DECISIONS, driftPlot, legend, lengthPlot, runsPlot, scorePlot, throughput, total } from './insights_plots.js';
import { percent } from './plot.js';
import { say } from './say.js';

const KINDS = ['model', 'prompt', 'recipe', 'reviewer'];
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
      node.replaceChildren(none(sentence(error)));
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
      this.parts.kept.textContent = sentence(error);
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

function byDay(rows) {
  const found = new Map();
  for (const row of rows) {
    const sum = found.get(row.day) || { day: row.day, accept: 0, edit: 0, reject: 0 };
    for (const [kind] of DECISIONS) sum[kind] += row[kind];
    found.set(row.day, sum);
  }
  return [...found.values()].sort((a, b) => a.day - b.day);
}

function reception({ name, accepted, edited, rejected, interval }) {
  const n = accepted + edited + rejected;
  const track = h('span', { class: 'track' },
    h('i', { class: 'held', style: `left: ${100 * interval.low}%; width: ${100 * (interval.high - interval.low)}%` }), h('i', { class: 'point', style: `left: ${(100 * accepted) / n}%` }));
  const title = say('insights.accepted.counts', { accepted, edited, rejected, low: percent(interval.low), high: percent(interval.high) });
  return entry(name, track, say('insights.accepted.of', { share: percent(accepted / n), count: n }), title);
}

// ---- scores

// What moved ends would keep.
function keeps({ kept, dropped, unscored, against_now: more }) {
  const change = more > 0 ? 'more' : more < 0 ? 'fewer' : 'same';
  return say(`insights.scores.keeps.${change}`, { kept, all: kept + dropped + unscored, change: Math.abs(more) });
}

// ---- captions

function likeness({ copies, words, lengths }) {
  return [
    copies.groups ? say('insights.alike.groups', { clips: copies.clips, count: copies.groups }) : say('insights.alike.no_groups'),
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
