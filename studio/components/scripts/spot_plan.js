// The plan of a new spot check, in a sentence, and what it would ask for and promise while one is still choosing.

import { ask, h, key, whole } from './dom.js';
import { percent, plot } from './plot.js';

const PAUSE_MS = 250;
const MOST_ALLOWED = 6;

export class Plan {
  // `on`: drawn()
  constructor(parts, on) {
    this.parts = parts;
    this.on = on;
    this.turn = 0;
    parts.allowed.append(...Array.from({ length: MOST_ALLOWED + 1 }, (_, number) => h('option', { value: String(number) }, number ? String(number) : 'none')));
    parts.form.addEventListener('input', (event) => this.changed(event.target));
    parts.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.draw();
    });
  }

  start({ runs, scores, divisions }) {
    const { which, division, score, filter } = this.parts;
    which.replaceChildren(h('option', { value: '' }, 'all that wait for review'), ...runs.map(([id, recipe]) => h('option', { value: `run=${id}` }, `of run ${id}, ${recipe}`)));
    division.replaceChildren(...divisions.map((name) => h('option', { value: name }, name)));
    score.replaceChildren(...scores.map((name) => h('option', { value: name }, name === 'check' ? 'its worst sentence' : name)));
    if (scores.length > 1) score.value = scores.includes('motion') ? 'motion' : scores[0];
    filter.value = new URLSearchParams(location.search).getAll('where').join(' and ');
    this.look();
  }

  // A choice within a line chooses the line.
  changed(target) {
    const radio = target.closest('.choice')?.querySelector('input[type=radio]');
    if (radio && radio !== target) radio.checked = true;
    const random = this.chosen('design') === 'random';
    const steps = this.parts.form.querySelector('[name=way][value=steps]');
    steps.disabled = !random;
    if (!random && steps.checked) this.parts.form.querySelector('[name=way][value=fixed]').checked = true;
    this.parts.draw.disabled = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PAUSE_MS);
  }

  chosen(name) {
    return this.parts.form.querySelector(`[name=${name}]:checked`).value;
  }

  wish() {
    const { which, filter, limit, confidence, allowed, good, edits, gold, name, division, score } = this.parts;
    const design = this.chosen('design');
    return {
      where: [which.value, ...filter.value.split(/\s+and\s+/i)].map((one) => one.trim()).filter(Boolean),
      design,
      by: { random: '', stratified: division.value, risk: score.value }[design],
      limit: limit.valueAsNumber / 100,
      confidence: confidence.valueAsNumber / 100,
      allowed: Number(allowed.value),
      good: good.valueAsNumber / 100,
      sequential: this.chosen('way') === 'steps',
      edits_are_bad: edits.checked,
      gold: gold.valueAsNumber || 0,
      name: name.value,
    };
  }

  async look() {
    const { outlook, curve, draw, form } = this.parts;
    if (!form.checkValidity()) return this.say('Some number is missing or out of range.');
    const turn = ++this.turn;
    const wish = this.wish();
    try {
      const found = await ask('/api/spot-check/outlook', wish);
      if (turn !== this.turn) return undefined;
      this.say('');
      draw.disabled = !found.lot;
      outlook.replaceChildren(...sentences(found, wish));
      curve.replaceChildren(...(found.lot ? [operating(found, wish)] : []));
    } catch (error) {
      if (turn === this.turn) this.say(error.status && error.status !== 422 ? error.message : error.status ? 'Some number is missing or out of range.' : 'The studio cannot be reached.');
    }
    return undefined;
  }

  async draw() {
    const { draw } = this.parts;
    draw.disabled = true;
    this.say('Drawing …');
    try {
      await ask('/api/spot-check', { key: key(), plan: this.wish() });
      await this.on.drawn();
      this.look();
    } catch (error) {
      this.say(error.status ? error.message : 'Not drawn: the studio cannot be reached.');
      draw.disabled = false;
    }
  }

  say(text) {
    this.parts.told.textContent = text;
  }
}

function sentences(found, wish) {
  if (!found.lot) return [h('b', {}, 'No clip waits here.'), h('p', { class: 'faint' }, 'Loosen the conditions, or wait for a run to caption more. Clips of a lot that is being looked at belong to that one.')];
  const all = found.size === found.lot;
  const big = wish.sequential
    ? `Look at ${whole(found.earliest)} of ${whole(found.lot)} clips at the least, ${whole(found.size)} at the most.`
    : `Look at ${all ? 'all' : `${whole(found.size)} of`} ${whole(found.lot)} clips.`;
  const parts = Object.entries(found.strata).map(([name, number]) => `${name}: ${number}`);
  return [
    h('b', { class: 'big' }, big),
    !all && h('p', { class: 'soft' }, promise(found, wish)),
    parts.length > 0 && h('p', { class: 'faint' }, parts.slice(0, 8).join(' · ') + (parts.length > 8 ? ` · and ${parts.length - 8} more` : '')),
  ].filter(Boolean);
}

function promise(found, wish) {
  const good = Math.min(wish.good, wish.limit / 5);
  const times = (share) => Math.round(100 * passes(found, share));
  return `Of lots with ${percent(good)} bad ${times(good)} in 100 pass, of those with ${percent(wish.limit)} at most ${Math.max(times(wish.limit), Math.round(100 * (1 - wish.confidence)))}.`;
}

function passes({ curve }, share) {
  const after = curve.findIndex(([at]) => at >= share);
  if (after <= 0) return curve[Math.max(0, after)][1];
  const [[from, low], [to, high]] = [curve[after - 1], curve[after]];
  return low + ((high - low) * (share - from)) / (to - from);
}

function operating(found, wish) {
  const most = found.curve.at(-1)[0];
  return plot({
    label: 'How often a lot passes, by its share of bad clips',
    x: { from: 0, to: most, format: percent },
    y: { from: 0, to: 1, format: percent },
    marks: [
      { area: found.curve.map(([share, chance]) => [share, 0, chance]) },
      { line: found.curve.map(([share, chance]) => [share, chance]) },
      { rule: { x: wish.limit, label: `${percent(wish.limit)} bad` }, tone: 'no' },
    ],
    read: (share) => {
      const nearest = found.curve.reduce((best, one) => (Math.abs(one[0] - share) < Math.abs(best[0] - share) ? one : best));
      const looked = wish.sequential ? `, after ${Math.round(nearest[2])} clips on average` : '';
      return `with ${percent(nearest[0])} bad it passes ${Math.round(100 * nearest[1])} times of 100${looked}`;
    },
  });
}
