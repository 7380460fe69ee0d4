// The review desk: one clip is decided on, the next ones are here already. A decision belongs to the clip that is on the
// screen when the key goes down; it is shown at once and sent by the outbox.

import { ask, busy, caption, h, key, parts as partsOf, typing } from './dom.js';
import { conflictPanel } from './conflict.js';
import { DeskView, STATES } from './desk_view.js';
import { Drafts } from './drafts.js';
import { Outbox } from './outbox.js';
import { Player } from './player.js';

const AHEAD = 12;
const LOW = 8;
const POLL_MS = 5000;
const RENEW_MS = 60000; // clips are lent for five minutes

export function mount(root) {
  return new Desk(root).start();
}

class Desk {
  constructor(root) {
    this.root = root;
    this.parts = partsOf(root);
    this.view = new DeskView(this.parts);
    const { videoA, videoB, ...rest } = this.parts;
    this.player = new Player({ videos: [videoA, videoB], ...rest });
    this.queue = [];
    this.current = null;
    this.made = [];
    this.skipped = new Set();
    this.reasons = [];
    this.progress = null;
    this.mode = 'watch';
    const asked = new URLSearchParams(location.search);
    this.where = asked.getAll('where');
    this.asked = Number(asked.get('clip')) || null;
  }

  async start() {
    this.listen();
    const first = await this.claim();
    if (!first) return setTimeout(() => this.start(), POLL_MS);
    this.user = first.user;
    this.drafts = new Drafts(first.user);
    this.outbox = new Outbox(first.user, {
      changed: () => this.drawStatus(),
      kept: (entry, answer) => this.kept(entry, answer),
      refused: (entry, sentence) => this.refused(entry, sentence),
      conflict: (entry, body) => this.quarrel(entry, body),
    });
    this.outbox.adopt();
    const undecided = new Set(this.outbox.clips());
    this.queue = this.queue.filter((clip) => !undecided.has(clip.id));
    if (this.asked) await this.bring(this.asked);
    this.advance();
    this.drawStatus();
    setInterval(() => this.poll(), POLL_MS);
    setInterval(() => this.current && this.claim(0), RENEW_MS);
  }

  listen() {
    if (this.listening) return;
    this.listening = true;
    document.addEventListener('keydown', (event) => this.pressed(event));
    this.root.addEventListener('click', (event) => {
      const button = event.target.closest('button');
      if (!button) return;
      if (event.detail) this.root.focus({ preventScroll: true }); // else Space would press it again
      if (button.dataset.do) this.act(button.dataset.do);
      if (button.dataset.reason) this.decide('reject', { reason: button.dataset.reason });
    });
    this.parts.save.addEventListener('click', () => this.save());
    this.parts.leave.addEventListener('click', () => this.setMode('watch'));
    this.parts.again.addEventListener('click', () => this.lookAgain());
    this.parts.versions.addEventListener('click', () => this.toggleHistory());
    this.parts.editor.addEventListener('input', () => this.drafts.keep(this.current, this.parts.editor.value));
  }

  // ---- clips

  async claim(limit = AHEAD) {
    if (this.claiming) return null;
    this.claiming = true;
    try {
      const lent = await ask('/api/review/claim', { limit, without: this.held(), where: this.where });
      const held = new Set(this.held());
      this.queue.push(...lent.clips.filter((clip) => !held.has(clip.id)));
      this.progress = lent.progress;
      this.reasons = lent.reasons;
      this.drawProgress();
      return lent;
    } catch (error) {
      this.parts.status.textContent = error.status ? error.message : 'The studio cannot be reached; trying again.';
      return null;
    } finally {
      this.claiming = false;
    }
  }

  held() {
    const here = this.queue.map((clip) => clip.id);
    return [...new Set([...here, ...(this.current ? [this.current.id] : []), ...(this.outbox?.clips() || []), ...this.skipped])];
  }

