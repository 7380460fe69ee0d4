// The Library: filters, grid, rules and detail, held together by the conditions in the address.

import { ask, busy, h, parts as partsOf, whole } from './dom.js';
import { Detail } from './detail.js';
import { Grid } from './grid.js';
import { Rules } from './rules.js';

const REVIEWS = { waiting: 'waiting', accepted: 'accepted', accepted_lot: 'accepted by lot', rejected: 'rejected', skipped: 'skipped' };
const VERDICTS = { kept: 'kept', dropped: 'dropped', unscored: 'cannot be scored', pending: 'being scored' };
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
    this.grid = new Grid(this.parts, { open: (index) => this.detail.open(index), loaded: (shelf) => this.loaded(shelf), failed: (sentence) => this.trouble(sentence) });
    this.detail = new Detail(this.parts.detail, { grid: this.grid, changed: () => this.facets() });
    this.rules = new Rules(this.parts, { applied: () => this.reload() });
  }

  async start() {
    this.listen();
    this.reload();
    this.rules.load();
    setInterval(() => document.visibilityState === 'visible' && this.look(), POLL_MS);
    const asked = new URLSearchParams(location.search).get('clip');
    if (asked) this.detail.show(Number(asked));
  }

  // ---- the address is the state

  read() {
    const asked = new URLSearchParams(location.search);
    this.sort = asked.get('sort') === 'oldest' ? 'oldest' : 'newest';
    this.review = new Set();
    this.verdict = new Set();
    this.reason = '';
    this.text = '';
    this.others = [];
    for (const where of asked.getAll('where')) this.take(where);
  }

  take(where) {
    const [, name, sign, value] = where.match(/^\s*([\w.-]+)\s*(>=|<=|>|<|=|~)\s*(.*?)\s*$/s) || [];
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
      ...(this.reason ? [`reason=${this.reason}`] : []),
      ...(this.text ? [`text~${this.text}`] : []),
      ...this.others,
    ];
  }

  write() {
    const address = new URLSearchParams([...this.where().map((one) => ['where', one]), ...(this.sort === 'oldest' ? [['sort', 'oldest']] : [])]);
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
      history.replaceState(history.state, '', location.pathname);
      this.read();
      this.change();
    });
    fresh.addEventListener('click', () => this.reload());
    document.addEventListener('keydown', (event) => {
      if (event.key !== '/' || busy(event)) return;
      event.preventDefault();
      search.focus();
    });
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
    this.drawFilters();
    this.drawEmpty();
  }

  async look() {
    const found = await ask('/api/library/facets').catch(() => null);
    const more = found && this.found ? found.count - this.found.count : 0;
    this.parts.fresh.hidden = more <= 0;
    this.parts.fresh.textContent = `Show ${whole(more)} new`;
  }

  drawFilters() {
    const { search, sort, reason, review, verdict, conditions } = this.parts;
    if (document.activeElement !== search) search.value = this.text;
    sort.value = this.sort;
    const counts = this.found || { review: {}, verdict: {}, reasons: [] };
    drawToggles(review, REVIEWS, counts.review, this.review);
    drawToggles(verdict, VERDICTS, counts.verdict, this.verdict);
    const reasons = counts.reasons.map(([name, number]) => [name, `${name} (${whole(number)})`]);
    if (this.reason && !reasons.some(([name]) => name === this.reason)) reasons.unshift([this.reason, this.reason]);
    reason.replaceChildren(h('option', { value: '' }, 'any reason'), ...reasons.map(([name, label]) => h('option', { value: name }, label)));
    reason.value = this.reason;
    conditions.replaceChildren(...this.others.map((one, index) => h('button', { class: 'chip acc', 'data-index': String(index), 'aria-label': `Remove ${one}` }, `${one} ✕`)));
  }

  loaded(shelf) {
    if (shelf.count != null) {
      this.count = shelf.count;
      this.parts.count.textContent = `${whole(shelf.count)} clip${shelf.count === 1 ? '' : 's'}`;
    }
    this.drawEmpty();
  }

  drawEmpty() {
    const { empty, emptyTitle, emptyText, clear } = this.parts;
    const nothing = this.found && !this.found.count;
    empty.hidden = this.count !== 0;
    clear.hidden = nothing;
    emptyTitle.textContent = nothing ? 'The library is empty.' : 'No clip fits.';
    emptyText.textContent = nothing ? 'Queue a folder of videos; clips appear here while it is being read.' : 'Loosen a filter, or look at everything.';
  }

  trouble(sentence) {
    this.parts.trouble.textContent = sentence;
    this.parts.trouble.hidden = !sentence;
    if (sentence) this.parts.count.textContent = '';
  }
}

function drawToggles(node, names, counts, chosen) {
  const focused = node.contains(document.activeElement) && document.activeElement.dataset.value;
  const shown = Object.entries(names).filter(([name]) => counts[name] || chosen.has(name));
  node.replaceChildren(...shown.map(([name, label]) =>
    h('button', { class: `chip ${chosen.has(name) ? 'acc' : ''}`, 'data-value': name, 'aria-pressed': String(chosen.has(name)) }, label, h('span', { class: 'number' }, whole(counts[name] || 0)))));
  if (focused) node.querySelector(`[data-value="${focused}"]`)?.focus();
}
