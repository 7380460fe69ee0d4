// Decisions, votes and remarks on their way. Each is stored in the browser before anything else happens and leaves only when the studio has
// answered, so it survives a reload, a crash of the tab and hours without the studio. Sending one twice changes nothing.

import { ask, Refusal } from './dom.js';
import { say } from './say.js';

const RETRY_MS = [500, 1000, 2000, 5000, 15000];

export class Outbox {
  // `on`: kept(entry, answer), conflict(entry, body), refused(entry, sentence), changed()
  constructor(user, on, { path = '/api/review/decide', kind = 'decision' } = {}) {
    this.path = path;
    this.kind = kind;
    this.prefix = `clapper.${kind}.${user}.`;
    this.on = on;
    this.waiting = [];
    this.conflicts = [];
    this.failures = 0;
    this.sending = false;
    this.memoryOnly = false;
    this.sequence = Date.now();
    window.addEventListener('online', () => this.hurry());
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.hurry());
  }

  // What an earlier page could not send; conflicts are shown again.
  adopt() {
    const found = this.stored().sort((a, b) => a.sequence - b.sequence);
    for (const entry of found) {
      this.sequence = Math.max(this.sequence, entry.sequence);
      if (entry.conflict) this.quarrel(entry, entry.conflict);
      else this.waiting.push(entry);
    }
    this.flush();
  }

  // `path` for what is no decision; `standIn` is the number a new caption has until the studio gives it one.
  add(wish, { path, standIn } = {}) {
    const entry = { wish, sequence: ++this.sequence, path, standIn };
    this.store(entry);
    this.waiting.push(entry);
    this.on.changed();
    this.flush();
  }

  // A conflict is over: the person chose.
  settle(entry) {
    this.conflicts = this.conflicts.filter((one) => one !== entry);
    this.forget(entry);
    this.on.changed();
  }

  // Clips with a decision that the studio does not have yet.
  clips() {
    return [...this.waiting, ...this.conflicts].filter((entry) => !entry.path).map((entry) => entry.wish.clip_id);
  }

  // What waits was made on a caption whose number is known only now.
  name(standIn, captionId) {
    for (const entry of this.waiting.filter(({ wish }) => wish.caption_id === standIn)) {
      entry.wish.caption_id = captionId;
      this.store(entry);
    }
  }

  sentence() {
    const number = this.waiting.length;
    const what = this.waiting.some((entry) => entry.path) ? 'change' : this.kind;
    if (this.conflicts.length) return say('outbox.faster');
    if (!number) return say('outbox.saved');
    if (!this.failures) return say(`outbox.on_its_way.${what}`, { count: number });
    const many = say(`outbox.many.${what}`, { count: number });
    return say(this.memoryOnly ? 'outbox.offline_tab' : 'outbox.offline', { many });
  }

  hurry() {
    clearTimeout(this.timer);
    if (!this.sending) this.flush();
  }

  async flush() {
    if (this.sending) return;
    this.sending = true;
    while (this.waiting.length && (await this.send(this.waiting[0])));
    this.sending = false;
    this.on.changed();
    if (this.waiting.length) this.timer = setTimeout(() => this.flush(), RETRY_MS[Math.min(this.failures, RETRY_MS.length) - 1]);
  }

  // Whether there was an answer.
  async send(entry) {
    try {
      const answer = await ask(entry.path || this.path, entry.wish);
      this.done(entry);
      if (entry.standIn) this.name(entry.standIn, answer.standing.caption_id);
      this.on.kept(entry, answer);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status >= 500 || [401, 408, 429].includes(error.status)) {
        this.failures += 1;
        return false;
      }
      this.done(entry);
      if (error.status === 409) this.quarrel(entry, error.body);
      else this.on.refused(entry, error.message);
    }
    return true;
  }

  done(entry) {
    this.failures = 0;
    this.waiting.shift();
    this.forget(entry);
  }

  quarrel(entry, body) {
    entry.conflict = body;
    this.conflicts.push(entry);
    this.store(entry);
    this.on.conflict(entry, body);
  }

  store(entry) {
    try {
      localStorage.setItem(this.prefix + entry.wish.key, JSON.stringify(entry));
    } catch {
      this.memoryOnly = true;
    }
  }

  forget(entry) {
    try {
      localStorage.removeItem(this.prefix + entry.wish.key);
    } catch {
      this.memoryOnly = true;
    }
  }

  stored() {
    try {
      const names = Object.keys(localStorage).filter((name) => name.startsWith(this.prefix));
      return names.map((name) => JSON.parse(localStorage.getItem(name))).filter(Boolean);
    } catch {
      this.memoryOnly = true;
      return [];
    }
  }
}
