// Saved views: a filter and an order under a name.

import { ask, h, sentence } from './dom.js';
import { say } from './say.js';

export class Views {
  // `on`: now() gives {where, sort}, choose(view), say(sentence)
  constructor({ views, keep, ask: dialog }, on) {
    this.select = views;
    this.dialog = dialog;
    this.on = on;
    this.known = [];
    views.addEventListener('change', () => this.chosen());
    keep.addEventListener('click', () => this.draw());
  }

  async load() {
    this.known = await ask('/api/library/views').catch(() => []);
    this.show();
  }

  // Which of them one is looking at.
  show() {
    const now = JSON.stringify(this.on.now());
    const here = this.known.find((view) => JSON.stringify({ where: view.where, sort: view.sort }) === now);
    this.here = here || null;
    this.select.hidden = !this.known.length;
    this.select.replaceChildren(h('option', { value: '' }, say(here ? 'library.views.leave' : 'library.views.choose')), ...this.known.map((view) => h('option', { value: String(view.id) }, view.name)));
    this.select.value = here ? String(here.id) : '';
  }

  chosen() {
    this.on.choose(this.known.find((view) => String(view.id) === this.select.value) || { where: [], sort: 'newest' });
  }

  draw() {
    const { where, sort } = this.on.now();
    const name = h('input', { name: 'name', required: true, maxLength: 60, autocomplete: 'off', value: this.here?.name || '' });
    const shared = h('input', { name: 'shared', type: 'checkbox', checked: Boolean(this.here?.shared) });
    const form = h('form', { on: { submit: (event) => { event.preventDefault(); this.save({ name: name.value, shared: shared.checked, where, sort }); } } },
      h('h2', {}, say('library.views.heading')),
      h('p', { class: 'faint' }, where.length ? where.join(' and ') : say('library.many.everything')),
      h('label', {}, say('library.views.name'), name), h('label', { class: 'check' }, shared, say('library.views.shared')), h('p', { class: 'wrong', role: 'alert' }),
      h('div', { class: 'row' }, h('button', { class: 'ok', type: 'submit' }, say('library.views.save')), h('button', { type: 'button', on: { click: () => this.dialog.close() } }, say('common.cancel')), h('span', { class: 'grow' }),
        this.here && h('button', { class: 'quiet', type: 'button', on: { click: () => this.forget(this.here.id) } }, say('library.views.forget', { name: this.here.name }))));
    this.dialog.replaceChildren(form);
    this.dialog.showModal();
  }

  save(view) {
    return this.tell('/api/library/views', view);
  }

  forget(id) {
    return this.tell(`/api/library/views/${id}/forget`, {});
  }

  async tell(path, body) {
    try {
      await ask(path, body);
      this.dialog.close();
      await this.load();
    } catch (error) {
      this.dialog.querySelector('.wrong').textContent = sentence(error, say('library.views.not_kept'));
    }
  }
}
