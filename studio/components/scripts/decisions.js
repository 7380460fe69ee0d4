// What was decided on this page, newest last, so that it can be taken back: each key press is one step, of one clip or a page.

import { key } from './dom.js';

export const STATES = { accept: 'accepted', edit: 'accepted', reject: 'rejected', skip: 'skipped', revert: 'waiting' };

export class Decisions {
  // `on`: counted(from, to) review states, changed()
  constructor(outbox, on) {
    this.outbox = outbox;
    this.on = on;
    this.made = [];
    this.versions = new Map(); // of each clip, after all that we have done to it
    this.lastReason = '';
  }

  get last() {
    return this.made.at(-1);
  }

  clips() {
    return this.made.flat().map((one) => one.clip);
  }

  // `list`: clips with action and whatever belongs to it. `shown` draws what comes next, before anything is sent.
  make(list, shown, { speed, standIn } = {}) {
    const made = list.map(({ clip, ...wanted }) => ({ clip, wish: { key: key(), clip_id: clip.id, version: clip.version, caption_id: clip.caption_id, speed, ...wanted } }));
    for (const { clip, wish } of made) {
      this.versions.set(clip.id, clip.version + 1);
      if (wish.action === 'reject') this.lastReason = wish.reason;
      this.on.counted(clip.review, STATES[wish.action]);
    }
    this.made.push(made);
    shown();
    for (const { wish } of made) this.outbox.add(wish, { standIn });
    this.on.changed();
  }

  // Takes the last step back: `[{ clip, wish }]` with its clips as they are then, or nothing.
  undo() {
    const last = this.made.pop() || [];
    const back = last.map(({ clip, wish }) => {
      const version = this.versions.get(clip.id);
      this.outbox.add({ key: key(), clip_id: clip.id, version, action: 'undo', undoes: wish.key, speed: wish.speed });
      this.versions.set(clip.id, version + 1);
      this.on.counted(STATES[wish.action], clip.review);
      return { clip: { ...clip, version: version + 1 }, wish };
    });
    this.on.changed();
    return back;
  }

  // What can no longer be taken back.
  forget(test) {
    this.made = this.made.map((group) => group.filter((one) => !test(one))).filter((group) => group.length);
    this.on.changed();
  }
}
