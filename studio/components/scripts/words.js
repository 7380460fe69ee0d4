// The words of a clip on the desk: the caption with its claims and times, what changed between versions, and the versions.

import { byRisk, claimsOf, doubtful } from './claims.js';
import { diff, drawn } from './diff.js';
import { caption, h, number, when, writer } from './dom.js';
import { say } from './say.js';
import { withTimes } from './times.js';

const VERDICTS = ['contradicted', 'not_visible', 'supported'];
const TONES = { bad: 'no', unsure: 'maybe', fine: 'ok', unknown: '' };

export class Words {
  // `on`: seek(seconds), revert(caption id), marks() → remarks on claims of the caption in force
  constructor(parts, on) {
    this.parts = parts;
    this.on = on;
    this.listed = false;
    parts.caption.addEventListener('click', (event) => this.pick(event));
    parts.claims.addEventListener('click', (event) => this.pick(event));
  }

  // `listed`: as a list, those that need a look first.
  show(clip, { listed }) {
    this.clip = clip;
    this.now = caption(clip);
    this.listed = listed && Boolean(this.now);
    this.claims = this.now ? claimsOf(clip, this.now) : [];
    this.at = -1;
    this.against = null;
    this.parts.history.hidden = true;
    this.draw();
    this.drawVersions();
    if (this.listed) this.step(1);
  }

  // ---- claims

  get claim() {
    return this.claims[this.at] || null;
  }

  // On to the next claim in the order of need; false when there is none further.
  step(by) {
    const order = byRisk(this.claims).map((claim) => claim.index);
    const place = this.at < 0 ? (by > 0 ? 0 : -1) : order.indexOf(this.at) + by;
    if (order[place] === undefined) return false;
    this.choose(order[place]);
    return true;
  }

  choose(index) {
    this.at = index;
    for (const node of this.nodes()) {
      const chosen = Number(node.dataset.claim) === index;
      node.classList.toggle('chosen', chosen);
      if (chosen) node.setAttribute('aria-current', 'true');
      else node.removeAttribute('aria-current');
      if (chosen) node.scrollIntoView({ block: 'nearest' });
    }
  }

  pick(event) {
    const node = event.target.closest('[data-claim]');
    if (node && !event.target.closest('.t') && !String(getSelection())) this.choose(Number(node.dataset.claim));
  }

  nodes() {
    return [...this.parts.caption.querySelectorAll('[data-claim]'), ...this.parts.claims.querySelectorAll('[data-claim]')];
  }

  // The words marked with the pointer, as places in the caption in force.
  selection() {
    const marked = getSelection();
    if (!this.now || marked.isCollapsed || this.listed || this.against || !this.parts.caption.contains(marked.anchorNode) || !this.parts.caption.contains(marked.focusNode)) return null;
    const range = marked.getRangeAt(0);
    const before = range.cloneRange();
    before.selectNodeContents(this.parts.caption);
    before.setEnd(range.startContainer, range.startOffset);
    const start = before.toString().length;
    return [start, start + range.toString().length];
  }

  // ---- drawing

  draw() {
    const { caption: words, claims, doubts } = this.parts;
    claims.hidden = !this.listed || Boolean(this.against);
    words.hidden = !claims.hidden;
    if (this.against) words.replaceChildren(...drawn(diff(this.against.text, this.now.text)));
    else if (!this.now) words.replaceChildren(say('review.no_caption_yet'));
    else if (this.listed) claims.replaceChildren(...byRisk(this.claims).map((claim) => this.line(claim)));
    else words.replaceChildren(...this.flowing());
    const wanting = this.claims.filter(doubtful).length;
    doubts.textContent = wanting ? say('review.claims.need', { count: wanting, all: this.claims.length }) : say('review.claims.number', { count: this.claims.length });
    doubts.parentElement.hidden = !this.claims.length;
    this.drawCompared();
    if (this.at >= 0) this.choose(this.at);
  }

  flowing() {
    const nodes = [];
    let from = 0;
    for (const claim of this.claims) {
      nodes.push(this.now.text.slice(from, claim.start));
      nodes.push(h('span', { class: `claim ${this.tone(claim)}`, 'data-claim': String(claim.index), title: told(claim) }, withTimes(claim.text, this.clip, this.on.seek)));
      from = claim.end;
    }
    return [...nodes, this.now.text.slice(from)];
  }

