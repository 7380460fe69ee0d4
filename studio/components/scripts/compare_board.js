// The board: captions of one clip beside each other, the next clips here already. A vote belongs to the ballot on the screen
// when the key goes down; it is shown at once and sent by the outbox.

import { ask, h, key, parts as partsOf, sentence } from './dom.js';
import { BoardKeys } from './compare_keys.js';
import { BoardView } from './compare_view.js';
import { Outbox } from './outbox.js';
import { Player } from './player.js';
import { say } from './say.js';

const AHEAD = 8;
const LOW = 4;
const POLL_MS = 10000;
const RENEW_MS = 60000; // ballots are lent for five minutes
const GROUPS = ['version', 'writer', 'model', 'prompt', 'person'];

export function mount(root) {
  return new Board(root).start();
}

class Board {
  constructor(root) {
    this.root = root;
    this.parts = partsOf(root);
    this.view = new BoardView(root, this.parts);
    const { videoA, videoB, ...rest } = this.parts;
    this.player = new Player({ videos: [videoA, videoB], ...rest });
    this.queue = [];
    this.current = null;
    this.made = [];
    this.chosen = new Set();
    this.reasons = [];
    this.pivot = 0;
    this.read();
  }

  // The address says what is compared.
  read() {
    const asked = new URLSearchParams(location.search);
    const within = (name, low, high) => Math.min(high, Math.max(low, Number(asked.get(name)) || low));
    this.asked = {
      where: asked.getAll('where'),
      among: asked.getAll('among'),
      by: GROUPS.includes(asked.get('by')) ? asked.get('by') : 'version',
      width: within('width', 2, 6),
      votes: within('votes', 1, 10),
      blind: asked.get('blind') !== 'no',
    };
  }

  async start() {
    this.root.hidden = false;
    this.listen();
    this.drawChoices();
    const first = await this.claim();
    if (this.barred) return undefined;
    if (!first) return setTimeout(() => this.start(), POLL_MS);
    this.outbox = new Outbox(first.user, {
      changed: () => this.drawStatus(),
      kept: (entry, answer) => this.kept(entry, answer),
      refused: (entry, sentence) => this.refused(entry, sentence),
    }, { path: '/api/compare/vote', kind: 'vote' });
    this.outbox.adopt();
    const voted = new Set(this.outbox.waiting.map((entry) => entry.wish.ballot_id));
    this.queue = this.queue.filter((ballot) => !voted.has(ballot.id));
    this.advance();
    this.drawStatus();
    setInterval(() => this.poll(), POLL_MS);
    setInterval(() => this.current && this.claim(0), RENEW_MS);
  }

  listen() {
    if (this.listening) return;
    this.listening = true;
    this.keys = new BoardKeys(this);
    this.root.addEventListener('click', (event) => this.clicked(event));
    const { width, votes, by, blind } = this.parts;
    width.addEventListener('change', () => this.choose('width', width.value));
    votes.addEventListener('change', () => this.choose('votes', votes.value));
    by.addEventListener('change', () => this.choose('by', by.value));
    blind.addEventListener('click', () => this.choose('blind', this.asked.blind ? 'no' : 'yes'));
  }

  // Something else is to be compared: another address, another queue.
  choose(name, value) {
    const address = new URLSearchParams(location.search);
    address.set(name, value);
    if (name === 'by') address.delete('among'); // contestants go by another name then
    location.search = address.toString();
  }

  // ---- ballots

  async claim(limit = AHEAD) {
    if (this.claiming) return null;
    this.claiming = true;
    try {
      const lent = await ask('/api/compare/claim', { ...this.asked, limit, held: this.held() });
      const held = new Set(this.held());
      this.queue.push(...lent.ballots.filter((ballot) => !held.has(ballot.id)));
      this.reasons = lent.reasons;
      this.possible = lent.possible;
      this.progress = lent.progress;
      this.view.progress(lent.progress);
      return lent;
    } catch (error) {
      if (error.status === 403) this.bar(error.message);
      else this.parts.status.textContent = sentence(error, say('common.trying_again'));
      return null;
    } finally {
      this.claiming = false;
    }
  }

  held() {
    const waiting = this.outbox ? this.outbox.waiting.map((entry) => entry.wish.ballot_id) : [];
    return [...new Set([...this.queue.map((ballot) => ballot.id), ...(this.current ? [this.current.id] : []), ...waiting])];
  }

  advance() {
    this.show(this.queue.shift() || null);
    if (this.queue.length < LOW) this.refill();
  }

  async refill() {
    const lent = await this.claim();
    if (!lent) return;
    if (!this.current) this.show(this.queue.shift() || null);
    else this.prepare();
  }

  poll() {
    if (document.visibilityState === 'visible' && !this.current) this.refill();
  }

