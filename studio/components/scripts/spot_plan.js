// The plan of a new spot check, in a sentence, and what it would ask for and promise while one is still choosing.

import { ask, h, key, sentence } from './dom.js';
import { percent, plot } from './plot.js';
import { pieces, say } from './say.js';

const PAUSE_MS = 250;
const MOST_ALLOWED = 6;

export class Plan {
  // `on`: drawn()
  constructor(parts, on) {
    this.parts = parts;
    this.on = on;
    this.turn = 0;
    for (const line of parts.form.querySelectorAll('[data-say]')) line.append(...pieces(line.dataset.say, parts)); // its fields go to their places
    parts.allowed.append(...Array.from({ length: MOST_ALLOWED + 1 }, (_, number) => h('option', { value: String(number) }, number ? String(number) : say('spot_check.plan.none_allowed'))));
    parts.form.addEventListener('input', (event) => this.changed(event.target));
    parts.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.draw();
    });
  }

  start({ runs, scores, divisions }) {
    const { which, division, score, filter } = this.parts;
    which.replaceChildren(h('option', { value: '' }, say('spot_check.plan.waiting')), ...runs.map(([id, recipe]) => h('option', { value: `run=${id}` }, say('spot_check.plan.of_run', { id: String(id), recipe }))));
    division.replaceChildren(...divisions.map((name) => h('option', { value: name }, name)));
    score.replaceChildren(...scores.map((name) => h('option', { value: name }, name === 'check' ? say('spot_check.plan.worst_sentence') : name)));
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
    if (!form.checkValidity()) return this.tell(say('spot_check.plan.out_of_range'));
    const turn = ++this.turn;
    const wish = this.wish();
    try {
      const found = await ask('/api/spot-check/outlook', wish);
      if (turn !== this.turn) return undefined;
      this.tell('');
      draw.disabled = !found.lot;
      outlook.replaceChildren(...sentences(found, wish));
      curve.replaceChildren(...(found.lot ? [operating(found, wish)] : []));
    } catch (error) {
      if (turn === this.turn) this.tell(error.status === 422 ? say('spot_check.plan.out_of_range') : sentence(error));
    }
    return undefined;
  }

  async draw() {
    const { draw } = this.parts;
    draw.disabled = true;
    this.tell(say('spot_check.plan.drawing'));
    try {
      await ask('/api/spot-check', { key: key(), plan: this.wish() });
      await this.on.drawn();
      this.look();
    } catch (error) {
      this.tell(sentence(error, say('spot_check.plan.not_drawn')));
      draw.disabled = false;
    }
  }

  tell(text) {
    this.parts.told.textContent = text;
  }
}

function sentences(found, wish) {
  if (!found.lot) return [h('b', {}, say('spot_check.outlook.none')), h('p', { class: 'faint' }, say('spot_check.outlook.none_how'))];
  const all = found.size === found.lot;
  const { earliest, lot, size } = found;
  const big = wish.sequential ? say('spot_check.outlook.steps', { earliest, lot, size }) : say(all ? 'spot_check.outlook.all' : 'spot_check.outlook.some', { lot, size });
  const parts = Object.entries(found.strata).map(([name, number]) => `${name}: ${number}`);
  return [
    h('b', { class: 'big' }, big),
    !all && h('p', { class: 'soft' }, promise(found, wish)),
    parts.length > 0 && h('p', { class: 'faint' }, [...parts.slice(0, 8), parts.length > 8 && say('spot_check.outlook.and_more', { count: parts.length - 8 })].filter(Boolean).join(' · ')),
  ].filter(Boolean);
}

function promise(found, wish) {
  const good = Math.min(wish.good, wish.limit / 5);
  const times = (share) => Math.round(100 * passes(found, share));
  const most = Math.max(times(wish.limit), Math.round(100 * (1 - wish.confidence)));
  return say('spot_check.outlook.promise', { good: percent(good), good_pass: times(good), limit: percent(wish.limit), limit_pass: most });
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
    label: say('spot_check.outlook.plot'),
    x: { from: 0, to: most, format: percent },
    y: { from: 0, to: 1, format: percent },
    marks: [
      { area: found.curve.map(([share, chance]) => [share, 0, chance]) },
      { line: found.curve.map(([share, chance]) => [share, chance]) },
      { rule: { x: wish.limit, label: say('spot_check.outlook.limit', { share: percent(wish.limit) }) }, tone: 'no' },
    ],
    read: (share) => {
      const nearest = found.curve.reduce((best, one) => (Math.abs(one[0] - share) < Math.abs(best[0] - share) ? one : best));
      const [bad, chance, clips] = nearest;
      return say(wish.sequential ? 'spot_check.outlook.read_steps' : 'spot_check.outlook.read', { share: percent(bad), times: Math.round(100 * chance), clips: Math.round(clips) });
    },
  });
}
