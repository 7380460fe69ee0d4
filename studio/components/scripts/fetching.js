// Weights on their way, for one model: a button to have them brought, how far they are, a button to stop.

import { h } from './dom.js';

const WINDOW_S = 20; // over so long the pace is taken
const WORD = { waiting: 'waits for a worker', cancelled: 'Stopped. What came is kept; the next fetch goes on with it.' };

export const gigabytes = (bytes) => (bytes < 1e9 ? `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB` : `${(bytes / 1e9).toFixed(1)} GB`);

export class Fetch {
  // `changed` is called with what a person wants: fetch or cancel.
  constructor(model, { may, changed }) {
    this.seen = [];
    this.bar = h('i');
    this.track = h('span', { class: 'bar', role: 'progressbar', 'aria-label': `Weights of ${model.name}`, hidden: true }, this.bar);
    this.text = h('span', { class: 'faint', role: 'status' });
    this.progress = h('div', { class: 'fetch', hidden: true }, this.track, this.text);
    const button = (verb, props) => h('button', { type: 'button', class: 'small', on: { click: () => { this.moved = true; changed(verb); } }, ...props }, verb === 'fetch' ? 'Fetch' : 'Stop');
    this.start = button('fetch', { hidden: !may, 'aria-label': `Fetch ${model.name}` });
    this.stop = button('cancel', { hidden: true, 'aria-label': `Stop fetching ${model.name}` });
    this.may = may;
    this.buttons = h('span', { class: 'row' }, this.start, this.stop);
  }

  // Draws how far it is; says whether it moves, has just ended well, or rests.
  show(now) {
    const moving = Boolean(now) && (now.state === 'waiting' || now.state === 'working');
    this.start.hidden = !this.may || moving;
    this.stop.hidden = !this.may || !moving;
    this.start.textContent = now && !moving ? 'Fetch again' : 'Fetch';
    this.progress.hidden = !now || (now.state === 'done' && !this.moved);
    this.track.hidden = !moving;
    if (now) this.draw(now, moving);
    const ended = this.moved && now && now.state === 'done';
    this.moved = moving;
    return moving ? 'moving' : ended ? 'done' : 'rests';
  }

  draw(now, moving) {
    const share = now.total ? now.done / now.total : 0;
    this.bar.style.width = `${100 * share}%`;
    this.track.setAttribute('aria-valuenow', Math.round(100 * share));
    this.text.textContent = now.state === 'working' ? this.pace(now) : now.state === 'failed' ? now.error : WORD[now.state] || '';
    this.text.classList.toggle('bad', now.state === 'failed');
    if (!moving) this.seen = [];
  }

  pace(now) {
    const t = performance.now() / 1000;
    this.seen = [...this.seen.filter((one) => one.t > t - WINDOW_S && one.done <= now.done), { t, done: now.done }];
    const rate = (now.done - this.seen[0].done) / (t - this.seen[0].t);
    const words = [`${gigabytes(now.done)} of ${gigabytes(now.total)}`];
    if (rate > 0) words.push(`${gigabytes(rate)} a second`, `about ${span((now.total - now.done) / rate)} left`);
    return words.join(' · ');
  }
}

function span(seconds) {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
