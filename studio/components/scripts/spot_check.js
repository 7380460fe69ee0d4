// Spot checks: the plan on the left, the lots and how they stand on the right.

import { ask, h, key, parts as partsOf, when, whole } from './dom.js';
import { plot, percent, steps } from './plot.js';
import { Plan } from './spot_plan.js';

const POLL_MS = 5000;
const STATES = { open: ['being looked at', 'acc'], accepted: ['accepted', 'ok'], rejected: ['rejected', 'no'], taken_back: ['taken back', 'maybe'], closed: ['closed', ''] };
const DESIGNS = { random: () => 'drawn at random', stratified: (by) => `drawn from every ${by}`, risk: (by) => `drawn more often where ${by} is low` };

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
    const [state, tone] = STATES[check.state];
    return h('article', { class: 'panel check', 'data-check': String(check.id) },
      h('header', { class: 'row' }, h('b', {}, check.name || `Lot ${check.id}`), h('span', { class: `chip ${tone}` }, state), h('span', { class: 'grow' }),
        h('span', { class: 'faint' }, `${check.by} · ${when(check.created_at)}`)),
      h('p', { class: 'faint' }, [`${whole(check.lot_size)} clips`, plan.where.join(' and ') || 'all that waited', DESIGNS[plan.design](plan.by), `seed ${check.seed}`].join(' · ')),
      h('p', { class: `verdict ${card.state === 'failed' || card.state === 'ended' ? 'no' : ''}` }, verdict(check)),
      check.state === 'open' && progress(card),
      card.seen > 0 && (plan.sequential ? path(check) : range(check)),
      h('div', { class: 'lines' }, ...sentences(check).map((one) => h('p', { class: 'soft' }, one))),
      this.actions(check));
  }

  actions(check) {
    const told = h('span', { class: 'soft', role: 'alert' });
    const act = (step, label, { tone = '', note } = {}) => h('button', { class: tone, type: 'button', on: { click: (event) => this.act(check, step, { button: event.target, told, note: note?.value }) } }, label);
    if (check.state === 'accepted') return h('div', { class: 'row' }, library(check), act('take-back', 'Take back'), told);
    if (check.state !== 'open') return h('div', { class: 'row' }, library(check), told);
    const note = h('input', { placeholder: 'why, for those who look at the clips later', 'aria-label': 'Note', maxlength: '500' });
    const passed = check.card.state === 'passed';
    const decided = check.card.state !== 'open';
    return h('div', { class: 'lines' },
      h('div', { class: 'row' },
        !decided && h('a', { class: 'button', href: `/review?where=${encodeURIComponent(`sample=${check.id}`)}` }, 'Look at the sample'),
        passed && act('accept', `Accept the lot: ${whole(check.card.lot - check.card.seen)} clips unseen`, { tone: 'ok' }), library(check), act('close', 'Close', { tone: 'quiet' }), told),
      h('div', { class: 'note' }, note, act('reject', 'Reject the lot', { tone: 'no', note })));
  }

  async act(check, step, { button, told, note = '' }) {
    button.disabled = true;
    try {
      await ask(`/api/spot-check/${check.id}/${step}`, { key: key(), note });
      await this.load();
    } catch (error) {
      told.textContent = error.status ? error.message : 'Not done: the studio cannot be reached.';
      button.disabled = false;
    }
  }
}

const library = (check) => h('a', { class: 'button', href: `/library?where=${encodeURIComponent(`lot=${check.id}`)}` }, 'Show its clips');

function verdict({ state, card, accepted, lines }) {
  if (state === 'accepted') return `Accepted: ${whole(accepted)} clips stand accepted by lot.`;
  if (state === 'taken_back') return 'It was accepted and taken back; its clips wait for people again.';
  if (state === 'closed') return 'It was closed without a verdict.';
  if (state === 'rejected') return 'It was rejected; its clips wait for people.';
  return {
    open: card.seen ? left(card, lines) : 'Nothing has been looked at yet.',
    passed: 'The lot passes.',
    failed: 'The lot does not pass.',
    ended: 'Everything drawn was looked at without a clear answer: the lot does not pass.',
  }[card.state];
}

function left(card, lines) {
  const most = card.size - card.seen;
  if (!lines) return `${whole(most)} clip${most === 1 ? ' is' : 's are'} still to be looked at.`;
  const soonest = lines.passing.findIndex((bad, index) => index >= card.seen && bad >= card.bad) + 1 - card.seen;
  return soonest > 0 ? `It can pass after ${whole(soonest)} more clip${soonest === 1 ? '' : 's'}, and is clear after ${whole(most)} at the most.` : `${whole(most)} more clips at the most.`;
}

