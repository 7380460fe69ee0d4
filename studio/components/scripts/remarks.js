// Flags, tags, notes and marks on claims: shown at once, sent by the outbox, taken back with the same key or a click.

import { ask, clock, h, key } from './dom.js';
import { say } from './say.js';
import { link } from './times.js';

export class Remarks {
  // `on`: send(wish, path), changed(), seek(seconds), leave()
  constructor(parts, user, on) {
    this.parts = parts;
    this.user = user;
    this.on = on;
    parts.line.addEventListener('submit', (event) => {
      event.preventDefault();
      this.entered();
    });
    parts.lineLeave.addEventListener('click', () => on.leave());
  }

  show(clip) {
    this.clip = clip;
    this.draw();
  }

  // Marks on claims of the caption in force.
  marks() {
    return this.clip.notes.filter((one) => one.kind === 'wrong' && one.caption_id === this.clip.caption_id);
  }

  // ---- what is there

  flag() {
    const flags = this.clip.notes.filter((one) => one.kind === 'flag');
    if (flags.length) flags.forEach((one) => this.remove(one));
    else this.add({ kind: 'flag' });
  }

  wrong(claim) {
    const span = [claim.start, claim.end];
    const there = this.marks().find((one) => one.span[0] === span[0] && one.span[1] === span[1]);
    if (there) this.remove(there);
    else this.add({ kind: 'wrong', caption_id: this.clip.caption_id, span, text: claim.text.slice(0, 2000) });
  }

  add({ kind, text = '', at_s: at = null, caption_id: captionId = null, span = null }) {
    const wish = { key: key(), clip_id: this.clip.id, kind, text, at_s: at, caption_id: captionId, span };
    this.clip.notes = [...this.clip.notes, { key: wish.key, kind, text, at_s: at, caption_id: captionId, span, by: this.user, at: Date.now() / 1000 }];
    this.on.send(wish, '/api/review/note');
    this.changed();
  }

  remove(note) {
    this.clip.notes = this.clip.notes.filter((one) => one.key !== note.key);
    this.on.send({ key: key(), clip_id: this.clip.id, note: note.key }, '/api/review/unnote');
    this.changed();
  }

  tag(text, on = true) {
    const tag = text.replace(/\s+/g, ' ').trim().toLowerCase();
    if (!tag || this.clip.tags.includes(tag) === on) return;
    this.clip.tags = on ? [...this.clip.tags, tag].sort() : this.clip.tags.filter((one) => one !== tag);
    this.on.send({ key: key(), clip_id: this.clip.id, tag, on }, '/api/review/tag');
    this.changed();
  }

  // The studio did not keep it.
  refused(wish) {
    this.clip.notes = this.clip.notes.filter((one) => one.key !== wish.key);
    if (wish.on) this.clip.tags = this.clip.tags.filter((one) => one !== wish.tag);
    this.changed();
  }

  changed() {
    this.draw();
    this.on.changed();
  }

  // ---- the line to write on

  // `about`: `{ at_s, caption_id, span, words }`, as far as it points somewhere.
  open(kind, about = {}) {
    this.kind = kind;
    this.about = about;
    const { line, lineLabel, lineInput } = this.parts;
    line.hidden = false;
    lineLabel.textContent = labelOf(say(`review.line.${kind}`), about);
    lineInput.value = '';
    lineInput.toggleAttribute('list', false);
    if (kind === 'tag') this.offerTags();
    lineInput.focus();
  }

  close() {
    this.parts.line.hidden = true;
  }

  entered() {
    const text = this.parts.lineInput.value.trim();
    const { kind, about } = this;
    this.on.leave();
    if (!text) return;
    if (kind === 'tag') this.tag(text);
    else if (kind === 'reason') this.on.reason(text);
    else this.add({ kind, text, at_s: about.at_s, caption_id: about.caption_id, span: about.span });
  }

  async offerTags() {
    const known = await ask('/api/review/tags').catch(() => []);
    this.parts.tags.replaceChildren(...known.map((tag) => h('option', { value: tag })));
    this.parts.lineInput.setAttribute('list', this.parts.tags.id);
  }

  // ---- drawing

  draw() {
    const { tags, notes } = this.clip;
    const chips = tags.map((tag) => h('span', { class: 'chip' }, tag, this.cross(say('review.take_off', { tag }), () => this.tag(tag, false))));
    const flags = notes.filter((one) => one.kind === 'flag').map((one) => h('span', { class: 'chip maybe' }, `${say('review.remarks.flag')} · ${one.by}`, this.cross(say('review.take_flag_back'), () => this.remove(one))));
    const others = notes.filter((one) => one.kind !== 'flag').map((one) => h('li', {},
      h('span', { class: `chip ${one.kind === 'note' ? '' : 'no'}` }, say(`review.remarks.${one.kind}`)), h('span', { class: 'text' }, one.text),
      one.at_s != null && link(clock(one.at_s), one.at_s, this.clip, this.on.seek), h('span', { class: 'faint' }, one.by), this.cross(say('review.take_back'), () => this.remove(one))));
    this.parts.stuck.replaceChildren(...flags, ...chips);
    this.parts.remarks.replaceChildren(...others);
    this.parts.said.hidden = !flags.length && !chips.length && !others.length;
  }

  cross(label, does) {
    return h('button', { class: 'cross', type: 'button', 'aria-label': label, title: label, on: { click: does } }, '✕');
  }
}

function labelOf(what, { words, at_s: at }) {
  if (words) return say('review.line.about', { what, words });
  return at == null ? what : say('review.line.at', { what, time: clock(at) });
}
