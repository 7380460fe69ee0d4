// The keys of the review desk: what each does, how a person changes them, and where that is told.

import { h } from './dom.js';
import { say } from './say.js';
import { KEYS } from './triage.js';

// name, key, where: `one` clip, `triage`, or both. What each does stands in `review.keys`.
const ACTIONS = [
  ['accept', 'a', 'one'],
  ['reject', 'x', 'one'],
  ['skip', 's', 'one'],
  ['edit', 'e', 'one'],
  ['undo', 'z', 'both'],
  ['diff', 'd', 'one'],
  ['history', 'h', 'one'],
  ['flag', 'f', 'one'],
  ['tag', 't', 'one'],
  ['note', 'm', 'one'],
  ['wrong', 'w', 'one'],
  ['omitted', 'o', 'one'],
  ['rerun', 'r', 'one'],
  ['compare', 'c', 'one'],
  ['speed', 'v', 'both'],
  ['toggle', ' ', 'both'],
  ['backward', 'j', 'one'],
  ['pause', 'k', 'one'],
  ['faster', 'l', 'one'],
  ['frameBack', ',', 'one'],
  ['frameOn', '.', 'one'],
  ['secondBack', 'ArrowLeft', 'one'],
  ['secondOn', 'ArrowRight', 'one'],
  ['loopFrom', '[', 'one'],
  ['loopTo', ']', 'one'],
];
const FIXED = [
  ['Tab', 'claim', 'one'],
  ['1 – 9', 'rate', 'one'],
  ['Ctrl Enter', 'save', 'one'],
  ['Esc', 'escape', 'one'],
  ['1 – 6, Q – Y', 'mark', 'triage'],
  ['Enter', 'page', 'triage'],
];
const NAMES = { ' ': say('review.keymap.space'), ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓' };
const TAKEN = /^([0-9?]|Tab|Enter|Escape|Shift|Control|Alt|Meta|CapsLock|Process|Dead|Unidentified)$/;

const says = (action) => say(`review.keys.${action}`);
export const normal = (key) => (key.length === 1 ? key.toLowerCase() : key);
export const shown = (key) => NAMES[key] || (key.length === 1 ? key.toUpperCase() : key);

export class Keymap {
  constructor(user, changed) {
    this.place = `clapper.keys.${user}`;
    this.changed = changed;
    this.own = this.stored();
    this.told = '';
    this.asking = '';
    this.able = () => true;
    const dialog = document.querySelector('dialog.frame');
    if (dialog) this.live(dialog);
  }

  of(action) {
    return this.own[action] ?? ACTIONS.find(([name]) => name === action)[1];
  }

  // The action of a key there, `one` or `triage`.
  find(key, where) {
    const wanted = normal(key);
    return ACTIONS.find(([name, , scope]) => (scope === where || scope === 'both') && this.of(name) === wanted && this.able(name))?.[0];
  }

  // Gives an action another key, and says why when it cannot.
  set(action, key) {
    const wanted = normal(key);
    const [, , scope] = ACTIONS.find(([name]) => name === action);
    const other = ACTIONS.find(([name, , where]) => name !== action && this.of(name) === wanted && (where === scope || where === 'both' || scope === 'both'));
    if (TAKEN.test(wanted) || (scope === 'both' && KEYS.includes(wanted))) return say('review.keymap.fixed', { key: shown(wanted) });
    if (other) return say('review.keymap.taken', { key: shown(wanted), what: says(other[0]) });
    this.own[action] = wanted;
    this.store();
    return '';
  }

  reset() {
    this.own = {};
    this.store();
  }

  stored() {
    try {
      return JSON.parse(localStorage.getItem(this.place)) || {};
    } catch {
      return {};
    }
  }

  store() {
    try {
      localStorage.setItem(this.place, JSON.stringify(this.own));
    } catch {
      // full or forbidden: the keys hold as long as the page
    }
    this.changed();
  }

  // ---- the dialog behind `?`

  live(dialog) {
    this.dialog = dialog;
    dialog.classList.add('keys');
    dialog.addEventListener('keydown', (event) => this.pressed(event));
    dialog.addEventListener('close', () => this.ask(''));
    this.draw();
  }

  pressed(event) {
    if (!this.asking || event.isComposing || /^(Shift|Control|Alt|Meta)$/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const told = event.key === 'Escape' ? '' : this.set(this.asking, event.key);
    this.ask('', told);
  }

  ask(action, told = '') {
    const before = this.asking;
    this.asking = action;
    this.told = told || (action ? say('review.keymap.press') : '');
    this.draw();
    this.dialog.querySelector(`[data-action="${action || before}"]`)?.focus();
  }

  draw() {
    const fixed = (where) => FIXED.filter(([, , scope]) => scope === where).flatMap(([keys, name]) => row(h('kbd', {}, keys), says(name)));
    const changeable = (test) => ACTIONS.filter(([name, , scope]) => test(scope) && this.able(name)).flatMap(([name]) => row(this.button(name), says(name)));
    this.dialog.querySelector('dl').replaceChildren(
      ...changeable((scope) => scope !== 'triage'), ...fixed('one'), ...row(h('kbd', {}, '?'), say('frame.this_list')),
      h('dt', { class: 'heading' }, say('review.keymap.in_triage')), h('dd', {}), ...fixed('triage'));
    const tail = this.dialog.querySelector('.keys-tail') || this.dialog.querySelector('form').appendChild(h('span', { class: 'keys-tail row' }));
    tail.replaceChildren(h('button', { type: 'button', on: { click: () => this.reset() || this.ask('') } }, say('review.keymap.reset')),
      h('span', { class: 'faint', role: 'status' }, this.told || say('review.keymap.click')));
  }

  button(action) {
    const label = this.asking === action ? '…' : shown(this.of(action));
    return h('button', { type: 'button', class: 'key', 'data-action': action, 'aria-label': say('review.keymap.change', { key: label }), on: { click: () => this.ask(action) } }, h('kbd', {}, label));
  }
}

const row = (key, what) => [h('dt', {}, key), h('dd', {}, what)];
