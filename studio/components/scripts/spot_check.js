// Spot checks: the plan on the left, the lots and how they stand on the right.

import { ask, h, key, parts as partsOf, sentence, when } from './dom.js';
import { plot, percent, steps } from './plot.js';
import { say } from './say.js';
import { Plan } from './spot_plan.js';

const POLL_MS = 5000;
const TONES = { open: 'acc', accepted: 'ok', rejected: 'no', taken_back: 'maybe', closed: '' };

export function mount(root) {
  return new SpotCheck(root).start();
}

class SpotCheck {
  constructor(root) {
    this.parts = partsOf(root);
    this.plan = new Plan(this.parts, { drawn: () => this.load() });
    this.shown = new Map();
  }

  async start() {
    const desk = await this.load();
    if (!desk) return setTimeout(() => this.start(), POLL_MS);
    this.plan.start(desk);
    setInterval(() => document.visibilityState === 'visible' && this.load(), POLL_MS);
  }

  async load() {
    const desk = await ask('/api/spot-check').catch(() => null);
    if (!desk) return null;
    this.parts.empty.hidden = desk.checks.length > 0;
    this.draw(desk.checks);
    return desk;
  }

  // Only what changed is drawn anew, so that nobody loses the note they are writing.
  draw(checks) {
    const { checks: list } = this.parts;
    checks.forEach((check, index) => {
      const said = JSON.stringify(check);
      let card = this.shown.get(check.id);
      if (card?.said !== said) {
        const node = this.card(check);
        card?.node.replaceWith(node);
        card = { said, node };
        this.shown.set(check.id, card);
      }
      if (list.children[index] !== card.node) list.insertBefore(card.node, list.children[index] || null);
    });
  }

  card(check) {
    const { card, plan } = check;
    return h('article', { class: 'panel check', 'data-check': String(check.id) },
      h('header', { class: 'row' }, h('b', {}, check.name || say('spot_check.check.lot', { id: String(check.id) })), h('span', { class: `chip ${TONES[check.state]}` }, say(`spot_check.check.states.${check.state}`)), h('span', { class: 'grow' }),
        h('span', { class: 'faint' }, `${check.by} · ${when(check.created_at)}`)),
      h('p', { class: 'faint' }, about(check).join(' · ')),
      h('p', { class: `verdict ${card.state === 'failed' || card.state === 'ended' ? 'no' : ''}` }, verdict(check)),
      check.state === 'open' && progress(card),
      card.seen > 0 && (plan.sequential ? path(check) : range(check)),
      h('div', { class: 'lines' }, ...sentences(check).map((one) => h('p', { class: 'soft' }, one))),
      this.actions(check));
  }

  actions(check) {
    const told = h('span', { class: 'soft', role: 'alert' });
    const act = (step, label, { tone = '', note } = {}) => h('button', { class: tone, type: 'button', on: { click: (event) => this.act(check, step, { button: event.target, told, note: note?.value }) } }, label);
    if (check.state === 'accepted') return h('div', { class: 'row' }, library(check), act('take-back', say('spot_check.check.take_back')), told);
    if (check.state !== 'open') return h('div', { class: 'row' }, library(check), told);
    const note = h('input', { placeholder: say('spot_check.check.note_like'), 'aria-label': say('spot_check.check.note'), maxlength: '500' });
    const passed = check.card.state === 'passed';
    const decided = check.card.state !== 'open';
    return h('div', { class: 'lines' },
      h('div', { class: 'row' },
        !decided && h('a', { class: 'button', href: `/review?where=${encodeURIComponent(`sample=${check.id}`)}` }, say('spot_check.check.look')),
        passed && act('accept', say('spot_check.check.accept', { count: check.card.lot - check.card.seen }), { tone: 'ok' }), library(check), act('close', say('spot_check.check.close'), { tone: 'quiet' }), told),
      h('div', { class: 'note' }, note, act('reject', say('spot_check.check.reject'), { tone: 'no', note })));
  }

  async act(check, step, { button, told, note = '' }) {
    button.disabled = true;
    try {
      await ask(`/api/spot-check/${check.id}/${step}`, { key: key(), note });
      await this.load();
    } catch (error) {
      told.textContent = sentence(error, say('common.not_done'));
      button.disabled = false;
    }
  }
}

const library = (check) => h('a', { class: 'button', href: `/library?where=${encodeURIComponent(`lot=${check.id}`)}` }, say('spot_check.check.library'));

// What was drawn, and how.
function about({ lot_size: count, plan, seed }) {
  return [say('common.clips', { count }), plan.where.join(' and ') || say('spot_check.check.all'), say(`spot_check.check.designs.${plan.design}`, { by: plan.by }), say('spot_check.check.seed', { seed: String(seed) })];
}

