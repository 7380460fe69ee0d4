// What the review desk shows: the clip, its caption, the reasons, how far the reviewing is.

import { caption, fileName, h, number, when, whole, writer } from './dom.js';

export const STATES = { accept: 'accepted', edit: 'accepted', reject: 'rejected', skip: 'skipped' };
// Facts and scores that are told in full in the Library only; a score of 0 is told when it says something is wrong.
const LONG_FACTS = ['camera_track', 'crop', 'words_overlay'];
const OTHERWISE_TOLD = ['duration', 'camera_speed', 'camera_confidence'];
const MEANT_TO_MOVE = ['motion', 'sharpness', 'brightness', 'contrast', 'saturation'];
const TONES = { accepted: 'ok', accepted_lot: 'ok', rejected: 'no', skipped: 'maybe', waiting: '' };

export class DeskView {
  constructor(parts) {
    this.parts = parts;
  }

  clip(clip) {
    const { caption: words, author, state, versions, history, source, chips } = this.parts;
    const now = caption(clip);
    words.textContent = now ? now.text : 'No caption yet. Write one, or reject the clip.';
    author.textContent = now ? writer(now) : 'no caption';
    author.className = `chip ${now?.author === 'machine' ? 'acc' : 'ok'}`;
    state.hidden = clip.review === 'waiting';
    state.textContent = clip.review === 'accepted_lot' ? 'accepted by lot' : clip.review;
    state.className = `chip ${TONES[clip.review]}`;
    versions.textContent = `${clip.captions.length} version${clip.captions.length === 1 ? '' : 's'}`;
    versions.setAttribute('aria-expanded', 'false');
    history.hidden = true;
    history.replaceChildren(...clip.captions.map((one) => h('li', {}, h('span', { class: 'faint' }, `${writer(one)} · ${when(one.at)}`), h('br'), one.text)));
    source.textContent = `${fileName(clip.video)} · ${clip.start_s.toFixed(1)}–${clip.end_s.toFixed(1)} s · ${clip.size.join('×')} · ${number(clip.fps)} fps`;
    source.title = clip.video;
    chips.replaceChildren(...scoreChips(clip));
  }

  reasons(reasons) {
    const groups = ['caption', 'clip'].map((about) =>
      h('div', {}, h('p', { class: 'faint' }, about === 'caption' ? 'The caption' : 'The clip'), ...reasons.flatMap((reason, index) =>
        reason.about === about ? [h('button', { class: 'quiet', 'data-reason': `${about}: ${reason.text}` }, h('kbd', {}, String(index + 1)), reason.text)] : [])));
    this.parts.reasons.replaceChildren(...groups, h('p', { class: 'faint' }, h('kbd', {}, 'Esc'), ' leaves without a decision'));
  }

  progress({ waiting, accepted, rejected, skipped, per_hour: pace }) {
    const done = accepted + rejected;
    const all = done + waiting + skipped;
    this.parts.progress.hidden = !all;
    this.parts.done.textContent = `${whole(done)} of ${whole(all)} decided`;
    this.parts.remaining.textContent = skipped ? `${whole(skipped)} skipped` : '';
    this.parts.pace.textContent = pace ? `you: ${whole(pace)} clips / h` : '';
    this.parts.barLabel.setAttribute('aria-label', `${done} of ${all} clips decided`);
    this.parts.bar.style.width = `${all ? (100 * done) / all : 0}%`;
  }

  last(last) {
    const { lastState, lastText, undo } = this.parts;
    undo.disabled = !last;
    lastState.hidden = !last;
    lastText.textContent = last ? last.wish.text || last.wish.reason || caption(last.clip)?.text || '' : '';
    if (!last) return;
    const state = STATES[last.wish.action];
    lastState.textContent = last.wish.action === 'edit' ? '✓ edited' : `${{ accepted: '✓', rejected: '✕', skipped: '→' }[state]} ${state}`;
    lastState.className = `chip ${TONES[state]}`;
  }

  empty({ decided, skipped, narrowed }) {
    const { emptyTitle, emptyText, again } = this.parts;
    emptyTitle.textContent = narrowed ? 'Nothing in this selection waits for review.' : decided || skipped ? 'All done.' : 'Nothing waits for review yet.';
    emptyText.textContent = decided || skipped
      ? `${whole(decided)} clip${decided === 1 ? ' is' : 's are'} decided${skipped ? `, and you skipped ${whole(skipped)}` : ''}. New ones appear here by themselves.`
      : 'Clips appear here as soon as a run has kept and captioned them.';
    again.hidden = !skipped;
  }
}

function scoreChips(clip) {
  const telling = Object.entries(clip.scores).filter(([name, value]) => !OTHERWISE_TOLD.includes(name) && (value !== 0 || MEANT_TO_MOVE.includes(name)));
  const scores = telling.map(([name, value]) =>
    value == null
      ? h('span', { class: 'chip maybe', title: clip.missing[name] }, `${name}: not measured`)
      : h('span', { class: 'chip' }, `${name} ${number(value)}`));
  const brief = Object.entries(clip.facts).filter(([name]) => !LONG_FACTS.includes(name));
  const facts = brief.map(([name, text]) => h('span', { class: 'chip fact', title: `${name}: ${text}` }, name === 'camera' ? `camera ${text}` : `${name}: ${text}`));
  const reasons = clip.reasons.map((reason) => h('span', { class: `chip ${clip.verdict === 'dropped' ? 'no' : 'maybe'}` }, reason));
  return [...reasons, ...scores, ...facts];
}
