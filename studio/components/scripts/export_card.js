// One export: how far it is, what was written and what was left out, and how it differs from an earlier one.

import { copyFrom } from './copying.js';
import { ask, h, sentence, setText, size, when } from './dom.js';
import { say } from './say.js';

const CHIP = { waiting: '', leased: 'acc', ready: '', writing: 'acc', done: 'ok', failed: 'no', cancelled: '' };
const OPEN = ['waiting', 'ready', 'leased', 'writing'];

export const isOpen = ({ state }) => OPEN.includes(state);

export class ExportCard {
  constructor(root, row, { changed, failed }) {
    Object.assign(this, { root, id: row.id, changed, failed });
    root.dataset.export = row.id;
    this.on('cancel', (button) => this.act('cancel', button, failed));
    this.on('again', (button) => this.act('again', button, (text) => setText(this.find('.error'), text)));
    this.on('copy', (button) => this.copy(button));
    this.find('select').addEventListener('change', ({ target }) => this.compare(target.value));
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  on(verb, does) {
    this.find(`[data-act=${verb}]`).addEventListener('click', ({ target }) => does(target));
  }

  async act(verb, button, failed) {
    button.disabled = true;
    await ask(`/api/exports/${this.id}/${verb}`, {}).catch((error) => failed(sentence(error)));
    button.disabled = false;
    this.changed();
  }

  copy(button) {
    return copyFrom(button, this.find('.dest').textContent);
  }

  // What came, went and changed since an earlier export; nothing when none is chosen.
  async compare(since) {
    const [section, sums, examples] = ['.changes', '.sums', '.changes ul'].map((selector) => this.find(selector));
    section.hidden = !since;
    if (!since) return;
    setText(sums, say('export.changes.comparing'));
    examples.replaceChildren();
    try {
      const found = await ask(`/api/exports/${this.id}/changes?since=${since}`);
      setText(sums, ['added', 'removed', 'changed', 'same'].map((kind) => say(`export.changes.sums.${kind}`, { number: found[kind] })).join(' · '));
      examples.replaceChildren(...found.examples.map(example));
    } catch (error) {
      setText(sums, sentence(error));
    }
  }

  // ---- drawing

  draw(row, rows) {
    this.drawHead(row);
    this.drawProgress(row);
    this.drawFoot(row);
    this.drawTrouble(row);
    this.drawEarlier(row, rows.filter((one) => one.comparable && one.id < row.id));
  }

  drawHead(row) {
    const state = this.find('.state');
    setText(this.find('.title'), nameOf(row));
    setText(state, say(`export.states.${row.state}`));
    state.className = `chip state ${CHIP[row.state] || ''}`;
    setText(this.find('.what'), [pairs(row), row.format, say(`export.which.${row.which}`), ...(row.state === 'done' ? facts(row) : [])].join(' · '));
    setText(this.find('.when'), `${row.by} · ${when(row.created_at)}`);
  }

  drawProgress(row) {
    const bar = this.find('.bar');
    const share = row.total ? row.written / row.total : 0;
    bar.hidden = !isOpen(row);
    bar.setAttribute('aria-valuenow', Math.round(100 * share));
    bar.firstElementChild.style.width = `${100 * share}%`;
  }

  drawFoot(row) {
    setText(this.find('.dest'), row.dest);
    this.find('[data-act=cancel]').hidden = !isOpen(row);
    this.find('[data-act=copy]').hidden = row.state !== 'done';
    this.find('[data-act=again]').hidden = isOpen(row);
  }

  // Why it failed, or what was left out; a sentence that a button got stays until the state changes.
  drawTrouble(row) {
    if (row.state !== this.state) setText(this.find('.error'), row.state === 'failed' ? row.error || say('export.row.failed') : '');
    this.state = row.state;
    const [summary, ...lines] = row.state === 'done' && row.error ? row.error.split('\n') : [];
    this.find('.left').hidden = !summary;
    setText(this.find('summary'), summary || '');
    this.find('.left ul').replaceChildren(...lines.map((line) => h('li', {}, line)));
  }

  // What this one can be compared with: all earlier ones whose rows are known.
  drawEarlier(row, earlier) {
    const select = this.find('select');
    this.find('.compare').hidden = !row.comparable || !earlier.length;
    const wanted = ['', ...earlier.map((one) => String(one.id))];
    if ([...select.options].map((option) => option.value).join() === wanted.join()) return;
    const chosen = select.value;
    select.replaceChildren(new Option('…', ''), ...earlier.map((one) => new Option(say('export.row.earlier', { name: nameOf(one), id: String(one.id) }), one.id)));
    select.value = wanted.includes(chosen) ? chosen : '';
  }
}

const nameOf = ({ dest }) => dest.split('/').pop();

function pairs(row) {
  return row.state === 'done' ? say('export.row.pairs', { number: row.written }) : say('export.row.some', { number: row.written, total: row.total });
}

// Sides of the split, size, and how much had been cut before.
function facts({ summary: { counts = {}, bytes, reused }, written }) {
  const sides = Object.entries(counts).filter(([name]) => name).map(([side, number]) => say('export.row.side', { side, number }));
  const kept = () => (reused === written ? say('export.row.all_reused') : say('export.row.reused', { count: reused }));
  return [...sides, ...(bytes ? [size(bytes)] : []), ...(reused ? [kept()] : [])];
}

function example({ label, before, after }) {
  const kind = before === null ? 'added' : after === null ? 'removed' : 'changed';
  return h('li', {},
    h('span', { class: `chip ${{ added: 'ok', removed: 'no', changed: 'maybe' }[kind]}` }, say(`export.changes.kinds.${kind}`)), h('span', { class: 'faint' }, label),
    before !== null && h('p', { class: after === null ? '' : 'was' }, before),
    after !== null && h('p', {}, after));
}
