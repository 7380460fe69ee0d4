// Standings: who is stronger over all votes, how sure that is, and putting a winner in force.

import { ask, h, key, parts as partsOf, sentence } from './dom.js';
import { say } from './say.js';
import { boardNode } from './compare_table.js';

const words = (values, word) => Object.fromEntries(values.map((value) => [value, word(value)]));
const CHOICES = {
  by: words(['version', 'writer', 'model', 'prompt', 'person'], (one) => say(`compare.groups.${one}`)),
  split: words(['nothing', 'tag', 'motion', 'length', 'person'], (one) => say(`compare.splits.${one}`)),
  share: { 0.52: '52 : 48', 0.55: '55 : 45', 0.6: '60 : 40', 0.65: '65 : 35' },
};
const FIRST = { by: 'version', split: 'nothing', share: '0.55' };

export function mount(root) {
  return new Standings(root).start();
}

class Standings {
  constructor(root) {
    this.root = root;
    this.parts = partsOf(root);
    this.turn = 0;
  }

  start() {
    this.root.hidden = false;
    const { where, blind, equal_length: equal } = this.parts;
    for (const [name, choices] of Object.entries(CHOICES))
      this.parts[name].replaceChildren(...Object.entries(choices).map(([value, label]) => h('option', { value }, label)));
    this.read();
    for (const name of Object.keys(CHOICES)) this.parts[name].addEventListener('change', () => this.changed());
    for (const node of [where, blind, equal]) node.addEventListener('change', () => this.changed());
    this.parts.start.addEventListener('click', () => this.compare());
    this.load();
  }

  // ---- the address is the state

  read() {
    const asked = new URLSearchParams(location.search);
    for (const name of Object.keys(CHOICES)) {
      this.parts[name].value = asked.get(name) ?? FIRST[name];
      if (!this.parts[name].value) this.parts[name].value = FIRST[name];
    }
    this.parts.where.value = asked.getAll('where').join('; ');
    this.parts.blind.checked = asked.get('blind') !== 'no';
    this.parts.equal_length.checked = asked.get('equal_length') !== 'no';
  }

  where() {
    return this.parts.where.value.split(';').map((one) => one.trim()).filter(Boolean);
  }

  changed() {
    const { by, split, share, blind, equal_length: equal } = this.parts;
    const address = new URLSearchParams([['view', 'standings'], ...this.where().map((one) => ['where', one])]);
    for (const [name, node] of Object.entries({ by, split, share })) if (node.value !== FIRST[name]) address.set(name, node.value);
    for (const [name, node] of Object.entries({ blind, equal_length: equal })) if (!node.checked) address.set(name, 'no');
    const theme = new URLSearchParams(location.search).get('__theme');
    if (theme) address.set('__theme', theme);
    history.replaceState(history.state, '', `${location.pathname}?${address}`);
    this.parts.told.replaceChildren();
    this.load();
  }

  // ---- what is shown

  async load() {
    const turn = ++this.turn;
    const { by, split, share, blind, equal_length: equal, trouble } = this.parts;
    const where = this.where().map((one) => ['where', one]);
    const asked = new URLSearchParams([['by', by.value], ...where]);
    const looked = new URLSearchParams([...asked, ['split', split.value], ['share', share.value], ['blind', blind.checked], ['equal_length', equal.checked]]);
    try {
      const [boards, known] = await Promise.all([ask(`/api/compare/standings?${looked}`), ask(`/api/compare/contestants?${asked}`)]);
      if (turn !== this.turn) return;
      trouble.hidden = true;
      this.draw(boards, known);
    } catch (error) {
      if (turn !== this.turn) return;
      trouble.textContent = sentence(error, say('compare.change_something'));
      trouble.hidden = false;
    }
  }

  draw(boards, known) {
    const { boards: place, who, contestants, share } = this.parts;
    const nothing = h('section', { class: 'panel none' }, h('h2', {}, say('compare.no_votes')),
      h('p', { class: 'soft' }, say(known.length > 1 ? 'compare.no_votes_how' : 'compare.no_votes_why')),
      h('p', {}, h('a', { href: '/compare' }, say('compare.title'))));
    place.replaceChildren(...(boards.length ? boards.map((board) => boardNode(board, { share: Number(share.value) })) : [nothing]));
    who.hidden = !known.length;
    contestants.replaceChildren(...known.map((one) => this.line(one)));
    this.chosen();
  }

  line({ contestant, clips }) {
    const box = h('input', { type: 'checkbox', checked: true, value: contestant.id, on: { change: () => this.chosen() } });
    const line = h('li', {}, h('div', { class: 'row' }, h('label', {}, box, contestant.label), h('span', { class: 'grow' }),
      h('span', { class: 'faint' }, say('common.clips', { count: clips })),
      h('button', { class: 'quiet small', on: { click: () => this.outlook(line, contestant) } }, say('compare.put_in_force_asks'))));
    return line;
  }

  // ---- what is compared next

  boxes() {
    return [...this.parts.contestants.querySelectorAll('input')];
  }

  chosen() {
    const number = this.boxes().filter((box) => box.checked).length;
    this.parts.start.disabled = number < 2;
    this.parts.start.textContent = number === this.boxes().length ? say('compare.compare_all') : say('compare.compare_these', { number });
  }

  compare() {
    const boxes = this.boxes();
    const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
    const among = chosen.length < boxes.length ? chosen.map((one) => ['among', one]) : [];
    location.assign(`/compare?${new URLSearchParams([['by', this.parts.by.value], ...among, ...this.where().map((one) => ['where', one])])}`);
  }

  // ---- a winner comes into force: told first, done once, undone in one step

  async outlook(line, contestant) {
    line.querySelector('.ask')?.remove();
    const wish = { key: key(), contestant: contestant.id, by: this.parts.by.value, where: this.where() };
    const { clips } = await this.tell(ask('/api/compare/outlook', wish)) || {};
    if (clips === undefined) return;
    const told = clips
      ? say('compare.would_get', { count: clips })
      : say('compare.would_change_nothing');
    const leave = () => line.querySelector('.ask').remove();
    line.append(h('div', { class: 'row ask' }, h('span', {}, told), h('span', { class: 'grow' }),
      clips > 0 && h('button', { class: 'ok small', on: { click: () => this.promote(line, wish) } }, say('compare.put_in_force')),
      h('button', { class: 'quiet small', on: { click: leave } }, say(clips ? 'compare.leave_it' : 'common.close'))));
    line.querySelector('.ask button').focus();
  }

  async promote(line, wish) {
    line.querySelectorAll('.ask button').forEach((button) => (button.disabled = true));
    const done = await this.tell(ask('/api/compare/promote', wish));
    line.querySelector('.ask')?.remove();
    if (!done) return;
    this.parts.told.replaceChildren(say('compare.in_force_on', { count: done.changed }), say('common.between'),
      h('button', { class: 'quiet small', on: { click: () => this.takeBack(wish.key) } }, say('common.undo')));
  }

  async takeBack(of) {
    const done = await this.tell(ask('/api/compare/take-back', { key: key(), of }));
    if (!done) return;
    const left = done.left && say('compare.decided_since', { left: done.left });
    this.parts.told.textContent = [say('compare.taken_back', { count: done.changed }), left].filter(Boolean).join(say('common.between'));
  }

  // The answer, or null after saying why there is none.
  async tell(answer) {
    try {
      return await answer;
    } catch (error) {
      this.parts.told.textContent = sentence(error, say('common.not_done'));
      return null;
    }
  }
}