function progress(card) {
  return h('div', { class: 'bar', role: 'img', 'aria-label': `${card.seen} of ${card.size} looked at` }, h('i', { style: `width: ${card.size ? (100 * card.seen) / card.size : 0}%` }));
}

function sentences({ card, plan, note, decided_by: by, decided_at: at }) {
  if (!card.seen) return note ? [`Note: ${note}`] : [];
  const sure = percent(plan.confidence);
  const held = `between ${percent(card.shown.low)} and ${percent(card.shown.high)}`;
  return [
    `${whole(card.bad)} of ${whole(card.seen)} looked at ${card.bad === 1 ? 'was' : 'were'} bad${card.edited ? `, ${card.edited} for an edit` : ''}: ${percent(card.share)} of the lot, probably ${held}.`,
    `With ${sure} confidence no more than ${percent(card.upper)} of the lot is bad; asked for was less than ${percent(plan.limit)}.`,
    card.unsure && `${card.unsure} unsure clip${card.unsure === 1 ? ' holds' : 's hold'} the verdict up.`,
    card.gone && `${card.gone} drawn clip${card.gone === 1 ? ' is' : 's are'} no longer what was drawn, and left out.`,
    reviewers(card),
    note && `Note: ${note}`,
    by && `Decided by ${by}, ${when(at)}.`,
  ].filter(Boolean);
}

function reviewers({ eye, eye_known: known, eye_reliable: reliable, corrected }) {
  const seen = eye.bad + eye.good;
  if (!seen) return '';
  const told = `Of ${eye.bad} hidden bad clips the reviewers found ${eye.bad_found}, of ${eye.good} good ones they blamed ${eye.good - eye.good_passed}`;
  if (!known) return `${told}: too few yet to correct for.`;
  if (!reliable) return `${told}: this inspection is not reliable.`;
  return `${told}. Corrected for that, ${percent(corrected.share)} is bad, between ${percent(corrected.interval.low)} and ${percent(corrected.interval.high)}.`;
}

function range({ card, plan }) {
  const to = Math.min(1, Math.max(card.shown.high, card.upper, 2 * plan.limit) * 1.15);
  const at = (share) => `${Math.min(100, (100 * share) / to)}%`;
  return h('div', { class: 'range', role: 'img', 'aria-label': `${percent(card.share)} bad, between ${percent(card.shown.low)} and ${percent(card.shown.high)}; the limit is ${percent(plan.limit)}` },
    h('i', { class: 'track' }), h('i', { class: 'held', style: `left: ${at(card.shown.low)}; width: ${at(card.shown.high - card.shown.low)}` }),
    h('i', { class: 'point', style: `left: ${at(card.share)}` }), h('i', { class: 'limit', style: `left: ${at(plan.limit)}` }),
    h('span', { class: 'name', style: `left: calc(${at(plan.limit)} + 6px)` }, `limit ${percent(plan.limit)}`));
}

function path({ card, lines }) {
  const soonest = lines.passing.findIndex((bad) => bad >= 0) + 1;
  const most = Math.min(lines.passing.length, Math.ceil(1.25 * Math.max(card.seen, soonest)));
  const border = (line) => line.slice(0, most).map((bad, index) => [index + 1, bad]);
  const top = Math.max(3, card.bad + 1, lines.failing[most - 1] + 1);
  const drawable = (line) => steps(border(line).filter(([, bad]) => bad >= 0 && bad <= top));
  return plot({
    label: `Bad clips found after each of ${card.seen} looked at, between the lines where the lot passes and fails`,
    x: { from: 0, to: most },
    y: { from: 0, to: top },
    height: 170,
    marks: [
      { line: drawable(lines.failing), tone: 'no', label: 'fails' },
      { line: drawable(lines.passing), tone: 'ok', label: 'passes' },
      { line: steps([[0, 0], ...card.path.map((bad, index) => [index + 1, bad])]), tone: 'accent' },
      { dots: [[card.seen, card.bad, `${card.bad} bad after ${card.seen}`]] },
    ],
    read: (x) => {
      const n = Math.min(most, Math.max(1, Math.round(x)));
      const passing = lines.passing[n - 1];
      return `after ${n} clips: passes with ${passing < 0 ? 'none, it is too early' : `${passing} bad or fewer`}, fails with ${lines.failing[n - 1]}`;
    },
  });
}
