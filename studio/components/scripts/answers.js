// What the studio answers to what the outbox sends: kept, refused, or somebody was faster.

import { ask, h, key } from './dom.js';
import { conflictPanel, saysTheSame } from './conflict.js';
import { inWords } from './desk_view.js';
import { say } from './say.js';

export class Answers {
  constructor(desk) {
    this.desk = desk;
  }

  changed() {
    this.desk.drawStatus();
  }

  kept(entry, answer) {
    const { desk } = this;
    if (entry.path) return;
    const nothing = desk.inTriage ? !desk.triage.tiles.length : !desk.current;
    if (nothing && desk.outbox.waiting.length === 0) desk.refill(); // what is left is known only now
    const now = answer.standing.caption_id;
    // A clip decided on before and on the screen again: what the studio knows now is what the next decision is about.
    for (const clip of [desk.current, ...desk.stock.queue, ...desk.triage.clips(), ...desk.decisions.clips()]) {
      if (clip?.id !== answer.clip_id) continue;
      for (const one of clip.captions) if (one.id === entry.standIn) one.id = now;
      if (clip.version === answer.version || (entry.standIn && clip.caption_id === entry.standIn)) clip.caption_id = now;
    }
  }

  refused({ wish, path }, sentence) {
    const { desk } = this;
    desk.decisions.forget((one) => one.wish.key === wish.key);
    const words = path && wish.text ? say('review.these_words', { words: wish.text }) : '';
    const told = h('div', { class: 'panel row' }, h('span', { class: 'grow' }, say('common.not_kept', { sentence }) + words), h('button', { class: 'small', on: { click: () => told.remove() } }, say('common.close')));
    desk.parts.conflicts.append(told);
    if (!path && wish.text) desk.drafts.keep({ id: wish.clip_id }, wish.text);
    if (path && desk.current?.id === wish.clip_id) desk.remarks.refused(wish);
  }

  async conflict(entry, body) {
    const { desk } = this;
    desk.decisions.forget((one) => one.clip.id === body.clip_id);
    desk.stock.drop(body.clip_id);
    if (saysTheSame(entry.wish, body)) return desk.outbox.settle(entry);
    desk.drawStatus();
    const clip = await ask(`/api/review/clip/${body.clip_id}`).catch(() => null);
    const because = inWords(entry.wish.reason ?? '', desk.reasons);
    const panel = conflictPanel({ entry, body, clip, because, user: desk.user, choose: (wish) => this.chosen(entry, panel, wish) });
    desk.parts.conflicts.append(panel);
  }

  chosen(entry, panel, wish) {
    const { desk } = this;
    panel.remove();
    desk.outbox.settle(entry);
    if (wish) desk.outbox.add({ ...wish, key: key() });
    desk.root.focus({ preventScroll: true });
  }
}