  show(ballot) {
    this.current = ballot;
    this.chosen.clear();
    this.parts.arena.hidden = !ballot;
    this.parts.empty.hidden = Boolean(ballot);
    if (!ballot) return this.drawEmpty();
    this.pivot = this.pivot === null ? null : 0;
    this.view.ballot(ballot, this.pivot);
    this.view.reasons(this.reasons, this.chosen);
    this.player.show(ballot.clip);
    this.root.dataset.ballot = ballot.id;
    this.root.dataset.clip = ballot.clip.id;
    if (document.activeElement === document.body) this.root.focus({ preventScroll: true });
    requestAnimationFrame(() => this.prepare());
  }

  prepare() {
    this.player.prepare(this.queue.map((ballot) => ballot.clip));
  }

  // ---- votes

  vote(choice) {
    const ballot = this.current;
    if (!ballot || choice > ballot.columns.length) return;
    const wish = { key: key(), ballot_id: ballot.id, clip_id: ballot.clip.id, version: ballot.version, choice, reasons: [...this.chosen] };
    this.made.push({ ballot, wish });
    this.count(1);
    this.advance();
    this.outbox.add(wish);
    this.view.last(this.made.at(-1));
    scrollTo({ top: 0 });
  }

  undo() {
    const last = this.made.pop();
    if (!last) return;
    const { ballot, wish } = last;
    this.outbox.add({ key: key(), ballot_id: ballot.id, clip_id: ballot.clip.id, version: wish.version + 1, choice: null, reasons: [] });
    this.count(-1);
    if (this.current) this.queue.unshift(this.current);
    this.show({ ...ballot, version: wish.version + 2, blind: false });
    this.chosen = new Set(wish.reasons);
    this.view.reasons(this.reasons, this.chosen);
    this.view.last(this.made.at(-1));
  }

  kept(entry, answer) {
    const made = this.made.find((one) => one.wish.key === entry.wish.key);
    if (made) made.by = answer.by;
    if (made && made === this.made.at(-1)) this.view.last(made);
    if (!this.current && this.outbox.waiting.length === 0) this.refill(); // what is left is known only now
  }

  refused(entry, sentence) {
    this.made = this.made.filter((one) => one.wish.key !== entry.wish.key);
    const told = h('div', { class: 'panel row' }, h('span', { class: 'grow' }, say('common.not_kept', { sentence })), h('button', { class: 'small', on: { click: () => told.remove() } }, say('common.close')));
    this.parts.told.append(told);
    this.view.last(this.made.at(-1));
  }

  count(more) {
    this.progress = { ...this.progress, mine: this.progress.mine + more, all: this.progress.all + more };
    this.view.progress(this.progress);
  }

  // ---- clicks, and what keys do as well

  clicked(event) {
    const button = event.target.closest('button');
    if (!button) return;
    if (event.detail) this.root.focus({ preventScroll: true }); // else Space would press it again
    if (button.dataset.choice) this.vote(Number(button.dataset.choice));
    if (button.dataset.reason) this.because(button.dataset.reason);
    if (button.dataset.do === 'undo') this.undo();
    if (button.dataset.do === 'pivot') this.turnPivot();
  }

  because(reason) {
    if (!this.chosen.delete(reason)) this.chosen.add(reason);
    this.view.reasons(this.reasons, this.chosen);
  }

  // Each column in turn, then none; of two columns one does.
  turnPivot() {
    const last = this.current.columns.length > 2 ? this.current.columns.length - 1 : 0;
    this.pivot = this.pivot === null ? 0 : this.pivot < last ? this.pivot + 1 : null;
    this.view.marks(this.current, this.pivot);
  }

  // ---- drawing what changes on its own

  drawChoices() {
    const { width, votes, by, blind } = this.parts;
    const options = (names) => names.map(([value, label]) => h('option', { value: String(value) }, label));
    width.replaceChildren(...options([2, 3, 4, 5, 6].map((number) => [number, String(number)])));
    votes.replaceChildren(...options([1, 2, 3, 5].map((number) => [number, String(number)])));
    by.replaceChildren(...options(GROUPS.map((group) => [group, say(`compare.groups.${group}`)])));
    width.value = this.asked.width;
    votes.value = this.asked.votes;
    by.value = this.asked.by;
    blind.textContent = say(this.asked.blind ? 'compare.blind' : 'compare.open');
    blind.setAttribute('aria-pressed', String(this.asked.blind));
    blind.title = say(this.asked.blind ? 'compare.show_names' : 'compare.hide_names');
  }

  drawEmpty() {
    delete this.root.dataset.ballot;
    delete this.root.dataset.clip;
    this.view.empty({ possible: this.possible, narrowed: this.asked.where.length + this.asked.among.length > 0, voted: this.progress?.all > 0 });
  }

  // Somebody who may only look.
  bar(why) {
    this.barred = true;
    this.parts.empty.hidden = false;
    this.parts.toRerun.hidden = true;
    this.parts.emptyTitle.textContent = why;
  }

  drawStatus() {
    this.parts.status.textContent = this.outbox.sentence();
  }
}
