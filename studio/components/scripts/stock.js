// Clips lent to this person, waiting their turn, and how far the reviewing is.

import { ask, sentence } from './dom.js';
import { say } from './say.js';

const AHEAD = { one: 12, triage: 36 };
const COUNT_MS = 10000; // so rarely is everything counted anew; in between the desk counts along
const LOW = { one: 8, triage: 24 };

export class Stock {
  // `where`: conditions; `on`: told(sentence), barred(why), progress(lent), busy() → numbers of clips that are somewhere else
  constructor(where, on) {
    this.where = where;
    this.on = on;
    this.queue = [];
    this.skipped = new Set();
    this.page = 'one';
  }

  get low() {
    return this.queue.length < LOW[this.page];
  }

  next() {
    return this.queue.shift() || null;
  }

  // These come next.
  first(clips) {
    const ids = new Set(clips.map((clip) => clip.id));
    this.queue = [...clips, ...this.queue.filter((clip) => !ids.has(clip.id))];
  }

  drop(id) {
    this.queue = this.queue.filter((clip) => clip.id !== id);
  }

  held() {
    return [...new Set([...this.queue.map((clip) => clip.id), ...this.on.busy(), ...this.skipped])];
  }

  // More clips from the studio, or with 0 only its word that ours are still lent; null when there was no answer.
  async claim(limit = AHEAD[this.page]) {
    if (this.claiming) return null;
    this.claiming = true;
    const count = !this.counted || performance.now() - this.counted > COUNT_MS;
    try {
      const lent = await ask('/api/review/claim', { limit, without: this.held(), where: this.where, count });
      if (count) this.counted = performance.now();
      const held = new Set(this.held());
      this.queue.push(...lent.clips.filter((clip) => !held.has(clip.id)));
      this.on.progress(lent);
      return lent;
    } catch (error) {
      if (error.status === 403) this.on.barred(error.message);
      else this.on.told(sentence(error, say('common.trying_again')));
      return null;
    } finally {
      this.claiming = false;
    }
  }

  // One clip by its number, to come next.
  async bring(id) {
    try {
      this.first([await ask(`/api/review/clip/${id}`)]);
    } catch (error) {
      this.on.told(error.message);
    }
  }
}