function verdict({ state, card, accepted, lines }) {
  if (state !== 'open') return say(`spot_check.verdicts.${state}`, { count: accepted });
  if (card.state !== 'open') return say(`spot_check.verdicts.${card.state}`);
  return card.seen ? left(card, lines) : say('spot_check.verdicts.unseen');
}

function left(card, lines) {
  const most = card.size - card.seen;
  if (!lines) return say('spot_check.verdicts.left', { count: most });
  const soonest = lines.passing.findIndex((bad, index) => index >= card.seen && bad >= card.bad) + 1 - card.seen;
  return soonest > 0 ? say('spot_check.verdicts.soonest', { count: soonest, most }) : say('spot_check.verdicts.at_most', { count: most });
}

function progress(card) {
  return h('div', { class: 'bar', role: 'img', 'aria-label': say('spot_check.found.progress', { seen: card.seen, size: card.size }) }, h('i', { style: `width: ${card.size ? (100 * card.seen) / card.size : 0}%` }));
}

const shares = ({ share, shown }) => ({ share: percent(share), low: percent(shown.low), high: percent(shown.high) });

function sentences({ card, plan, note, decided_by: by, decided_at: at }) {
  const noted = note && say('spot_check.found.note', { note });
  if (!card.seen) return noted ? [noted] : [];
  const { bad, seen, edited, unsure, gone } = card;
  return [
    say(edited ? 'spot_check.found.bad_edited' : 'spot_check.found.bad', { count: bad, seen, edited, ...shares(card) }),
    say('spot_check.found.bound', { confidence: percent(plan.confidence), upper: percent(card.upper), limit: percent(plan.limit) }),
    unsure && say('spot_check.found.unsure', { count: unsure }),
    gone && say('spot_check.found.gone', { count: gone }),
    reviewers(card),
    noted,
    by && say('spot_check.found.decided', { who: by, when: when(at) }),
  ].filter(Boolean);
}

function reviewers({ eye, eye_known: known, eye_reliable: reliable, corrected }) {
  const seen = eye.bad + eye.good;
  if (!seen) return '';
  const told = { bad: eye.bad, found: eye.bad_found, good: eye.good, blamed: eye.good - eye.good_passed };
  if (!known) return say('spot_check.eye.unknown', told);
  if (!reliable) return say('spot_check.eye.unreliable', told);
  return say('spot_check.eye.corrected', { ...told, ...shares({ share: corrected.share, shown: corrected.interval }) });
}

function range({ card, plan }) {
  const to = Math.min(1, Math.max(card.shown.high, card.upper, 2 * plan.limit) * 1.15);
  const at = (share) => `${Math.min(100, (100 * share) / to)}%`;
  return h('div', { class: 'range', role: 'img', 'aria-label': say('spot_check.found.range', { ...shares(card), limit: percent(plan.limit) }) },
    h('i', { class: 'track' }), h('i', { class: 'held', style: `left: ${at(card.shown.low)}; width: ${at(card.shown.high - card.shown.low)}` }),
    h('i', { class: 'point', style: `left: ${at(card.share)}` }), h('i', { class: 'limit', style: `left: ${at(plan.limit)}` }),
    h('span', { class: 'name', style: `left: calc(${at(plan.limit)} + 6px)` }, say('spot_check.found.limit', { share: percent(plan.limit) })));
}

function path({ card, lines }) {
  const soonest = lines.passing.findIndex((bad) => bad >= 0) + 1;
  const most = Math.min(lines.passing.length, Math.ceil(1.25 * Math.max(card.seen, soonest)));
  const border = (line) => line.slice(0, most).map((bad, index) => [index + 1, bad]);
  const top = Math.max(3, card.bad + 1, lines.failing[most - 1] + 1);
  const drawable = (line) => steps(border(line).filter(([, bad]) => bad >= 0 && bad <= top));
  return plot({
    label: say('spot_check.path.plot', { seen: card.seen }),
    x: { from: 0, to: most },
    y: { from: 0, to: top },
    height: 170,
    marks: [
      { line: drawable(lines.failing), tone: 'no', label: say('spot_check.path.fails') },
      { line: drawable(lines.passing), tone: 'ok', label: say('spot_check.path.passes') },
      { line: steps([[0, 0], ...card.path.map((bad, index) => [index + 1, bad])]), tone: 'accent' },
      { dots: [[card.seen, card.bad, say('spot_check.path.now', { bad: card.bad, seen: card.seen })]] },
    ],
    read: (x) => {
      const n = Math.min(most, Math.max(1, Math.round(x)));
      const [passing, failing] = [lines.passing[n - 1], lines.failing[n - 1]];
      return say(passing < 0 ? 'spot_check.path.read_early' : 'spot_check.path.read', { count: n, passing, failing });
    },
  });
}
