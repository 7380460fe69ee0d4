// The review desk: what is shown is decided on, what comes next is here already. A decision belongs to the clip that is on
// the screen when the key goes down; it is shown at once and sent by the outbox.

import { ask, busy, caption, h, key, parts as partsOf, typing } from './dom.js';
import { conflictPanel } from './conflict.js';
import { DeskView, STATES } from './desk_view.js';
import { Drafts } from './drafts.js';
import { Keymap, normal } from './keymap.js';
import { Outbox } from './outbox.js';
import { Player } from './player.js';
import { Remarks } from './remarks.js';
import { Stock } from './stock.js';
import { Triage } from './triage.js';
import { Words } from './words.js';

const SPEEDS = ['triage', 'claims', 'full'];
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
      progress: (lent) => this.learned(lent),
      busy: () => [...(this.current ? [this.current.id] : []), ...this.triage.clips().map((clip) => clip.id), ...(this.outbox?.clips() || [])],
    });
    this.triage = new Triage(this.parts, {
      decide: (list) => this.decideAll(list),
      more: () => this.stock.next(),
      closer: (clip) => this.lookCloser(clip),
    });
    this.current = null;
    this.made = [];
    this.reasons = [];
    this.progress = null;
    this.mode = 'watch';
    this.speed = 'full';
  }

  async start() {
    const first = await this.stock.claim();
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
    this.keymap.able = (action) => action !== 'compare' || document.querySelector('nav.frame a[href="/compare"]') !== null;
    this.remarks = new Remarks(this.parts, user, {
      send: (wish, path) => this.outbox.add(wish, { path }),
      changed: () => this.words.draw(),
      seek: (seconds) => this.seek(seconds),
      leave: () => this.setMode('watch'),
      reason: (text) => this.decide('reject', { reason: `caption: ${text}`.slice(0, 300) }),
    });
    this.words = new Words(this.parts, { seek: (seconds) => this.seek(seconds), revert: (id) => this.revert(id), marks: () => this.remarks.marks() });
    this.outbox = new Outbox(user, {
      changed: () => this.drawStatus(),
      kept: (entry, answer) => this.kept(entry, answer),
      refused: (entry, sentence) => this.refused(entry, sentence),
      conflict: (entry, body) => this.quarrel(entry, body),
    });
    this.outbox.adopt();
    this.speed = SPEEDS.find((one) => one === this.asked.get('speed')) || this.storedSpeed();
    this.drawKeys();
  }

  listen() {
    document.addEventListener('keydown', (event) => this.pressed(event));
    this.root.addEventListener('click', (event) => {
      const button = event.target.closest('button');
      if (!button) return;
      if (event.detail) this.root.focus({ preventScroll: true }); // else Space would press it again
      if (button.dataset.do) this.act(button.dataset.do);
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
    this.progress = progress;
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
    if (document.visibilityState === 'visible' && this.stock.low) this.refill();
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

  act(what) {
    if (what === 'undo') return this.undo();
    if (what === 'speed') return this.setSpeed(SPEEDS[(SPEEDS.indexOf(this.speed) + 1) % SPEEDS.length]);
    if (this.inTriage) return what === 'toggle' && this.triage.toggle();
    if (!this.current) return undefined;
    if (what === 'reject' && this.mode === 'reject') return this.lastReason && this.decide('reject', { reason: this.lastReason });
    if (what === 'edit' || what === 'reject') return this.setMode(this.mode === what ? 'watch' : what);
    if (['accept', 'skip'].includes(what)) return this.decide(what);
    return this.beside(what);
  }

  // What decides nothing.
  beside(what) {
    const { player, remarks, words } = this;
    const claim = () => words.claim || (words.step(1) && words.claim);
    return {
      diff: () => words.toggleDiff(),
      history: () => words.toggleHistory(),
      flag: () => remarks.flag(),
      tag: () => this.setMode('line', () => remarks.open('tag')),
      note: () => this.note(),
      wrong: () => claim() && remarks.wrong(words.claim),
      omitted: () => this.setMode('line', () => remarks.open('omitted', { at_s: player.now, caption_id: this.current.caption_id })),
      compare: () => location.assign(`/compare?clip=${this.current.id}`),
      toggle: () => player.toggle(),
      backward: () => player.backward(),
      pause: () => player.pause(),
      faster: () => player.faster(),
      frameBack: () => player.step(-1),
      frameOn: () => player.step(1),
      secondBack: () => player.jump(-1),
      secondOn: () => player.jump(1),
      loopFrom: () => player.loopFrom(),
      loopTo: () => player.loopTo(),
    }[what]?.();
  }

  // On the words that are marked, else at the moment that is seen.
  note() {
    const span = this.words.selection();
    const words = span && this.words.now.text.slice(...span);
    const about = span ? { span, words, caption_id: this.current.caption_id } : { at_s: this.player.now };
    this.setMode('line', () => this.remarks.open('note', about));
  }

  decide(action, more = {}) {
    const clip = this.current;
    if (!clip || (action === 'accept' && !caption(clip))) return;
    const wrong = action === 'accept' ? this.remarks.marks().length : 0;
    if (wrong) return this.say(`${wrong} claim${wrong === 1 ? ' is' : 's are'} marked wrong: edit the caption, reject it, or take the mark back.`);
    const { made, wishes } = this.keep([{ clip, action, seen_s: (performance.now() - this.shownAt) / 1000, ...more }]);
    this.advance();
    this.send(made, wishes);
  }

  decideAll(list) {
    const { made, wishes } = this.keep(list);
    this.send(made, wishes);
    requestAnimationFrame(() => this.stock.low && this.refill());
  }

  keep(list) {
    const made = list.map(({ clip, ...wanted }) => {
      if (wanted.action === 'skip') this.stock.skipped.add(clip.id);
      if (wanted.action === 'reject') this.lastReason = wanted.reason;
      this.count(clip.review, STATES[wanted.action]);
      return { clip, wish: { key: key(), clip_id: clip.id, version: clip.version, caption_id: clip.caption_id, speed: this.speed, ...wanted } };
    });
    return { made, wishes: made.map((one) => one.wish) };
  }

  send(made, wishes, more) {
    this.made.push(made);
    for (const wish of wishes) this.outbox.add(wish, more);
    this.view.last(made);
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

  // The words of an earlier version as a new one. The studio numbers it; until then a number of ours stands in.
  revert(id) {
    const clip = this.current;
    const earlier = clip.captions.find((one) => one.id === id);
    const standIn = -Date.now();
    const { made, wishes } = this.keep([{ clip, action: 'revert', revert_to: id }]);
    const link = { ...earlier, id: standIn, author: 'person', by: this.user, parent: clip.caption_id, at: Date.now() / 1000, params: { reverts: id } };
    this.show({ ...clip, version: clip.version + 1, review: 'waiting', caption_id: standIn, captions: [...clip.captions, link] });
    this.send(made, wishes, { standIn });
  }

  undo() {
    const last = this.made.pop();
    if (!last) return;
    const clips = last.map(({ clip, wish }) => {
      this.outbox.add({ key: key(), clip_id: clip.id, version: wish.version + 1, action: 'undo', undoes: wish.key, speed: wish.speed });
      this.stock.skipped.delete(clip.id);
      this.count(STATES[wish.action], clip.review);
      if (wish.action === 'edit') this.drafts.keep(clip, wish.text);
      return { ...clip, version: wish.version + 2 };
    });
    if (this.current && !clips.some((clip) => clip.id === this.current.id)) this.stock.first([this.current]);
    clips.forEach((clip) => this.stock.drop(clip.id));
    if (this.inTriage) {
      this.triage.fill(clips);
      this.drawEmpty();
    } else {
      this.stock.first(clips);
      this.show(this.stock.next());
    }
    this.view.last(this.made.at(-1));
  }

  kept(entry, answer) {
    if (entry.path) return;
    const nothing = this.inTriage ? !this.triage.tiles.length : !this.current;
    if (nothing && this.outbox.waiting.length === 0) this.refill(); // what is left is known only now
    const now = answer.standing.caption_id;
    // A clip decided on before and on the screen again: what the studio knows now is what the next decision is about.
    for (const clip of [this.current, ...this.stock.queue, ...this.triage.clips()]) {
      if (clip?.id !== answer.clip_id) continue;
      for (const one of clip.captions) if (one.id === entry.standIn) one.id = now;
      if (clip.version === answer.version || clip.caption_id === entry.standIn) clip.caption_id = now;
    }
  }

  refused(entry, sentence) {
    const { wish } = entry;
    this.forget((one) => one.wish.key === wish.key);
    const told = h('div', { class: 'panel row' }, h('span', { class: 'grow' }, `Not kept: ${sentence}${entry.path && wish.text ? ` (“${wish.text}”)` : ''}`), h('button', { class: 'small', on: { click: () => told.remove() } }, 'Close'));
    this.parts.conflicts.append(told);
    if (!entry.path && wish.text) this.drafts.keep({ id: wish.clip_id }, wish.text);
    if (entry.path && this.current?.id === wish.clip_id) {
      this.current.notes = this.current.notes.filter((one) => one.key !== wish.key);
      this.current.tags = this.current.tags.filter((one) => one !== wish.tag);
      this.remarks.changed();
    }
  }

  async quarrel(entry, body) {
    this.forget((one) => one.clip.id === body.clip_id);
    this.stock.drop(body.clip_id);
    this.drawStatus();
    const clip = await ask(`/api/review/clip/${body.clip_id}`).catch(() => null);
    const panel = conflictPanel({ entry, body, clip, user: this.user, choose: (wish) => this.chosen(entry, panel, wish) });
    this.parts.conflicts.append(panel);
  }

  // What can no longer be taken back.
  forget(test) {
    this.made = this.made.map((group) => group.filter((one) => !test(one))).filter((group) => group.length);
    this.view.last(this.made.at(-1));
  }

  chosen(entry, panel, wish) {
    panel.remove();
    this.outbox.settle(entry);
    if (wish) this.outbox.add({ ...wish, key: key() });
    this.root.focus({ preventScroll: true });
  }

  count(from, to) {
    if (!this.progress || from === to) return;
    if (this.progress[from] > 0) this.progress[from] -= 1;
    this.progress[to] += 1;
    this.drawProgress();
  }

  // ---- keys

  pressed(event) {
    if (['edit', 'line'].includes(this.mode) && typing(event.target) && !event.isComposing) return this.pressedWhileWriting(event);
    if (busy(event)) return undefined;
    const pressing = event.target instanceof Element && event.target.closest('button, a, summary');
    if (pressing && [' ', 'Enter', 'Tab'].includes(event.key)) return undefined;
    const does = this.meaning(event);
    if (!does) return undefined;
    event.preventDefault();
    return does === true ? undefined : does();
  }

  // What a key does now: a function, true when it shall do nothing, undefined when it is not ours.
  meaning(event) {
    const name = normal(event.key);
    const once = (does) => (event.repeat ? true : does); // a key held down decides once
    if (this.inTriage && (name === 'Enter' || '1234qwerasdf'.includes(name))) return once(() => this.triage.pressed(name));
    if (this.mode === 'reject') return this.inReasons(name, once);
    if (this.current && !this.parts.history.hidden && this.inHistory(name)) return once(this.inHistory(name));
    if (name === 'Tab') return this.current && this.words.step(event.shiftKey ? -1 : 1) ? true : undefined;
    if (/^[1-9]$/.test(name) && this.current) return () => this.player.digit(Number(name));
    const action = this.keymap.find(name, this.inTriage ? 'triage' : 'one');
    if (!action) return undefined;
    return ['frameBack', 'frameOn', 'secondBack', 'secondOn'].includes(action) ? () => this.act(action) : once(() => this.act(action));
  }

  inReasons(name, once) {
    const reason = /^[1-9]$/.test(name) && this.reasons[Number(name) - 1];
    if (reason) return once(() => this.decide('reject', { reason: `${reason.about}: ${reason.text}` }));
    if (name === '0') return once(() => this.setMode('line', () => this.remarks.open('reason')));
    if (name === 'Escape') return once(() => this.setMode('watch'));
    const action = this.keymap.find(name, 'one');
    if (action === 'reject') return once(() => this.act('reject'));
    return ['accept', 'skip', 'edit', 'undo'].includes(action) ? true : action && (() => this.act(action));
  }

  inHistory(name) {
    const version = /^[1-9]$/.test(name) && this.current.captions[Number(name) - 1];
    if (version && version.outcome === 'ok' && version.id !== this.current.caption_id) return () => this.words.compare(version);
    if (name === 'Enter' && this.words.against) return () => this.revert(this.words.against.id);
    if (name === 'Escape') return () => this.words.toggleHistory(false);
    return undefined;
  }

  pressedWhileWriting(event) {
    if (event.key === 'Escape') this.setMode('watch');
    else if (this.mode === 'edit' && event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.repeat) this.save();
    else return;
    event.preventDefault();
  }

  setMode(mode, then) {
    this.mode = mode;
    const { editing, editor } = this.parts;
    this.view.mode(mode);
    if (mode !== 'line') this.remarks.close();
    if (mode === 'reject') this.view.reasons(this.reasons, this.lastReason);
    if (mode === 'edit') this.startEditing();
    else if ([editor, this.parts.lineInput, document.body].includes(document.activeElement) || editing.contains(document.activeElement)) this.root.focus({ preventScroll: true });
    then?.();
  }

  startEditing() {
    const { editor, note } = this.parts;
    const draft = this.drafts.of(this.current);
    editor.value = draft ?? caption(this.current)?.text ?? '';
    note.textContent = draft == null ? '' : 'This is your draft; nobody else has seen it.';
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

  drawKeys() {
    this.view.keys((action) => this.keymap.of(action), this.keymap.able);
  }

  drawStatus() {
    if (this.outbox) this.say(this.outbox.sentence());
  }

  say(sentence) {
    this.parts.status.textContent = sentence;
  }
}
