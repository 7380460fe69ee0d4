// The keys of the review desk: what each does, how a person changes them, and where that is told.

import { h } from './dom.js';
import { KEYS } from './triage.js';

// name, key, what it does, where: `one` clip, `triage`, or both.
const ACTIONS = [
  ['accept', 'a', 'accept, and on to the next clip', 'one'],
  ['reject', 'x', 'reject; then the digit of a reason, 0 for other words, or the same key again for the last reason', 'one'],
  ['skip', 's', 'unsure: the clip comes again at the end', 'one'],
  ['edit', 'e', 'edit the caption', 'one'],
  ['undo', 'z', 'undo the last decision, whichever clip it was about', 'both'],
  ['diff', 'd', 'what changed since the version before; again for older ones', 'one'],
  ['history', 'h', 'all versions; a digit compares with one, Enter brings it back', 'one'],
  ['flag', 'f', 'flag for a lead, or take the flag back', 'one'],
  ['tag', 't', 'tag', 'one'],
  ['note', 'm', 'note at this moment, or on the words that are marked', 'one'],
  ['wrong', 'w', 'the claim is wrong', 'one'],
  ['omitted', 'o', 'something is left out', 'one'],
  ['rerun', 'r', 'caption this clip again, in another tab; the new caption appears among the versions', 'one'],
  ['compare', 'c', 'compare captions of this clip', 'one'],
  ['speed', 'v', 'triage, claim check, full verify', 'both'],
  ['toggle', ' ', 'play or pause', 'both'],
  ['backward', 'j', 'back; again for faster', 'one'],
  ['pause', 'k', 'pause', 'one'],
  ['faster', 'l', 'forward; again for faster', 'one'],
  ['frameBack', ',', 'one frame back', 'one'],
  ['frameOn', '.', 'one frame on', 'one'],
  ['secondBack', 'ArrowLeft', 'one second back', 'one'],
  ['secondOn', 'ArrowRight', 'one second on', 'one'],
  ['loopFrom', '[', 'loop from here', 'one'],
  ['loopTo', ']', 'loop to here; once more ends the loop', 'one'],
];
const FIXED = [
  ['Tab', 'next claim, those that need a look first', 'one'],
  ['1 – 9', 'speed: 1 normal, 2 to 7 faster, 8 half, 9 a quarter', 'one'],
  ['Ctrl Enter', 'save the edit and accept', 'one'],
  ['Esc', 'leave the editor, the reasons or the line; a draft is kept', 'one'],
  ['1 – 6, Q – Y', 'each clip: accept, unsure, reject', 'triage'],
  ['Enter', 'keep the page as it is marked, and on to the next', 'triage'],
];
const NAMES = { ' ': 'Space', ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓' };
const TAKEN = /^([0-9?]|Tab|Enter|Escape|Shift|Control|Alt|Meta|CapsLock|Process|Dead|Unidentified)$/;

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
    return ACTIONS.find(([name, , , scope]) => (scope === where || scope === 'both') && this.of(name) === wanted && this.able(name))?.[0];
  }

  // Gives an action another key, and says why when it cannot.
  set(action, key) {
    const wanted = normal(key);
    const [, , , scope] = ACTIONS.find(([name]) => name === action);
    const other = ACTIONS.find(([name, , , where]) => name !== action && this.of(name) === wanted && (where === scope || where === 'both' || scope === 'both'));
    if (TAKEN.test(wanted) || (scope === 'both' && KEYS.includes(wanted))) return `${shown(wanted)} has a meaning that cannot be changed.`;
    if (other) return `${shown(wanted)} already means “${other[2]}”. Give that another key first.`;
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
    this.told = told || (action ? 'Press the new key, or Esc.' : '');
    this.draw();
    this.dialog.querySelector(`[data-action="${action || before}"]`)?.focus();
  }

  draw() {
    const fixed = (where) => FIXED.filter(([, , scope]) => scope === where).flatMap(([keys, what]) => row(h('kbd', {}, keys), what));
    const changeable = (test) => ACTIONS.filter(([name, , , scope]) => test(scope) && this.able(name)).flatMap(([name, , what]) => row(this.button(name), what));
    this.dialog.querySelector('dl').replaceChildren(
      ...changeable((scope) => scope !== 'triage'), ...fixed('one'), ...row(h('kbd', {}, '?'), 'this list'),
      h('dt', { class: 'heading' }, 'In triage'), h('dd', {}), ...fixed('triage'));
    const tail = this.dialog.querySelector('.keys-tail') || this.dialog.querySelector('form').appendChild(h('span', { class: 'keys-tail row' }));
    tail.replaceChildren(h('button', { type: 'button', on: { click: () => this.reset() || this.ask('') } }, 'Put all keys back'),
      h('span', { class: 'faint', role: 'status' }, this.told || 'Click a key to change it.'));
  }

  button(action) {
    const label = this.asking === action ? '…' : shown(this.of(action));
    return h('button', { type: 'button', class: 'key', 'data-action': action, 'aria-label': `${label}: change this key`, on: { click: () => this.ask(action) } }, h('kbd', {}, label));
  }
}

const row = (key, what) => [h('dt', {}, key), h('dd', {}, what)];
