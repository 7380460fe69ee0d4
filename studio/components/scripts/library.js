// The Library: filters, grid, rules and detail, held together by the conditions in the address.

import { Bulk } from './bulk.js';
import { ask, busy, h, parts as partsOf, whole } from './dom.js';
import { Detail } from './detail.js';
import { Grid } from './grid.js';
import { Rules } from './rules.js';
import { say } from './say.js';
import { Views } from './views.js';

const REVIEWS = ['waiting', 'accepted', 'accepted_lot', 'rejected', 'skipped'];
const VERDICTS = ['kept', 'dropped', 'unscored', 'pending'];
const ORDERS = ['newest', 'oldest', 'decided', 'longest', 'shortest'];
const COUNTED = 10000;
const HINTS = ['tag=', 'model=', 'prompt=', 'reviewer=', 'caption=truncated', 'flag=', 'run=', 'video~', 'missing=', 'camera=', 'superseded=yes', 'not tag='];
const TYPING_MS = 200;
const POLL_MS = 10000;

export function mount(root) {
  return new Library(root).start();
}

class Library {
  constructor(root) {
    this.root = root;
    this.parts = partsOf(root);
    this.read();
    this.grid = new Grid(this.parts, { open: (index) => this.detail.open(index), loaded: (shelf) => this.loaded(shelf), failed: (sentence) => this.trouble(sentence), chosen: (number) => this.drawChosen(number) });
    this.detail = new Detail(this.parts.detail, { grid: this.grid, changed: () => this.facets() });
    this.rules = new Rules(this.parts, { applied: () => this.reload() });
    this.views = new Views(this.parts, { now: () => ({ where: this.where(), sort: this.sort }), choose: (view) => this.choose(view) });
    this.bulk = new Bulk(this.parts, {
      where: () => (this.grid.chosen.size ? [`clip=${[...this.grid.chosen].join(',')}`] : this.where()),
      tags: () => this.found?.tags || {},
      reasons: () => ask('/api/review/reasons'),
      done: () => { this.grid.choose(false); this.reload(); },
    });
  }

  async start() {
    this.listen();
    this.reload();
    this.rules.load();
    this.views.load();
    setInterval(() => document.visibilityState === 'visible' && this.look(), POLL_MS);
    const asked = new URLSearchParams(location.search).get('clip');
    if (asked) this.detail.show(Number(asked));
  }

  // ---- the address is the state

  read() {
    const asked = new URLSearchParams(location.search);
    this.lookAt(asked.getAll('where'), asked.get('sort'));
  }

  lookAt(wheres, sort) {
    this.sort = sort || 'newest';
    this.review = new Set();
    this.verdict = new Set();
    this.reason = '';
    this.text = '';
    this.others = [];
    for (const where of wheres) this.take(where);
  }

