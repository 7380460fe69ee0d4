// How far two people agree who did not know of each other, and the clips on which a lead has to choose.

import { ask, h, key, media, parts as partsOf, sentence, when, whole } from './dom.js';
import { percent } from './plot.js';
import { pieces, say } from './say.js';

const TONES = { accept: 'ok', edit: 'maybe', reject: 'no' };
const ROWS = ['usable', 'decision'];

export function mount(root) {
  return new SecondLooks(root).load();
}

class SecondLooks {
  constructor(root) {
    this.parts = partsOf(root);
    for (const line of root.querySelectorAll('[data-say]')) line.append(...pieces(line.dataset.say, this.parts)); // its field goes to its place
    this.parts.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.set();
    });
  }

  async load() {
    const found = await ask('/api/opinions').catch(() => null);
    if (!found) return;
    const { share, table, rows, differences } = this.parts;
    if (document.activeElement !== share) share.value = Number((100 * found.share).toFixed(2));
    table.hidden = !found.agreements.usable.clips;
    rows.replaceChildren(...ROWS.map((name) => row(say(`spot_check.second.rows.${name}`), found.agreements[name])));
    differences.replaceChildren(...found.differences.map((one) => this.difference(one)));
    this.tell(story(found));
  }

  async set() {
    const share = this.parts.share.valueAsNumber / 100;
    await this.send('/api/opinions/share', { key: key(), share });
  }

  async send(path, wish) {
    try {
      await ask(path, wish);
      await this.load();
    } catch (error) {
      this.tell(error.status === 409 ? say('spot_check.second.conflict') : sentence(error, say('common.not_done')));
      if (error.status === 409) this.load();
    }
  }

  tell(text) {
    this.parts.told.textContent = text;
  }

  difference({ clip, caption, said }) {
    const stands = (kind, person) => h('button', { type: 'button', on: { click: () => this.send(`/api/opinions/${clip.id}/settle`, { key: key(), stands: kind }) } }, say('spot_check.second.right', { who: person }));
    return h('article', { class: 'difference', 'data-clip': String(clip.id) },
      h('header', { class: 'row' }, h('img', { src: media(clip, 'poster.jpg'), alt: '' }),
        h('div', {}, h('div', { class: 'words' }, caption || say('spot_check.second.no_caption')), h('a', { href: `/library?clip=${clip.id}` }, say('common.clip', { id: String(clip.id) })))),
      ...said.map(opinion),
      h('div', { class: 'row' }, ...said.map((one) => stands(one.kind, one.person))));
  }
}

function opinion({ person, decision, reason, text, at }) {
  return h('div', { class: 'said' },
    h('div', { class: 'row' }, h('span', { class: `chip ${TONES[decision]}` }, say(`common.decisions.${decision}`)), h('b', {}, person), h('span', { class: 'faint' }, when(at))),
    reason && h('span', { class: 'soft' }, reason), decision === 'edit' && h('span', {}, text));
}

function story({ share, agreements, differences }) {
  if (differences.length) return say('spot_check.second.differ', { count: differences.length });
  if (agreements.usable.clips) return say('spot_check.second.settled');
  return say(share ? 'spot_check.second.nobody_yet' : 'spot_check.second.how');
}

function row(label, { clips, raw, alpha, ac1 }) {
  return h('tr', {}, h('td', {}, label), h('td', {}, ...cell(raw, percent)), h('td', {}, ...cell(alpha, two)), h('td', {}, ...cell(ac1, two)), h('td', {}, whole(clips)));
}

const two = (value) => value.toFixed(2).replace('-', '−');

function cell({ value, interval }, format) {
  if (value == null) return [h('span', { class: 'faint' }, say('spot_check.second.undefined'))];
  return [format(value), h('span', { class: 'faint' }, say('spot_check.second.between', { low: format(interval.low), high: format(interval.high) }))];
}
