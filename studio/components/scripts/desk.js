// The review desk: what is shown is decided on, what comes next is here already. A decision belongs to the clip that is on
// the screen when the key goes down; it is shown at once and sent by the outbox.

import { Answers } from './answers.js';
import { Decisions } from './decisions.js';
import { ask, caption, parts as partsOf } from './dom.js';
import { DeskActs } from './desk_acts.js';
import { DeskKeys } from './desk_keys.js';
import { DeskView } from './desk_view.js';
import { Drafts } from './drafts.js';
import { Keymap } from './keymap.js';
import { Outbox } from './outbox.js';
import { Player } from './player.js';
import { Remarks } from './remarks.js';
import { say } from './say.js';
import { Stock } from './stock.js';
import { Triage } from './triage.js';
import { Words } from './words.js';

const SPEEDS = ['triage', 'claims', 'full'];
const PAGES = ['rerun', 'compare']; // keys that lead to a page of this name, where it is there
const RATES = { claims: 1.5, full: 1 };
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
    this.asked = new URLSearchParams(location.search);
    this.stock = new Stock(this.asked.getAll('where'), {
      told: (sentence) => this.say(sentence),
      barred: (why) => this.bar(why),
      progress: (lent) => this.learned(lent),
      busy: () => [...(this.current ? [this.current.id] : []), ...this.triage.clips().map((clip) => clip.id), ...(this.outbox?.clips() || [])],
    });
    this.triage = new Triage(this.parts, {
      decide: (list) => this.decideAll(list),
      more: () => this.stock.next(),
      closer: (clip) => this.lookCloser(clip),
    });
    this.current = null;
    this.reasons = [];
    this.progress = null;
    this.mode = 'watch';
    this.speed = 'full';
  }

  async start() {
    const first = await this.stock.claim();
    if (this.barred) return undefined;
    if (!first) return setTimeout(() => this.start(), POLL_MS);
    this.meet(first.user);
    this.listen();
    const undecided = new Set(this.outbox.clips());
    this.stock.queue = this.stock.queue.filter((clip) => !undecided.has(clip.id));
    const wanted = Number(this.asked.get('clip'));
    if (wanted) await this.stock.bring(wanted);
    this.setSpeed(wanted && this.speed === 'triage' ? 'full' : this.speed);
    this.drawStatus();
    setInterval(() => this.poll(), POLL_MS);
    setInterval(() => this.stock.claim(0), RENEW_MS);
  }

  // What is kept for each person apart.
  meet(user) {
    this.user = user;
    this.drafts = new Drafts(user);
    this.keymap = new Keymap(user, () => this.drawKeys());
    this.keymap.able = (action) => !PAGES.includes(action) || document.querySelector(`nav.frame a[href^="/${action}"]`) !== null;
    this.remarks = new Remarks(this.parts, user, {
      send: (wish, path) => this.outbox.add(wish, { path }),
      changed: () => this.words.draw(),
      seek: (seconds) => this.seek(seconds),
      leave: () => this.setMode('watch'),
      reason: (text) => this.decide('reject', { reason: `caption: ${text}`.slice(0, 300) }),
    });
    this.words = new Words(this.parts, { seek: (seconds) => this.seek(seconds), revert: (id) => this.revert(id), marks: () => this.remarks.marks() });
    this.outbox = new Outbox(user, new Answers(this));
    this.decisions = new Decisions(this.outbox, { counted: (from, to) => this.count(from, to), changed: () => this.view.last(this.decisions.last, this.reasons) });
    this.outbox.adopt();
    this.speed = SPEEDS.find((one) => one === this.asked.get('speed')) || this.storedSpeed();
    this.drawKeys();
  }

  listen() {
    this.acts = new DeskActs(this);
    this.keys = new DeskKeys(this, this.keymap);
    this.root.addEventListener('click', (event) => {
      const button = event.target.closest('button');
      if (!button) return;
      if (event.detail) this.root.focus({ preventScroll: true }); // else Space would press it again
      if (button.dataset.do) this.acts.act(button.dataset.do);
      if (button.dataset.speed) this.setSpeed(button.dataset.speed);
      if (button.dataset.reason) this.decide('reject', { reason: button.dataset.reason });
    });
    this.parts.save.addEventListener('click', () => this.save());
    this.parts.leave.addEventListener('click', () => this.setMode('watch'));
    this.parts.again.addEventListener('click', () => this.lookAgain());
    this.parts.editor.addEventListener('input', () => this.drafts.keep(this.current, this.parts.editor.value));
  }

  // ---- clips

  get inTriage() {
    return this.speed === 'triage';
  }

  learned({ progress, reasons }) {
    if (progress) this.progress = progress;
    this.reasons = reasons;
    this.triage.reasons(reasons);
    this.drawProgress();
  }

  setSpeed(speed) {
    const kept = [...(this.current ? [this.current] : []), ...this.triage.empty()];
    this.stock.first(kept);
    this.speed = speed;
    this.stock.page = this.inTriage ? 'triage' : 'one';
    try {
      localStorage.setItem(`clapper.speed.${this.user}`, speed);
    } catch {
      // full or forbidden: it holds as long as the page
    }
    this.player.setRate(RATES[speed] || 1);
    this.view.speed(speed);
    this.drawProgress();
    this.advance();
  }

  nextSpeed() {
    this.setSpeed(SPEEDS[(SPEEDS.indexOf(this.speed) + 1) % SPEEDS.length]);
  }

  storedSpeed() {
    try {
      return SPEEDS.find((one) => one === localStorage.getItem(`clapper.speed.${this.user}`)) || 'full';
    } catch {
      return 'full';
    }
  }

  lookCloser(clip) {
    this.setSpeed('full');
    if (this.current) this.stock.first([this.current]);
    this.stock.first([clip]);
    this.advance();
  }

  advance() {
    if (this.inTriage) {
      this.show(null);
      this.triage.fill();
    } else this.show(this.stock.next());
    if (this.stock.low) this.refill();
  }

  async refill() {
    if (!(await this.stock.claim())) return;
    if (this.inTriage) {
      this.triage.fill();
      this.drawEmpty();
    } else if (!this.current) this.show(this.stock.next());
    else this.player.prepare(this.stock.queue);
  }

  poll() {
    this.look();
    if (document.visibilityState === 'visible' && this.stock.low) this.refill();
  }

  // Captions that came meanwhile stand among the versions; the one on the screen stays, for it is what is decided on.
  async look() {
    const clip = this.current;
    if (!clip || this.mode !== 'watch' || document.visibilityState !== 'visible' || this.outbox.clips().includes(clip.id)) return;
    const now = await ask(`/api/review/clip/${clip.id}`).catch(() => null);
    const more = now && clip === this.current ? now.captions.length - clip.captions.length : 0;
    if (more <= 0) return;
    clip.captions = now.captions;
    this.words.drawVersions();
    this.tell(say('review.new_captions', { count: more }));
  }

  lookAgain() {
    this.stock.skipped.clear();
    this.refill();
  }

  show(clip) {
    this.current = clip;
    this.shownAt = performance.now();
    this.setMode('watch');
    for (const part of ['left', 'right']) this.parts[part].hidden = !clip;
    if (!clip) {
      this.player.rest();
      delete this.root.dataset.clip;
      return this.drawEmpty();
    }
    this.parts.empty.hidden = true;
    this.view.clip(clip);
    this.remarks.show(clip);
    this.words.show(clip, { listed: this.speed === 'claims' });
    this.player.show(clip);
    this.root.dataset.clip = clip.id;
    return requestAnimationFrame(() => this.player.prepare(this.stock.queue));
  }

  // ---- decisions

  decide(action, more = {}) {
    const clip = this.current;
    if (!clip || (action === 'accept' && !caption(clip))) return;
    const wrong = action === 'accept' ? this.remarks.marks().length : 0;
    if (wrong) return this.tell(say('review.marked_wrong', { count: wrong }));
    this.make([{ clip, action, seen_s: (performance.now() - this.shownAt) / 1000, ...more }], () => this.advance());
  }

  decideAll(list) {
    this.make(list, () => {});
    requestAnimationFrame(() => this.stock.low && this.refill());
  }

  make(list, shown, more) {
    for (const { clip, action } of list) if (action === 'skip') this.stock.skipped.add(clip.id);
    this.decisions.make(list, shown, { speed: this.speed, ...more });
  }

  save() {
    const text = this.parts.editor.value.trim();
    if (!text) {
      this.parts.note.textContent = say('review.not_empty');
      return;
    }
    this.drafts.forget(this.current);
    this.decide('edit', { text });
  }

  // The words of an earlier version as a new one. The studio numbers it; until then a number of ours stands in.
  revert(id) {
    const clip = this.current;
    const earlier = clip.captions.find((one) => one.id === id);
    const standIn = -Date.now();
    const link = { ...earlier, id: standIn, author: 'person', by: this.user, parent: clip.caption_id, at: Date.now() / 1000, params: { reverts: id } };
    const after = { ...clip, version: clip.version + 1, review: 'waiting', caption_id: standIn, captions: [...clip.captions, link] };
    this.make([{ clip, action: 'revert', revert_to: id }], () => this.show(after), { standIn });
  }

  undo() {
    const back = this.decisions.undo();
    if (!back.length) return;
    const clips = back.map((one) => one.clip);
    for (const { clip, wish } of back) {
      this.stock.skipped.delete(clip.id);
      this.stock.drop(clip.id);
      if (wish.action === 'edit') this.drafts.keep(clip, wish.text);
    }
    if (this.current && !clips.some((clip) => clip.id === this.current.id)) this.stock.first([this.current]);
    if (this.inTriage) {
      this.triage.fill(clips);
      this.drawEmpty();
    } else {
      this.stock.first(clips);
      this.show(this.stock.next());
    }
  }

  count(from, to) {
    if (!this.progress || from === to) return;
    if (this.progress[from] > 0) this.progress[from] -= 1;
    this.progress[to] += 1;
    this.drawProgress();
  }

  // ---- modes

  setMode(mode, then) {
    this.mode = mode;
    const { editing, editor } = this.parts;
    this.view.mode(mode);
    if (mode !== 'line') this.remarks.close();
    if (mode === 'reject') this.view.reasons(this.reasons, this.decisions.lastReason);
    if (mode === 'edit') this.startEditing();
    else if ([editor, this.parts.lineInput, document.body].includes(document.activeElement) || editing.contains(document.activeElement)) this.root.focus({ preventScroll: true });
    then?.();
  }

  startEditing() {
    const { editor, note } = this.parts;
    const draft = this.drafts.of(this.current);
    editor.value = draft ?? caption(this.current)?.text ?? '';
    note.textContent = draft == null ? '' : say('review.draft');
    editor.focus();
  }

  seek(seconds) {
    this.player.pause();
    this.player.seek(seconds);
  }

  // ---- drawing what changes on its own

  drawProgress() {
    if (!this.progress) return;
    this.view.progress(this.progress, this.speed);
    if (!this.current) this.drawEmpty();
  }

  drawEmpty() {
    this.parts.empty.hidden = Boolean(this.current || this.triage.tiles.length);
    this.parts.triage.hidden = !this.inTriage || !this.parts.empty.hidden;
    const decided = this.progress ? this.progress.accepted + this.progress.rejected : 0;
    this.view.empty({ decided, skipped: this.stock.skipped.size, narrowed: this.stock.where.length > 0 });
  }

  // Somebody who may only look.
  bar(why) {
    this.barred = true;
    this.parts.speeds.hidden = true;
    this.parts.empty.hidden = false;
    this.parts.emptyTitle.textContent = why;
  }

  drawKeys() {
    this.view.keys((action) => this.keymap.of(action), this.keymap.able);
  }

  drawStatus() {
    if (this.outbox && !this.told) this.say(this.outbox.sentence());
  }

  // Stays until the next key: the outbox, which has something to say at every answer, would be over it at once.
  tell(sentence) {
    this.told = sentence;
    this.say(sentence);
  }

  untell() {
    if (!this.told) return;
    this.told = null;
    this.drawStatus();
  }

  say(sentence) {
    this.parts.status.textContent = sentence;
  }
}
