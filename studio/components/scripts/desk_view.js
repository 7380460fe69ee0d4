// What the review desk shows: the clip, its caption, the reasons, how far the reviewing is.

import { STATES } from './decisions.js';
import { caption, h, number, sourceOf, writer } from './dom.js';
import { shown } from './keymap.js';
import { say } from './say.js';

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
    author.textContent = now ? writer(now) : say('review.no_caption');
    author.className = `chip ${now?.author === 'machine' ? 'acc' : 'ok'}`;
    prompt.textContent = now?.prompt ? say('common.prompt', { prompt: now.prompt }) : '';
    state.hidden = clip.review === 'waiting';
    state.textContent = clip.review === 'waiting' ? '' : say(`common.review.${clip.review}`);
    state.className = `chip ${TONES[clip.review]}`;
    source.textContent = sourceOf(clip);
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
      h('div', {}, h('p', { class: 'faint' }, say(`review.reasons.${about}`)), ...reasons.flatMap((reason, index) =>
        reason.about === about ? [h('button', { class: 'quiet', 'data-reason': `${about}: ${reason.text}` }, h('kbd', {}, String(index + 1)), reason.label)] : [])));
    const words = inWords(last, reasons);
    const ways = [['0', say('review.reasons.other_words')], last && ['X', say('review.reasons.again', { words })], ['Esc', say('review.reasons.leave')]];
    const row = ways.filter(Boolean).flatMap(([key, what], index) => [index ? ' · ' : '', h('kbd', {}, key), ` ${what}`]);
    this.parts.reasons.replaceChildren(...groups, h('p', { class: 'faint' }, ...row));
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
    this.parts.done.textContent = say('review.progress.decided', { done, all: done + left });
    this.parts.remaining.textContent = skipped ? say('review.progress.left_unsure', { left, skipped }) : say('review.progress.left', { left });
    this.parts.pace.textContent = !pace ? say('review.progress.no_pace') : left ? say('review.progress.pace_left', { pace, time: span(left / pace) }) : say('review.progress.pace', { pace });
    this.parts.barLabel.setAttribute('aria-label', say('review.progress.bar', { done, all: done + left }));
    this.parts.bar.style.width = `${done + left ? (100 * done) / (done + left) : 0}%`;
  }

  // `last`: the decisions of the last key press, of one clip or of a page.
  last(last, reasons) {
    const { lastState, lastText } = this.parts;
    for (const undo of document.querySelectorAll('.review-desk [data-do=undo]')) undo.disabled = !last;
    lastState.hidden = !last;
    lastText.textContent = '';
    if (!last) return;
    const [{ clip, wish }] = last;
    if (last.length > 1) lastText.textContent = say('common.clips', { count: last.length });
    else lastText.textContent = wish.text || inWords(wish.reason ?? '', reasons) || caption(clip)?.text || '';
    lastState.textContent = say(last.length > 1 ? 'review.last.page' : `review.last.${wish.action}`);
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
    emptyTitle.textContent = say(narrowed ? 'review.empty.narrowed' : decided || skipped ? 'review.empty.done' : 'review.empty.nothing');
    emptyText.textContent = skipped
      ? say('review.empty.decided_unsure', { count: decided, skipped })
      : decided ? say('review.empty.decided', { count: decided }) : say('review.empty.how');
    again.hidden = !skipped;
  }
}

// A reason as its button says it; one in a person's own words as they wrote it.
export const inWords = (reason, reasons) => reasons.find((one) => `${one.about}: ${one.text}` === reason)?.label ?? reason.replace(/^(clip|caption): /, '');

// Hours as people say them.
function span(hours) {
  const minutes = Math.ceil(hours * 60);
  return minutes < 90 ? say('common.spans.minutes', { minutes }) : say('common.spans.hours', { hours: Math.round(minutes / 60) });
}

function scoreChips(clip, now) {
  const telling = Object.entries(clip.scores).filter(([name, value]) => !OTHERWISE_TOLD.includes(name) && (value !== 0 || MEANT_TO_MOVE.includes(name)));
  const scores = telling.map(([name, value]) =>
    value == null
      ? h('span', { class: 'chip maybe', title: clip.missing[name] }, say('review.not_measured', { name }))
      : h('span', { class: 'chip' }, `${name} ${number(value)}`));
  const brief = Object.entries(clip.facts).filter(([name]) => !LONG_FACTS.includes(name));
  const facts = brief.map(([name, text]) => h('span', { class: 'chip fact', title: `${name}: ${text}` }, name === 'camera' ? `camera ${text}` : `${name}: ${text}`));
  const reasons = clip.reasons.map((reason) => h('span', { class: `chip ${clip.verdict === 'dropped' ? 'no' : 'maybe'}` }, reason));
  const checks = (now?.checks || []).filter((check) => check.mean != null).map((check) =>
    h('span', { class: 'chip', title: check.model }, check.low == null ? `align ${number(check.mean)}` : say('review.align', { mean: number(check.mean), low: number(check.low) })));
  const flags = (now?.flags || []).map((flag) => h('span', { class: 'chip maybe', title: say('review.by_its_words') }, flag));
  return [...reasons, ...flags, ...checks, ...scores, ...facts];
}