  async bring(id) {
    try {
      const clip = await ask(`/api/review/clip/${id}`);
      this.queue = [clip, ...this.queue.filter((one) => one.id !== clip.id)];
    } catch (error) {
      this.parts.status.textContent = error.message;
    }
  }

  advance() {
    this.show(this.queue.shift() || null);
    if (this.queue.length < LOW) this.refill();
  }

  async refill() {
    const lent = await this.claim();
    if (!lent) return;
    if (!this.current) this.show(this.queue.shift() || null);
    else this.player.prepare(this.queue);
  }

  poll() {
    if (document.visibilityState === 'visible' && (!this.current || this.queue.length < LOW)) this.refill();
  }

  lookAgain() {
    this.skipped.clear();
    this.refill();
  }

  show(clip) {
    this.current = clip;
    this.setMode('watch');
    for (const part of ['left', 'right']) this.parts[part].hidden = !clip;
    this.parts.empty.hidden = Boolean(clip);
    if (!clip) return this.drawEmpty();
    this.view.clip(clip);
    this.player.show(clip);
    this.root.dataset.clip = clip.id;
    requestAnimationFrame(() => this.player.prepare(this.queue));
  }

  // ---- decisions

  act(what) {
    if (what === 'undo') return this.undo();
    if (what === 'edit' || what === 'reject') return this.setMode(this.mode === what ? 'watch' : what);
    return this.decide(what);
  }

  decide(action, more = {}) {
    const clip = this.current;
    if (!clip || (action === 'accept' && !caption(clip))) return;
    const wish = { key: key(), clip_id: clip.id, version: clip.version, action, caption_id: clip.caption_id, ...more };
    this.made.push({ clip, wish });
    if (action === 'skip') this.skipped.add(clip.id);
    this.count(clip.review, STATES[action]);
    this.advance();
    this.outbox.add(wish);
    this.view.last(this.made.at(-1));
  }

  save() {
    const text = this.parts.editor.value.trim();
    if (!text) {
      this.parts.note.textContent = 'A caption cannot be empty. Write one, or leave and reject the clip.';
      return;
    }
    this.drafts.forget(this.current);
    this.decide('edit', { text });
  }

  undo() {
    const last = this.made.pop();
    if (!last) return;
    const { clip, wish } = last;
    const version = wish.version + 1;
    this.outbox.add({ key: key(), clip_id: clip.id, version, action: 'undo', undoes: wish.key });
    this.skipped.delete(clip.id);
    this.count(STATES[wish.action], clip.review);
    if (wish.action === 'edit') this.drafts.keep(clip, wish.text);
    this.queue = this.queue.filter((one) => one.id !== clip.id);
    if (this.current) this.queue.unshift(this.current);
    this.show({ ...clip, version: version + 1 });
    this.view.last(this.made.at(-1));
  }

  kept(entry, answer) {
    if (!this.current && this.outbox.waiting.length === 0) this.refill(); // what is left is known only now
    // A clip decided on before and on the screen again: what the studio knows now is what the next decision is about.
    for (const clip of [this.current, ...this.queue]) {
      if (clip?.id === answer.clip_id && clip.version === answer.version) clip.caption_id = answer.standing.caption_id;
    }
  }

  refused(entry, sentence) {
    this.made = this.made.filter((one) => one.wish.key !== entry.wish.key);
    const told = h('div', { class: 'panel row' }, h('span', { class: 'grow' }, `Not kept: ${sentence}`), h('button', { class: 'small', on: { click: () => told.remove() } }, 'Close'));
    this.parts.conflicts.append(told);
    if (entry.wish.text) this.drafts.keep({ id: entry.wish.clip_id }, entry.wish.text);
    this.view.last(this.made.at(-1));
  }

  async quarrel(entry, body) {
    this.made = this.made.filter((one) => one.clip.id !== body.clip_id);
    this.queue = this.queue.filter((clip) => clip.id !== body.clip_id);
    this.view.last(this.made.at(-1));
    this.drawStatus();
    const clip = await ask(`/api/review/clip/${body.clip_id}`).catch(() => null);
    const panel = conflictPanel({ entry, body, clip, user: this.user, choose: (wish) => this.chosen(entry, panel, wish) });
    this.parts.conflicts.append(panel);
  }

