// The catalogue: a line a model, behind it why a backend cannot answer, and fetching weights that are not here.

import { ask, h, parts as partsOf, sentence, size } from './dom.js';
import { Fetch } from './fetching.js';
import { pieces, say } from './say.js';

const LOOK_MS = 1000;

export async function mount(root) {
  const parts = partsOf(root);
  const fetches = new Map();
  let timer = 0;
  const tell = (text) => { parts.banner.textContent = text; parts.banner.hidden = !text; };

  // Draws the catalogue anew; what is being fetched keeps its place.
  async function load() {
    const found = await ask('/api/models');
    const places = Object.entries(found.servers).map(([name, place]) => (name ? say('models.server', { name, place }) : place));
    parts.servers.textContent = places.length ? say('models.servers', { places: places.join(', ') }) : say('models.no_server');
    parts.weights.replaceChildren(...weights(found));
    fetches.clear();
    parts.list.replaceChildren(...found.models.map((model) => {
      const fetch = model.fetchable && new Fetch(model, { may: found.may_fetch, changed: (verb) => act(verb, model.name) });
      if (fetch) fetches.set(model.name, fetch);
      return line(model, fetch);
    }));
  }

  async function look() {
    clearTimeout(timer);
    const found = await ask('/api/models/fetches');
    const shown = [...fetches].map(([name, fetch]) => fetch.show(found.fetches[name]));
    const moving = shown.includes('moving');
    tell(moving && !found.workers ? say('models.no_worker') : '');
    if (shown.includes('done')) { await load(); return look(); }
    if (moving && root.isConnected) timer = setTimeout(() => safely(look), LOOK_MS);
  }

  async function act(verb, name) {
    await safely(async () => {
      await ask(`/api/models/${verb}`, { name });
      await look();
    });
  }

  async function safely(work) {
    try { await work(); } catch (error) {
      tell(sentence(error));
      if (!error.status && fetches.size) timer = setTimeout(() => safely(look), 3 * LOOK_MS);
    }
  }

  await safely(async () => { await load(); await look(); });
}

function weights({ folder, free_bytes: free }) {
  const [place, list, fetch] = [folder, 'python app.py models', 'python app.py models fetch NAME'].map((text) => h('code', {}, text));
  return pieces('models.weights', { folder: place, size: size(free), list, fetch });
}

function line(model, fetch) {
  const facts = [
    model.licence, model.memory_gib && `${model.memory_gib} GiB`,
    model.frame_tokens && say('models.frame_tokens', { number: model.frame_tokens }), model.hosted && say('models.price', { price: model.price.join(' / ') }),
  ];
  const reasons = model.ways.filter((way) => way.missing).map((way) => h('li', {}, h('b', {}, way.backend), ` ${way.missing}`));
  const more = [model.advice && h('li', {}, model.advice), model.refusal && !model.hosted && h('li', {}, model.refusal), ...reasons].filter(Boolean);
  return h('div', { class: 'model', role: 'listitem' },
    h('b', {}, model.name),
    h('div', {}, h('p', {}, model.about), h('p', { class: 'faint' }, facts.filter(Boolean).join(' · ')), fetch && fetch.progress),
    h('div', { class: 'side' }, fetch && fetch.buttons, h('span', { class: `chip ${model.answers || model.here ? 'ok' : ''}` }, model.standing)),
    more.length > 0 && h('details', {}, h('summary', { class: 'faint' }, say('models.missing')), h('ul', { class: 'faint' }, ...more)));
}
