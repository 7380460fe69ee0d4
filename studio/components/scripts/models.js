// The catalogue: a line a model, and behind it why a backend cannot answer and what would help.

import { ask, h, parts as partsOf } from './dom.js';

export async function mount(root) {
  const { list, servers } = partsOf(root);
  try {
    const found = await ask('/api/models');
    const places = Object.entries(found.servers).map(([name, place]) => (name ? `${name} at ${place}` : place));
    servers.textContent = places.length ? `Servers: ${places.join(', ')}.` : 'No server is set; a recipe that asks a model takes sglang or transformers, where weights are here.';
    list.replaceChildren(...found.models.map(line));
  } catch (error) {
    servers.textContent = error.status ? error.message : 'The studio does not answer. Is it still running?';
  }
}

function line(model) {
  const facts = [model.licence, model.memory_gib && `${model.memory_gib} GiB`, model.frame_tokens && `${model.frame_tokens} tokens a frame`, model.hosted && `$${model.price.join(' / ')} a million tokens`];
  const reasons = model.ways.filter((way) => way.missing).map((way) => h('li', {}, h('b', {}, way.backend), ` ${way.missing}`));
  const more = [model.advice && h('li', {}, model.advice), ...reasons].filter(Boolean);
  return h('div', { class: 'model', role: 'listitem' },
    h('b', {}, model.name),
    h('div', {}, h('p', {}, model.about), h('p', { class: 'faint' }, facts.filter(Boolean).join(' · '))),
    h('span', { class: `chip ${model.answers || model.here ? 'ok' : ''}` }, model.standing),
    more.length > 0 && h('details', {}, h('summary', { class: 'faint' }, 'What is missing'), h('ul', { class: 'faint' }, ...more)));
}