  line(claim) {
    const found = claim.found.map((one) => h('span', { class: `chip ${TONES[claim.risk]}`, title: [one.model, one.note].filter(Boolean).join(': ') }, verdict(one)));
    const mark = this.markOn(claim);
    return h('li', { class: `claim ${this.tone(claim)}`, 'data-claim': String(claim.index) },
      h('span', { class: 'text' }, withTimes(claim.text, this.clip, this.on.seek)), mark && h('span', { class: 'chip no' }, `${say('review.claims.wrong')} · ${mark.by}`), ...found);
  }

  tone(claim) {
    return this.markOn(claim) ? 'wrong' : claim.risk;
  }

  markOn(claim) {
    return this.on.marks().find((one) => one.span && one.span[0] === claim.start && one.span[1] === claim.end);
  }

  // ---- versions

  usable() {
    return this.clip.captions.filter(usable);
  }

  // What changed since the version before; then since older ones; then the caption again.
  toggleDiff() {
    if (!this.now) return;
    const others = this.usable().filter((one) => one.id !== this.now.id).reverse();
    const parent = others.findIndex((one) => one.id === this.now.parent);
    if (parent > 0) others.unshift(...others.splice(parent, 1));
    const place = this.against ? others.indexOf(this.against) + 1 : 0;
    this.compare(others[place] || null);
    if (!others.length) this.parts.compared.textContent = say('review.versions.no_other');
  }

  compare(version) {
    this.against = version;
    this.draw();
    this.drawVersions();
  }

  drawCompared() {
    const { compared } = this.parts;
    compared.textContent = this.against ? say('review.versions.compared', { version: this.number(this.against), writer: writer(this.against) }) : '';
  }

  number(version) {
    return this.clip.captions.indexOf(version) + 1;
  }

  toggleHistory(open = this.parts.history.hidden) {
    this.parts.history.hidden = !open;
    this.parts.versions.setAttribute('aria-expanded', String(open));
    if (!open && this.against) this.compare(null);
  }

  drawVersions() {
    const { versions, history } = this.parts;
    const { captions } = this.clip;
    versions.querySelector('span').textContent = say('review.versions.number', { count: captions.length });
    versions.setAttribute('aria-expanded', String(!history.hidden));
    history.replaceChildren(...captions.map((one, index) => this.version(one, index)).reverse());
  }

  version(one, index) {
    const inForce = one.id === this.clip.caption_id;
    const can = !inForce && usable(one);
    const said = one.outcome === 'ok' ? '' : `${one.outcome}: ${one.reason || ''}`;
    return h('li', { class: one === this.against ? 'chosen' : '' },
      h('div', { class: 'row' }, h('kbd', {}, String(index + 1)), h('span', { class: 'faint' }, [one.role === 'caption' ? '' : say(`common.roles.${one.role}`), writer(one), when(one.at), ...origin(one), said].filter(Boolean).join(' · ')),
        inForce && h('span', { class: 'chip acc' }, say('review.versions.in_force')), h('span', { class: 'grow' }),
        can && this.now && h('button', { class: 'quiet small', on: { click: () => this.compare(one === this.against ? null : one) } }, say('review.do.compare')),
        can && h('button', { class: 'quiet small', on: { click: () => this.on.revert(one.id) } }, say('review.versions.bring_back'))),
      h('p', {}, one.text), timed(one, this.clip, this.on.seek));
  }
}

// Answers, tags and translations stand beside captions and never come into force.
export const usable = (one) => one.outcome === 'ok' && one.role === 'caption';

// What a model was asked with, and what that took.
function origin(one) {
  const asked = Object.entries(one.params).map(([name, value]) => (name === 'reverts' ? say('review.versions.brought_back') : `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`));
  const [read, written] = one.tokens;
  return [one.prompt && say('common.prompt', { prompt: one.prompt }), ...asked, (read || written) && say('review.versions.tokens', { read, written }), ...one.flags.map(flagged)];
}

const flagged = (flag) => (typeof flag === 'string' ? flag : Object.values(flag).join(' '));

function timed(one, clip, seek) {
  if (!one.parts.length) return null;
  const items = one.parts.map((part) => h('li', {}, ...withTimes(`${part.start_s} s – ${part.end_s} s: ${part.text}`, clip, seek)));
  return h('details', {}, h('summary', { class: 'faint' }, say('review.versions.parts', { count: items.length })), h('ul', {}, ...items));
}

const verdict = (one) => [VERDICTS.includes(one.verdict) ? say(`review.claims.verdicts.${one.verdict}`) : '', one.value == null ? '' : number(one.value)].filter(Boolean).join(' ') || one.model;
const told = (claim) => claim.found.map((one) => `${one.model}: ${[verdict(one), one.note].filter(Boolean).join(', ')}`).join('\n') || null;
