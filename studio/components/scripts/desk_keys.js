// What a key does at the desk, as it stands. Nothing while somebody types, composes or reads a dialog; a key held down decides once.

import { busy, typing } from './dom.js';
import { normal } from './keymap.js';
import { KEYS } from './triage.js';
import { usable } from './words.js';

const REPEATING = ['frameBack', 'frameOn', 'secondBack', 'secondOn'];
const DECIDING = ['accept', 'skip', 'edit', 'undo'];

export class DeskKeys {
  constructor(desk, keymap) {
    this.desk = desk;
    this.keymap = keymap;
    document.addEventListener('keydown', (event) => this.pressed(event));
  }

  pressed(event) {
    if (['edit', 'line'].includes(this.desk.mode) && typing(event.target) && !event.isComposing) return this.writing(event);
    if (busy(event)) return undefined;
    const pressing = event.target instanceof Element && event.target.closest('button, a, summary');
    if (pressing && [' ', 'Enter', 'Tab'].includes(event.key)) return undefined;
    const does = this.meaning(event);
    if (!does) return undefined;
    event.preventDefault();
    return does();
  }

  // What it does now, or undefined when the key is not ours.
  meaning(event) {
    const { desk } = this;
    const name = normal(event.key);
    const once = (does) => (event.repeat ? () => {} : does);
    const own = desk.inTriage ? this.inTriage(name) : desk.mode === 'reject' ? this.inReasons(name) : desk.current && this.inHistory(name);
    if (own) return once(own);
    if (desk.mode === 'reject' || !desk.current) return this.general(name, once, DECIDING.slice(0, 3));
    if (name === 'Tab') return desk.words.step(event.shiftKey ? -1 : 1) ? () => {} : undefined;
    if (/^[1-9]$/.test(name)) return () => desk.player.digit(Number(name));
    return this.general(name, once);
  }

  general(name, once, without = []) {
    const action = this.keymap.find(name, this.desk.inTriage ? 'triage' : 'one');
    if (!action || without.includes(action)) return undefined;
    const does = () => this.desk.acts.act(action);
    return REPEATING.includes(action) ? does : once(does);
  }

  inTriage(name) {
    const { triage } = this.desk;
    return name === 'Enter' || KEYS.includes(name) ? () => triage.pressed(name) : undefined;
  }

  inReasons(name) {
    const { desk } = this;
    const reason = /^[1-9]$/.test(name) && desk.reasons[Number(name) - 1];
    if (reason) return () => desk.decide('reject', { reason: `${reason.about}: ${reason.text}` });
    if (name === '0') return () => desk.setMode('line', () => desk.remarks.open('reason'));
    return name === 'Escape' ? () => desk.setMode('watch') : undefined;
  }

  inHistory(name) {
    const { desk } = this;
    if (desk.parts.history.hidden) return undefined;
    const version = /^[1-9]$/.test(name) && desk.current.captions[Number(name) - 1];
    if (version && usable(version) && version.id !== desk.current.caption_id) return () => desk.words.compare(version);
    if (name === 'Enter' && desk.words.against) return () => desk.revert(desk.words.against.id);
    return name === 'Escape' ? () => desk.words.toggleHistory(false) : undefined;
  }

  writing(event) {
    const { desk } = this;
    if (event.key === 'Escape') desk.setMode('watch');
    else if (desk.mode === 'edit' && event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.repeat) desk.save();
    else return;
    event.preventDefault();
  }
}