  take(where) {
    const [, name, sign, written] = where.match(/^\s*([\w.-]+)\s*(=|~)\s*("(?:[^"\\]|\\.)*"|(?:(?! and | or )[^"()])*?)\s*$/s) || [];
    const value = bare(written || '');
    if (name === 'review' && sign === '=') value.split(',').forEach((one) => this.review.add(one.trim()));
    else if (name === 'verdict' && sign === '=') value.split(',').forEach((one) => this.verdict.add(one.trim()));
    else if (name === 'reason' && sign === '=' && !this.reason) this.reason = value;
    else if (name === 'text' && sign === '~' && !this.text) this.text = value;
    else if (where.trim()) this.others.push(where.trim());
  }

  where() {
    return [
      ...(this.review.size ? [`review=${[...this.review].join(',')}`] : []),
      ...(this.verdict.size ? [`verdict=${[...this.verdict].join(',')}`] : []),
      ...(this.reason ? [`reason=${quoted(this.reason)}`] : []),
      ...(this.text ? [`text~${quoted(this.text)}`] : []),
      ...this.others,
    ];
  }

  write() {
    const address = new URLSearchParams([...this.where().map((one) => ['where', one]), ...(this.sort === 'newest' ? [] : [['sort', this.sort]])]);
    const theme = new URLSearchParams(location.search).get('__theme');
    if (theme) address.set('__theme', theme);
    history.replaceState(history.state, '', location.pathname + (address.size ? `?${address}` : '')); // the page has a <base>
  }

  change() {
    this.write();
    this.reload();
  }

  reload() {
    this.trouble('');
    this.drawFilters();
    this.views.show();
    this.grid.load({ where: this.where(), sort: this.sort });
    return this.facets();
  }

  // ---- gestures

  listen() {
    const { search, reason, sort, condition, more, clear, fresh, review, verdict, conditions } = this.parts;
    search.addEventListener('input', () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.set('text', search.value.trim()), TYPING_MS);
    });
    reason.addEventListener('change', () => this.set('reason', reason.value));
    sort.addEventListener('change', () => this.set('sort', sort.value));
    review.addEventListener('click', (event) => this.toggle(this.review, event));
    verdict.addEventListener('click', (event) => this.toggle(this.verdict, event));
    conditions.addEventListener('click', (event) => this.drop(event));
    condition.addEventListener('submit', (event) => {
      event.preventDefault();
      if (more.value.trim()) this.others.push(more.value.trim());
      more.value = '';
      this.change();
    });
    clear.addEventListener('click', () => {
      this.choose({ where: [], sort: 'newest' });
    });
    fresh.addEventListener('click', () => this.reload());
    this.parts.select.addEventListener('click', () => this.grid.choose(!this.grid.choosing));
    this.parts.bulk.addEventListener('change', () => { const act = this.parts.bulk.value; this.parts.bulk.value = ''; if (act) this.bulk.open(act); });
    document.addEventListener('keydown', (event) => {
      if (busy(event)) return;
      if (event.key === '/') { event.preventDefault(); search.focus(); }
      if (event.key === 'Escape' && this.grid.choosing) this.grid.choose(false);
    });
  }

  choose({ where, sort }) {
    this.lookAt(where, sort);
    this.change();
  }

  set(name, value) {
    if (this[name] === value) return;
    this[name] = value;
    this.change();
  }

  toggle(chosen, event) {
    const name = event.target.closest('button')?.dataset.value;
    if (!name) return;
    if (!chosen.delete(name)) chosen.add(name);
    this.change();
  }

  drop(event) {
    const index = event.target.closest('button')?.dataset.index;
    if (index === undefined) return;
    this.others.splice(Number(index), 1);
    this.change();
  }

  // ---- drawing

  async facets() {
    const found = await ask('/api/library/facets').catch(() => null);
    if (!found) return;
    this.found = found;
    this.parts.fresh.hidden = true;
    this.parts.words.replaceChildren(...[...Object.keys(found.tags).map((tag) => `tag=${tag}`), ...found.scores.map((name) => `${name}>`), ...HINTS].map((word) => h('option', { value: word })));
    this.drawFilters();
    this.drawEmpty();
  }

  async look() {
    const found = await ask('/api/library/facets').catch(() => null);
    const more = found && this.found ? found.count - this.found.count : 0;
    this.parts.fresh.hidden = more <= 0;
    this.parts.fresh.textContent = say('library.fresh', { count: more });
  }

  drawFilters() {
    const { search, sort, reason, review, verdict, conditions } = this.parts;
    if (document.activeElement !== search) search.value = this.text;
    this.drawOrders(sort);
    this.parts.toReview.href = `/review${this.where().length ? `?${new URLSearchParams(this.where().map((one) => ['where', one]))}` : ''}`;
    const counts = this.found || { review: {}, verdict: {}, reasons: [] };
    drawToggles(review, REVIEWS.map((name) => [name, say(`common.review.${name}`)]), counts.review, this.review);
    drawToggles(verdict, VERDICTS.map((name) => [name, say(`common.verdicts.${name}`)]), counts.verdict, this.verdict);
    const reasons = counts.reasons.map(([name, number, said]) => [name, `${said} (${whole(number)})`]);
    if (this.reason && !reasons.some(([name]) => name === this.reason)) reasons.unshift([this.reason, this.reason]);
    reason.replaceChildren(h('option', { value: '' }, say('library.any_reason')), ...reasons.map(([name, label]) => h('option', { value: name }, label)));
    reason.value = this.reason;
    conditions.replaceChildren(...this.others.map((one, index) => h('button', { type: 'button', class: 'chip acc', 'data-index': String(index), 'aria-label': say('library.remove', { condition: one }) }, `${one} ✕`)));
  }

  loaded(shelf) {
    if (shelf.count != null) this.drawCount(shelf.count);
    this.drawEmpty();
  }

  // Up to ten thousand are counted at once; how many more there are is told when it is known.
  async drawCount(number) {
    this.count = number;
    this.parts.count.textContent = number < COUNTED ? say('common.clips', { count: number }) : say('library.more_than', { count: COUNTED });
    if (number < COUNTED) return;
    const asked = JSON.stringify(this.where());
    const all = await ask(`/api/library/count?${new URLSearchParams(this.where().map((one) => ['where', one]))}`).catch(() => null);
    if (all !== null && asked === JSON.stringify(this.where())) this.parts.count.textContent = say('common.clips', { count: all });
  }

  drawChosen(number) {
    this.parts.select.setAttribute('aria-pressed', String(this.grid.choosing));
    this.parts.select.textContent = say(this.grid.choosing ? 'library.selection.done' : 'library.selection.start');
    this.parts.chosen.hidden = !this.grid.choosing;
    this.parts.chosen.textContent = number ? say('library.selection.chosen', { count: number }) : say('library.selection.none');
    this.parts.bulk.options[0].textContent = number ? say('library.many.these', { count: number }) : say('library.many.all');
  }

  drawOrders(select) {
    const scores = (this.found?.scores || []).filter((name) => name !== 'duration');
    const shown = [
      ...ORDERS.map((name) => [name, say(`library.orders.${name}`)]),
      ...scores.flatMap((score) => [[`-${score}`, say('library.orders.highest', { score })], [score, say('library.orders.lowest', { score })]]),
    ];
    if (!shown.some(([name]) => name === this.sort)) shown.push([this.sort, this.sort]);
    if (select.options.length !== shown.length) select.replaceChildren(...shown.map(([name, label]) => h('option', { value: name }, label)));
    select.value = this.sort;
  }

  drawEmpty() {
    const { empty, emptyTitle, emptyText, clear } = this.parts;
    const nothing = this.found && !this.found.count;
    empty.hidden = this.count !== 0;
    clear.hidden = nothing;
    emptyTitle.textContent = say(nothing ? 'library.empty' : 'library.none_fits');
    emptyText.textContent = say(nothing ? 'library.empty_how' : 'library.none_fits_how');
  }

  trouble(sentence) {
    this.parts.trouble.textContent = sentence;
    this.parts.trouble.hidden = !sentence;
    if (sentence) this.parts.count.textContent = '';
  }
}

function drawToggles(node, names, counts, chosen) {
  const focused = node.contains(document.activeElement) && document.activeElement.dataset.value;
  const shown = names.filter(([name]) => counts[name] || chosen.has(name));
  node.replaceChildren(...shown.map(([name, label]) =>
    h('button', { class: `chip ${chosen.has(name) ? 'acc' : ''}`, 'data-value': name, 'aria-pressed': String(chosen.has(name)) }, label, h('span', { class: 'number' }, whole(counts[name] || 0)))));
  if (focused) node.querySelector(`[data-value="${focused}"]`)?.focus();
}

// Values as they stand in a condition, and as they are meant.
const quoted = (value) => (/^[^"()\\]+$/.test(value) && !/(^|\s)(and|or|not)(\s|$)/i.test(value) ? value : `"${value.replace(/[\\"]/g, '\\$&')}"`);
const bare = (value) => (value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/gs, '$1') : value);