  chosen(entry, panel, wish) {
    panel.remove();
    this.outbox.settle(entry);
    if (wish) this.outbox.add({ ...wish, key: key() });
    this.root.focus({ preventScroll: true });
  }

  count(from, to) {
    if (!this.progress) return;
    if (this.progress[from] > 0) this.progress[from] -= 1;
    this.progress[to] += 1;
    this.drawProgress();
  }

  // ---- keys

  pressed(event) {
    if (this.mode === 'edit' && typing(event.target) && !event.isComposing) return this.pressedInEditor(event);
    if (busy(event) || !this.current) return !busy(event) && event.key.toLowerCase() === 'z' && !event.repeat && this.undo();
    const pressing = event.target instanceof Element && event.target.closest('button, a');
    if (pressing && (event.key === ' ' || event.key === 'Enter')) return undefined;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const once = { a: 'accept', x: 'reject', e: 'edit', s: 'skip', z: 'undo' };
    if (this.mode === 'reject' && this.pressedInReasons(name, event.repeat)) return event.preventDefault();
    if (once[name] && this.mode !== 'reject') {
      event.preventDefault();
      return event.repeat ? undefined : this.act(once[name]);
    }
    return this.playing(name) && event.preventDefault();
  }

  pressedInEditor(event) {
    if (event.key === 'Escape') this.setMode('watch');
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.repeat) this.save();
    else return;
    event.preventDefault();
  }

  pressedInReasons(name, repeated) {
    if (name === 'Escape' || (name === 'x' && !repeated)) this.setMode('watch');
    const reason = /^[1-9]$/.test(name) && !repeated && this.reasons[Number(name) - 1];
    if (reason) this.decide('reject', { reason: `${reason.about}: ${reason.text}` });
    return name === 'Escape' || name === 'x' || Boolean(reason);
  }

  playing(name) {
    const { player } = this;
    const does = {
      ' ': () => player.toggle(),
      j: () => player.backward(),
      k: () => player.pause(),
      l: () => player.faster(),
      ',': () => player.step(-1),
      '.': () => player.step(1),
      ArrowLeft: () => player.jump(-1),
      ArrowRight: () => player.jump(1),
    }[name];
    if (does) does();
    return Boolean(does);
  }

  setMode(mode) {
    this.mode = mode;
    const { editing, caption: words, actions, reasons, editor, note } = this.parts;
    editing.hidden = mode !== 'edit';
    words.hidden = mode === 'edit';
    actions.hidden = mode === 'edit';
    reasons.hidden = mode !== 'reject';
    if (mode === 'reject') {
      this.view.reasons(this.reasons);
      reasons.scrollIntoView({ block: 'nearest' });
    }
    if (mode === 'edit') {
      const draft = this.drafts.of(this.current);
      editor.value = draft ?? caption(this.current)?.text ?? '';
      note.textContent = draft == null ? '' : 'This is your draft; nobody else has seen it.';
      editor.focus();
    } else if (document.activeElement === editor || document.activeElement === document.body) this.root.focus({ preventScroll: true });
  }

  toggleHistory() {
    const { history, versions } = this.parts;
    history.hidden = !history.hidden;
    versions.setAttribute('aria-expanded', String(!history.hidden));
  }

  // ---- drawing what changes on its own

  drawProgress() {
    this.view.progress(this.progress);
    if (!this.current) this.drawEmpty();
  }

  drawEmpty() {
    delete this.root.dataset.clip;
    const decided = this.progress ? this.progress.accepted + this.progress.rejected : 0;
    this.view.empty({ decided, skipped: this.skipped.size, narrowed: this.where.length > 0 });
  }

  drawStatus() {
    if (this.outbox) this.parts.status.textContent = this.outbox.sentence();
  }
}
