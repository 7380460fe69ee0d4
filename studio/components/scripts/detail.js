// One clip of the Library, whole: watch it, read everything about it, decide.

import { ask, caption, clock, fileName, h, key, media, number, when, writer } from './dom.js';
import { badges } from './grid.js';

const REASONS = { caption: 'The caption', clip: 'The clip' };

export class Detail {
  // `on`: grid, changed()
  constructor(dialog, { grid, changed }) {
    this.dialog = dialog;
    this.grid = grid;
    this.changed = changed;
    this.index = -1;
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
    dialog.addEventListener('close', () => this.closed());
    dialog.addEventListener('keydown', (event) => this.pressed(event));
  }

  open(index) {
    this.index = index;
    this.show(this.grid.clips[index].id);
  }

  async show(id, told = '') {
    try {
      const [whole, lent] = await Promise.all([ask(`/api/library/clip/${id}`), this.reasons || ask('/api/review/reasons')]);
      this.reasons = lent;
      this.clip = whole.clip;
      this.draw(whole, told);
      if (!this.dialog.open) this.dialog.showModal();
      if (!this.dialog.contains(document.activeElement)) this.dialog.focus(); // else the keys would be lost with the button
    } catch (error) {
      this.grid.on.failed(error.status ? error.message : 'The studio cannot be reached.');
    }
  }

  closed() {
    this.dialog.replaceChildren();
    this.grid.cards.children[this.index]?.focus({ preventScroll: true });
  }

  pressed(event) {
    if (event.target.closest('input, select, textarea, video') || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) this.go(step);
  }

  go(step) {
    const next = this.grid.clips[this.index + step];
    if (this.index < 0 || !next) return;
    this.index += step;
    this.show(next.id);
  }

  async decide(action, reason = '') {
    const { id, version, caption_id } = this.clip;
    const wish = { key: key(), clip_id: id, version, action, reason, caption_id };
    try {
      await ask('/api/review/decide', wish);
      await this.again('');
    } catch (error) {
      if (error.status === 409) await this.again(`${error.body.theirs.standing.by || 'A new caption'} was faster; this is how the clip is now.`);
      else this.say(error.status ? error.message : 'Not saved: the studio cannot be reached.');
    }
  }

  async again(told) {
    await this.show(this.clip.id, told);
    this.grid.replace(this.clip);
    this.changed();
  }

  say(sentence) {
    this.dialog.querySelector('.told').textContent = sentence;
  }

  draw({ clip, history }, told) {
    const video = h('video', { controls: true, muted: true, loop: true, playsInline: true, autoplay: true, poster: media(clip, 'poster.jpg'), src: media(clip, 'proxy.mp4') });
    const button = (label, name, on) => h('button', { class: 'quiet small', 'aria-label': name, on: { click: on } }, label);
    this.dialog.replaceChildren(
      h('header', { class: 'row' }, h('b', {}, fileName(clip.video)), h('span', { class: 'faint' }, `${clock(clip.start_s)} – ${clock(clip.end_s)} · ${clip.size.join('×')} · ${number(clip.fps)} fps · clip ${clip.id}`),
        h('span', { class: 'grow' }), button('‹', 'Clip before', () => this.go(-1)), button('›', 'Next clip', () => this.go(1)), button('Close', 'Close', () => this.dialog.close())),
      h('div', { class: 'columns' },
        h('div', { class: 'picture' }, video, h('img', { class: 'sheet', src: media(clip, 'sheet.jpg'), alt: 'Frames of the clip, from first to last' }), measured(clip)),
        h('div', { class: 'words' }, captionInForce(clip), this.actions(clip), h('p', { class: 'told', role: 'status' }, told), remarks(clip), captions(clip), decisions(history))));
  }

  actions(clip) {
    const groups = Object.entries(REASONS).map(([about, label]) =>
      h('optgroup', { label }, ...this.reasons.filter((one) => one.about === about).map((one) => h('option', { value: `${about}: ${one.text}` }, one.text))));
    const reject = h('select', { 'aria-label': 'Reject because', on: { change: () => this.decide('reject', reject.value) } }, h('option', { value: '' }, 'Reject because …'), ...groups);
    return h('div', { class: 'row' },
      h('button', { class: 'ok', disabled: caption(clip)?.outcome !== 'ok', on: { click: () => this.decide('accept') } }, 'Accept'),
      reject, h('a', { href: `/review?clip=${clip.id}` }, 'Open in Review'));
  }
}

function measured(clip) {
  const scores = Object.entries(clip.scores).map(([name, value]) => h('tr', {}, h('th', {}, name), h('td', {}, value == null ? `not measured: ${clip.missing[name]}` : number(value))));
  const facts = Object.entries(clip.facts).map(([name, text]) => h('tr', {}, h('th', {}, name), h('td', {}, text)));
  return h('table', {}, h('tbody', {}, ...scores, ...facts, h('tr', {}, h('th', {}, 'file'), h('td', {}, clip.video))));
}

function captionInForce(clip) {
  const now = caption(clip);
  return h('div', {},
    h('div', { class: 'row' }, now && h('span', { class: `chip ${now.author === 'machine' ? 'acc' : 'ok'}` }, writer(now)), now && now.outcome !== 'ok' && h('span', { class: 'chip maybe' }, now.outcome), ...badges({ ...clip, scores: {} })),
    clip.reasons.length > (clip.verdict === 'dropped' ? 1 : 0) && h('p', { class: 'faint' }, clip.reasons.join(' · ')),
    h('p', { class: 'caption' }, now ? now.text : 'No caption yet.'));
}

// Tags, and what people noted about it.
function remarks(clip) {
  const notes = clip.notes.map((one) => h('li', {}, [one.kind === 'omitted' ? 'left out' : one.kind, one.text].filter(Boolean).join(': '), h('span', { class: 'faint' }, [one.at_s != null && ` · at ${clock(one.at_s)}`, ` · ${one.by} · ${when(one.at)}`].filter(Boolean).join(''))));
  const tags = clip.tags.length > 0 && h('div', { class: 'row' }, ...clip.tags.map((tag) => h('span', { class: 'chip' }, tag)));
  return (tags || notes.length > 0) && h('div', {}, tags, notes.length > 0 && section('Notes', notes));
}

function captions(clip) {
  const others = clip.captions.filter((one) => one.id !== clip.caption_id);
  return others.length > 0 && section('Other captions', others.map((one) => h('li', {}, h('span', { class: 'faint' }, `${writer(one)} · ${one.outcome === 'ok' ? when(one.at) : `${one.outcome}: ${one.reason || ''}`}`), h('br'), one.text)));
}

function decisions(history) {
  const said = (one) => (one.detail.lot ? lotStory(one) : [one.kind, one.detail.after?.reason].filter(Boolean).join(': '));
  return history.length > 0 && section('Decisions', history.map((one) => h('li', {}, said(one), h('span', { class: 'faint' }, ` · ${one.actor} · ${when(one.at)}`))));
}

function lotStory({ kind, detail }) {
  const found = detail.seen == null ? '' : ` (${detail.bad} of ${detail.seen} looked at were bad)`;
  return `${kind.replaceAll('_', ' ')} ${detail.lot}${found}${detail.note ? `: ${detail.note}` : ''}`;
}

function section(title, items) {
  return h('div', {}, h('h3', {}, title), h('ol', {}, ...items));
}
