// One gesture on many clips: what it would do is shown, then it is done portion by portion, and taken back whole.

import { ask, h, key, sentence } from './dom.js';
import { say } from './say.js';

const TYPING_MS = 200;

export class Bulk {
  // `on`: where(), tags(), reasons(), done()
  constructor({ ask: dialog, told }, on) {
    this.dialog = dialog;
    this.told = told;
    this.on = on;
    dialog.addEventListener('close', () => (this.stopped = true));
  }

  async open(act) {
    this.act = act;
    this.where = this.on.where();
    this.stopped = false;
    this.seen = null;
    this.fields = await this.draw();
    this.dialog.showModal();
    this.look();
  }

  async draw() {
    const fields = await this.inputs();
    this.outlook = h('div', { class: 'outlook', role: 'status' }, say('library.many.counting'));
    this.bar = h('progress', { max: 1, value: 0, hidden: true, 'aria-label': say('library.many.how_far') });
    this.go = h('button', { class: this.act === 'reject' ? 'no' : 'ok', type: 'submit', disabled: true }, say(`library.many.acts.${this.act}`));
    const form = h('form', { on: { submit: (event) => { event.preventDefault(); this.run(); } } },
      h('h2', {}, say(`library.many.headings.${this.act}`)),
      h('p', { class: 'faint' }, this.where.length ? this.where.join(' and ') : say('library.many.everything')),
      ...Object.values(fields), this.outlook, this.bar,
      h('div', { class: 'row' }, this.go, h('button', { type: 'button', on: { click: () => this.dialog.close() } }, say('common.cancel'))));
    form.addEventListener('input', () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.look(), TYPING_MS); });
    this.dialog.replaceChildren(form);
    return fields;
  }

  async inputs() {
    const text = (name, label, more = {}) => h('label', {}, label, h('input', { name, autocomplete: 'off', ...more }));
    if (this.act === 'reject') {
      const reasons = await this.on.reasons();
      const options = reasons.map(({ about, text, label }) => h('option', { value: `${about}: ${text}` }, `${say(`common.about.${about}`)} ${label}`));
      return { reason: h('label', {}, say('library.many.because'), h('select', { name: 'reason' }, ...options)) };
    }
    if (this.act === 'tag' || this.act === 'untag') {
      const known = Object.keys(this.on.tags());
      return { tag: text('tag', say('library.many.tag'), { list: 'bulk-tags', required: true }), known: h('datalist', { id: 'bulk-tags' }, ...known.map((tag) => h('option', { value: tag }))) };
    }
    if (this.act === 'replace') return { find: text('find', say('library.many.find'), { required: true }), put: text('put', say('library.many.put')) };
    return {};
  }

  asked() {
    const given = new FormData(this.dialog.querySelector('form'));
    return { where: this.where, act: this.act, ...Object.fromEntries(given) };
  }

  async look() {
    const asked = this.asked();
    this.go.disabled = true;
    if ((this.act === 'replace' && !asked.find) || (/tag/.test(this.act) && !asked.tag.trim())) return this.outlook.replaceChildren(say('library.many.write_what'));
    const turn = (this.turn = (this.turn || 0) + 1);
    try {
      const seen = await ask('/api/bulk/preview', asked);
      if (turn === this.turn) this.show(seen);
    } catch (error) {
      if (turn === this.turn) this.outlook.replaceChildren(h('span', { class: 'wrong' }, sentence(error)));
    }
  }

  show(seen) {
    this.seen = seen;
    this.go.disabled = !seen.clips;
    this.go.textContent = say(`library.many.go.${this.act}`, { count: seen.clips });
    this.outlook.replaceChildren(
      h('div', {}, h('b', {}, say('common.clips', { count: seen.clips })), seen.left_alone > 0 && h('span', { class: 'faint' }, ' · ', say('library.many.left_alone', { count: seen.left_alone }))),
      ...seen.changes.map((change) => h('div', { class: 'change' }, h('del', {}, change.before), h('ins', {}, change.after))));
  }

  async run() {
    const wish = { ...this.asked(), key: key(), until: this.seen.until };
    const total = this.seen.clips;
    this.go.disabled = true;
    this.bar.hidden = false;
    const done = await this.portions('/api/bulk/do', wish, total);
    this.dialog.close();
    if (done) this.tell(say(`library.many.done.${this.act}`, { count: done.done }), wish.key, done.done);
    this.on.done();
  }

  // Asks until there is nothing left, or somebody closed the dialog; what is done by then can be taken back.
  async portions(path, wish, total) {
    let [after, done] = [0, 0];
    try {
      while (after !== null && !this.stopped) {
        const portion = await ask(path, { ...wish, after });
        done += portion.done;
        after = portion.after;
        this.bar.value = total ? Math.min(1, done / total) : 1;
      }
      return { done };
    } catch (error) {
      this.tell(error.status ? say('library.many.stopped', { count: done, why: error.message }) : say('library.many.cut_off', { count: done }), wish.key, path.endsWith('do') ? done : 0);
      return null;
    }
  }

  tell(text, of, undoable) {
    this.told.hidden = false;
    this.told.replaceChildren(h('span', {}, text), undoable > 0 && h('button', { class: 'small', on: { click: (event) => this.undo(event, of, undoable) } }, say('common.undo')), h('span', { class: 'grow' }),
      h('button', { class: 'quiet small', 'aria-label': say('library.many.close_note'), on: { click: () => (this.told.hidden = true) } }, '✕'));
  }

  async undo(event, of, total) {
    event.target.disabled = true;
    this.stopped = false;
    const back = await this.portions('/api/bulk/undo', { key: key(), of }, total);
    const kept = back && total - back.done;
    if (back) this.tell([say('library.many.undone', { count: back.done }), kept > 0 && say('library.many.stayed', { count: kept })].filter(Boolean).join(say('common.between')), of, 0);
    this.on.done();
  }
}
