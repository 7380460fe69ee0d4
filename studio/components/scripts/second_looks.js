// How far two people agree who did not know of each other, and the clips on which a lead has to choose.

import { ask, h, key, media, parts as partsOf, when, whole } from './dom.js';
import { percent } from './plot.js';

const DECISIONS = { accept: ['accepted', 'ok'], edit: ['edited', 'maybe'], reject: ['rejected', 'no'] };
const ROWS = { usable: 'that it may be used', decision: 'as it was, edited, or not' };

export function mount(root) {
  return new SecondLooks(root).load();
}

class SecondLooks {
  constructor(root) {
    this.parts = partsOf(root);
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
    rows.replaceChildren(...Object.entries(ROWS).map(([name, label]) => row(label, found.agreements[name])));
    differences.replaceChildren(...found.differences.map((one) => this.difference(one)));
    this.say(story(found));
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
      this.say(error.status === 409 ? 'Somebody decided on this clip just now; this is how it stands.' : error.status ? error.message : 'Not done: the studio cannot be reached.');
      if (error.status === 409) this.load();
    }
  }

  say(text) {
    this.parts.told.textContent = text;
  }

  difference({ clip, caption, said }) {
    const stands = (kind, person) => h('button', { type: 'button', on: { click: () => this.send(`/api/opinions/${clip.id}/settle`, { key: key(), stands: kind }) } }, `${person} is right`);
    return h('article', { class: 'difference', 'data-clip': String(clip.id) },
      h('header', { class: 'row' }, h('img', { src: media(clip, 'poster.jpg'), alt: '' }),
        h('div', {}, h('div', { class: 'words' }, caption || 'No caption.'), h('a', { href: `/library?clip=${clip.id}` }, `clip ${clip.id}`))),
      ...said.map(opinion),
      h('div', { class: 'row' }, ...said.map((one) => stands(one.kind, one.person))));
  }
}

function opinion({ person, decision, reason, text, at }) {
  const [name, tone] = DECISIONS[decision];
  return h('div', { class: 'said' },
    h('div', { class: 'row' }, h('span', { class: `chip ${tone}` }, name), h('b', {}, person), h('span', { class: 'faint' }, when(at))),
    reason && h('span', { class: 'soft' }, reason), decision === 'edit' && h('span', {}, text));
}

function story({ share, agreements, differences }) {
  if (differences.length) return `${whole(differences.length)} clip${differences.length === 1 ? '' : 's'} on which two people differ wait${differences.length === 1 ? 's' : ''} for a lead.`;
  if (agreements.usable.clips) return 'Nothing waits for a lead.';
  return share ? 'Nobody has looked a second time yet. Clips come to a second reviewer in Review like any others.' : 'With a share above 0, some clips come to a second reviewer in Review, who does not learn what the first one said. How far people agree is shown here.';
}

function row(label, { clips, raw, alpha, ac1 }) {
  return h('tr', {}, h('td', {}, label), h('td', {}, ...cell(raw, percent)), h('td', {}, ...cell(alpha, two)), h('td', {}, ...cell(ac1, two)), h('td', {}, whole(clips)));
}

const two = (value) => value.toFixed(2).replace('-', '−');

function cell({ value, interval }, format) {
  if (value == null) return [h('span', { class: 'faint' }, 'undefined: no variation')];
  return [format(value), h('span', { class: 'faint' }, `${format(interval.low)} to ${format(interval.high)}`)];
}
