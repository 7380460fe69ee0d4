// Weights on their way, for one model: a button to have them brought, how far they are, a button to stop.

import { h, size } from './dom.js';
import { say } from './say.js';
import { roughly } from './spans.js';

const WINDOW_S = 20; // over so long the pace is taken
const RESTS = ['waiting', 'cancelled'];

export class Fetch {
  // `changed` is called with what a person wants: fetch or cancel.
  constructor(model, { may, changed }) {
    this.seen = [];
    this.bar = h('i');
    this.track = h('span', { class: 'bar', role: 'progressbar', 'aria-label': say('models.fetch.weights', { model: model.name }), hidden: true }, this.bar);
    this.text = h('span', { class: 'faint', role: 'status' });
    this.progress = h('div', { class: 'fetch', hidden: true }, this.track, this.text);
    const button = (verb, props) => h('button', { type: 'button', class: 'small', on: { click: () => { this.moved = true; changed(verb); } }, ...props }, say(verb === 'fetch' ? 'models.fetch.fetch' : 'models.fetch.stop'));
    this.start = button('fetch', { hidden: !may, 'aria-label': say('models.fetch.fetch_of', { model: model.name }) });
    this.stop = button('cancel', { hidden: true, 'aria-label': say('models.fetch.stop_of', { model: model.name }) });
    this.may = may;
    this.buttons = h('span', { class: 'row' }, this.start, this.stop);
  }

  // Draws how far it is; says whether it moves, has just ended well, or rests.
  show(now) {
    const moving = Boolean(now) && (now.state === 'waiting' || now.state === 'working');
    this.start.hidden = !this.may || moving;
    this.stop.hidden = !this.may || !moving;
    this.start.textContent = say(now && !moving ? 'models.fetch.again' : 'models.fetch.fetch');
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
    this.text.textContent = now.state === 'working' ? this.pace(now) : now.state === 'failed' ? now.error : RESTS.includes(now.state) ? say(`models.fetch.${now.state}`) : '';
    this.text.classList.toggle('bad', now.state === 'failed');
    if (!moving) this.seen = [];
  }

  pace(now) {
    const t = performance.now() / 1000;
    this.seen = [...this.seen.filter((one) => one.t > t - WINDOW_S && one.done <= now.done), { t, done: now.done }];
    const rate = (now.done - this.seen[0].done) / (t - this.seen[0].t);
    const said = [say('models.fetch.came', { done: size(now.done), total: size(now.total) })];
    if (rate > 0) said.push(say('models.fetch.pace', { size: size(rate) }), say('models.fetch.left', { time: roughly((now.total - now.done) / rate) }));
    return said.join(' · ');
  }
}
