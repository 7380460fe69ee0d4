// One clip of the Library, whole: watch it, read everything about it, decide.

import { ask, caption, clock, fileName, h, key, media, number, sentence, when, writer } from './dom.js';
import { about, captions, film, section, stages } from './detail_parts.js';
import { badges } from './grid.js';
import { say, words } from './say.js';

const ABOUT = ['caption', 'clip'];

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
      this.grid.on.failed(sentence(error));
    }
  }

  closed() {
    this.dialog.replaceChildren();
    this.grid.at(this.index)?.focus({ preventScroll: true });
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
      if (error.status === 409) await this.again(faster(error.body.theirs.standing.by));
      else this.tell(sentence(error, say('library.clip.not_saved')));
    }
  }

  async again(told) {
    await this.show(this.clip.id, told);
    this.grid.replace(this.clip);
    this.changed();
  }

  tell(sentence) {
    this.dialog.querySelector('.told').textContent = sentence;
  }

  draw(whole, told) {
    const { clip } = whole;
    const video = h('video', { controls: true, muted: true, loop: true, playsInline: true, autoplay: true, poster: media(clip, 'poster.jpg'), src: media(clip, 'proxy.mp4') });
    const button = (label, name, on) => h('button', { class: 'quiet small', 'aria-label': name, on: { click: on } }, label);
    this.dialog.replaceChildren(
      h('header', { class: 'row' }, h('b', {}, fileName(clip.video)), h('span', { class: 'faint' }, `${clock(clip.start_s)} – ${clock(clip.end_s)} · ${clip.size.join('×')} · ${number(clip.fps)} fps · ${say('common.clip', { id: String(clip.id) })}`),
        h('span', { class: 'grow' }), button('‹', say('library.clip.before'), () => this.go(-1)), button('›', say('library.clip.next'), () => this.go(1)), button(say('common.close'), say('common.close'), () => this.dialog.close())),
      h('div', { class: 'columns' },
        h('div', { class: 'picture' }, video, h('img', { class: 'sheet', src: media(clip, 'sheet.jpg'), alt: say('library.clip.sheet') }), measured(clip), film(whole)),
        h('div', { class: 'words' }, captionInForce(clip), this.actions(clip), h('p', { class: 'told', role: 'status' }, told), about(whole), remarks(clip), captions(whole), decisions(whole.history), stages(whole))));
  }

  actions(clip) {
    const groups = ABOUT.map((about) =>
      h('optgroup', { label: say(`library.clip.about_${about}`) }, ...this.reasons.filter((one) => one.about === about).map((one) => h('option', { value: `${about}: ${one.text}` }, one.label))));
    const reject = h('select', { 'aria-label': say('library.clip.reject_because'), on: { change: () => this.decide('reject', reject.value) } }, h('option', { value: '' }, say('library.clip.reject')), ...groups);
    return h('div', { class: 'row' },
      h('button', { class: 'ok', disabled: caption(clip)?.outcome !== 'ok', on: { click: () => this.decide('accept') } }, say('library.clip.accept')),
      reject, h('a', { href: `/review?clip=${clip.id}` }, say('library.clip.open')));
  }
}

const faster = (who) => (who ? say('library.clip.faster', { who }) : say('library.clip.newer'));

function measured(clip) {
  const scores = Object.entries(clip.scores).map(([name, value]) => h('tr', {}, h('th', {}, name), h('td', {}, value == null ? say('library.clip.not_measured', { why: clip.missing[name] }) : number(value))));
  const facts = Object.entries(clip.facts).map(([name, text]) => h('tr', {}, h('th', {}, name), h('td', {}, text)));
  return h('table', {}, h('tbody', {}, ...scores, ...facts));
}

function captionInForce(clip) {
  const now = caption(clip);
  return h('div', {},
    h('div', { class: 'row' }, now && h('span', { class: `chip ${now.author === 'machine' ? 'acc' : 'ok'}` }, writer(now)), now && now.outcome !== 'ok' && h('span', { class: 'chip maybe' }, now.outcome), ...badges({ ...clip, scores: {} })),
    clip.reasons.length > (clip.verdict === 'dropped' ? 1 : 0) && h('p', { class: 'faint' }, clip.reasons.join(' · ')),
    h('p', { class: 'caption' }, now ? now.text : say('library.no_caption')));
}

// What people noted about it.
function remarks(clip) {
  const notes = clip.notes.map((one) => h('li', {}, [say(`library.clip.remarks.${one.kind}`), one.text].filter(Boolean).join(': '), h('span', { class: 'faint' }, [one.at_s != null && ` · ${say('library.clip.at', { time: clock(one.at_s) })}`, ` · ${one.by} · ${when(one.at)}`].filter(Boolean).join(''))));
  return notes.length > 0 && section(say('library.clip.notes'), notes);
}

function decisions(history) {
  const said = (one) => (one.detail.lot ? lotStory(one) : [kindOf(one), one.detail.after?.reason].filter(Boolean).join(': '));
  return history.length > 0 && section(say('library.clip.decisions'), history.map((one) => h('li', {}, said(one), h('span', { class: 'faint' }, ` · ${one.actor} · ${when(one.at)}`))));
}

// Whoever wrote to the log may have done what has no word here.
const kindOf = ({ kind }) => words[`library.clip.kinds.${kind}`] || kind;

function lotStory({ kind, detail }) {
  const found = detail.seen == null ? '' : ` ${say('library.clip.lot_found', { bad: detail.bad, seen: detail.seen })}`;
  return `${say(`library.clip.kinds.${kind}`, { lot: String(detail.lot) })}${found}${detail.note ? `: ${detail.note}` : ''}`;
}

