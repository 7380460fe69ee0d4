// What the review desk shows: the clip, its caption, the reasons, how far the reviewing is.

import { STATES } from './decisions.js';
import { caption, fileName, h, number, whole, writer } from './dom.js';
import { shown } from './keymap.js';

const SHOWN = { accepted: 'accepted', rejected: 'rejected', skipped: 'unsure', waiting: '', accepted_lot: 'accepted by lot' };
const SIGNS = { accept: '✓ accepted', edit: '✓ edited', reject: '✕ rejected', skip: '→ unsure', revert: '↶ brought back' };
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
    const { author, prompt, state, source, chips } = this.parts;
    const now = caption(clip);
    author.textContent = now ? writer(now) : 'no caption';
    author.className = `chip ${now?.author === 'machine' ? 'acc' : 'ok'}`;
    prompt.textContent = now?.prompt ? `prompt ${now.prompt}` : '';
    state.hidden = clip.review === 'waiting';
    state.textContent = SHOWN[clip.review];
    state.className = `chip ${TONES[clip.review]}`;
    source.textContent = `${fileName(clip.video)} · ${clip.start_s.toFixed(1)}–${clip.end_s.toFixed(1)} s · ${clip.size.join('×')} · ${number(clip.fps)} fps`;
    source.title = clip.video;
    chips.replaceChildren(...scoreChips(clip, now));
  }

  mode(mode) {
    const { editing, shownWords, actions, reasons } = this.parts;
    editing.hidden = mode !== 'edit';
    shownWords.hidden = mode === 'edit';
    actions.hidden = mode === 'edit';
    reasons.hidden = mode !== 'reject';
  }

  reasons(reasons, last) {
    const groups = ['caption', 'clip'].map((about) =>
      h('div', {}, h('p', { class: 'faint' }, about === 'caption' ? 'The caption: it can be written anew' : 'The clip: it is not captioned again'), ...reasons.flatMap((reason, index) =>
        reason.about === about ? [h('button', { class: 'quiet', 'data-reason': `${about}: ${reason.text}` }, h('kbd', {}, String(index + 1)), reason.text)] : [])));
    const again = last ? [h('kbd', {}, 'X'), ` again: ${last.replace(/^\w+: /, '')} · `] : [];
    this.parts.reasons.replaceChildren(...groups, h('p', { class: 'faint' }, h('kbd', {}, '0'), ' in other words · ', ...again, h('kbd', {}, 'Esc'), ' leaves without a decision'));
  }

  speed(speed) {
    for (const button of this.parts.speeds.querySelectorAll('[data-speed]')) button.setAttribute('aria-pressed', String(button.dataset.speed === speed));
    this.parts.speeds.parentElement.dataset.speed = speed;
    this.parts.actions.setAttribute('data-of', speed);
  }

  progress({ waiting, accepted, rejected, skipped, per_hour: paces }, speed) {
    const done = accepted + rejected;
    const left = waiting + skipped;
    const pace = paces[speed];
    this.parts.done.textContent = `${whole(done)} of ${whole(done + left)} decided`;
    this.parts.remaining.textContent = [`${whole(left)} left`, skipped && `${whole(skipped)} of them unsure`].filter(Boolean).join(', ');
    this.parts.pace.textContent = pace ? `you: ${whole(pace)} clips / h${left ? ` · ${span(left / pace)} left` : ''}` : 'your pace shows as you decide';
    this.parts.barLabel.setAttribute('aria-label', `${done} of ${done + left} clips decided`);
    this.parts.bar.style.width = `${done + left ? (100 * done) / (done + left) : 0}%`;
  }

  // `last`: the decisions of the last key press, of one clip or of a page.
  last(last) {
    const { lastState, lastText } = this.parts;
    for (const undo of document.querySelectorAll('.review-desk [data-do=undo]')) undo.disabled = !last;
    lastState.hidden = !last;
    lastText.textContent = '';
    if (!last) return;
    const [{ clip, wish }] = last;
    if (last.length > 1) lastText.textContent = `${last.length} clips`;
    else lastText.textContent = wish.text || wish.reason || caption(clip)?.text || '';
    lastState.textContent = last.length > 1 ? 'page' : SIGNS[wish.action];
    lastState.className = `chip ${last.length > 1 ? '' : TONES[STATES[wish.action]]}`;
  }

  keys(of, able) {
    for (const button of document.querySelectorAll('.review-desk button[data-do]')) {
      const sign = button.querySelector('kbd');
      if (sign) sign.textContent = shown(of(button.dataset.do));
      button.hidden = !able(button.dataset.do);
    }
    for (const sign of document.querySelectorAll('.review-desk kbd[data-key]')) sign.textContent = shown(of(sign.dataset.key));
  }

  empty({ decided, skipped, narrowed }) {
    const { emptyTitle, emptyText, again } = this.parts;
    emptyTitle.textContent = narrowed ? 'Nothing in this selection waits for review.' : decided || skipped ? 'All done.' : 'Nothing waits for review yet.';
    emptyText.textContent = decided || skipped
      ? `${whole(decided)} clip${decided === 1 ? ' is' : 's are'} decided${skipped ? `, and of ${whole(skipped)} you are unsure` : ''}. New ones appear here by themselves.`
      : 'Clips appear here as soon as a run has kept and captioned them.';
    again.hidden = !skipped;
  }
}

// Hours as people say them.
function span(hours) {
  const minutes = Math.ceil(hours * 60);
  return minutes < 90 ? `${minutes} min` : `${whole(Math.round(minutes / 60))} h`;
}

function scoreChips(clip, now) {
  const telling = Object.entries(clip.scores).filter(([name, value]) => !OTHERWISE_TOLD.includes(name) && (value !== 0 || MEANT_TO_MOVE.includes(name)));
  const scores = telling.map(([name, value]) =>
    value == null
      ? h('span', { class: 'chip maybe', title: clip.missing[name] }, `${name}: not measured`)
      : h('span', { class: 'chip' }, `${name} ${number(value)}`));
  const brief = Object.entries(clip.facts).filter(([name]) => !LONG_FACTS.includes(name));
  const facts = brief.map(([name, text]) => h('span', { class: 'chip fact', title: `${name}: ${text}` }, name === 'camera' ? `camera ${text}` : `${name}: ${text}`));
  const reasons = clip.reasons.map((reason) => h('span', { class: `chip ${clip.verdict === 'dropped' ? 'no' : 'maybe'}` }, reason));
  const checks = (now?.checks || []).filter((check) => check.mean != null).map((check) =>
    h('span', { class: 'chip', title: check.model }, `align ${number(check.mean)}${check.low == null ? '' : `, lowest ${number(check.low)}`}`));
  const flags = (now?.flags || []).map((flag) => h('span', { class: 'chip maybe', title: 'by its words alone' }, flag));
  return [...reasons, ...flags, ...checks, ...scores, ...facts];
}
