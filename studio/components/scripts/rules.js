// The rules beside the grid they change: what a change would do is shown before it is done.

import { ask, h, key, number, sentence, whole } from './dom.js';
import { say } from './say.js';

const STEPS = 200;
const PAUSE_MS = 120;

export class Rules {
  // `on`: applied()
  constructor(parts, on) {
    this.parts = parts;
    this.on = on;
    this.scores = [];
    this.turn = 0;
    parts.rules.open = innerWidth > 820;
    parts.apply.addEventListener('click', () => this.apply());
    parts.reset.addEventListener('click', () => this.reset());
  }

  async load() {
    const found = await ask('/api/library/rules').catch(() => null);
    if (!found) return;
    this.scores = found.map((measured) => new ScoreRule(measured, () => this.moved()));
    const [ruled, others] = [true, false].map((has) => this.scores.filter((score) => score.ruled === has));
    this.parts.scores.replaceChildren(...ruled.map((score) => score.node));
    this.parts.otherScores.replaceChildren(...others.map((score) => score.node));
    this.parts.others.hidden = !others.length;
    this.moved();
  }

  changes() {
    return this.scores.filter((score) => score.changed()).map((score) => score.rule());
  }

  moved() {
    const changed = this.changes().length > 0;
    this.parts.unapplied.hidden = !changed;
    this.parts.apply.disabled = !changed;
    this.parts.reset.disabled = !changed;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.preview(), PAUSE_MS);
  }

  async preview() {
    const turn = ++this.turn;
    try {
      const seen = await ask('/api/library/preview', { changes: this.changes() });
      if (turn === this.turn) this.draw(seen);
    } catch (error) {
      if (turn === this.turn) this.parts.outlook.replaceChildren(h('span', { class: 'wrong' }, error.message));
    }
  }

  draw(seen) {
    const all = seen.kept + seen.dropped + seen.unscored;
    const more = seen.against_now;
    const notes = [
      ...(this.changes().length ? [more ? say('library.rules.change', { change: `${more > 0 ? '+' : '−'}${whole(Math.abs(more))}` }) : say('library.rules.same')] : []),
      ...(seen.unscored ? [say('library.rules.unscored', { count: seen.unscored })] : []),
    ];
    this.parts.outlook.replaceChildren(
      h('div', {}, h('b', {}, say('library.rules.kept', { count: seen.kept })), ' ', h('span', { class: 'faint' }, say('library.rules.of', { count: all }))),
      h('div', { class: 'faint notes' }, notes.join(' · ')),
      ...seen.reasons.slice(0, 4).map(([reason, count]) => h('div', { class: 'faint reason' }, h('span', {}, reason), h('span', {}, whole(count)))));
  }

  async apply() {
    const { apply, applied } = this.parts;
    apply.disabled = true;
    const wish = { key: key(), changes: this.changes() };
    try {
      const done = await ask('/api/library/apply', wish);
      applied.replaceChildren(inForce(done.preview.against_now), ' ', h('button', { class: 'quiet small', on: { click: () => this.undo(wish.key) } }, say('common.undo')));
      this.refresh();
    } catch (error) {
      applied.textContent = sentence(error, say('library.rules.not_applied'));
      apply.disabled = false;
    }
  }

  async undo(of) {
    try {
      await ask('/api/library/put-back', { key: key(), of });
      this.parts.applied.textContent = say('library.rules.undone');
      this.refresh();
    } catch (error) {
      this.parts.applied.textContent = sentence(error, say('library.rules.not_undone'));
    }
  }

  refresh() {
    this.load();
    this.on.applied();
  }

  reset() {
    for (const score of this.scores) score.reset();
    this.moved();
  }
}

const inForce = (more) => (more ? say(more > 0 ? 'library.rules.in_force.more' : 'library.rules.in_force.fewer', { count: Math.abs(more) }) : say('library.rules.in_force.same'));

// One score: its histogram, two handles, two numbers. A handle at its end, or an empty number, leaves that side open.
class ScoreRule {
  constructor({ histogram, rule }, moved) {
    this.histogram = histogram;
    this.ruled = rule !== null;
    this.force = { low: rule?.rule.low ?? null, high: rule?.rule.high ?? null };
    this.moved = moved;
    const ends = [histogram.low, histogram.high, this.force.low, this.force.high].filter((end) => end != null);
    this.from = Math.min(...ends);
    this.to = Math.max(...ends);
    this.build(rule?.differs);
    this.reset();
  }

  build(differs) {
    const { name, counts, missing } = this.histogram;
    const most = Math.max(1, ...counts);
    this.bars = counts.map((count) => h('i', { style: `height: ${count ? Math.max(4, 100 * Math.sqrt(count / most)) : 0}%`, title: whole(count) }));
    this.range = h('span', { class: 'faint' });
    const slider = (side) => h('input', { type: 'range', min: '0', max: String(STEPS), step: '1', 'aria-label': say(`library.rules.${side}`, { score: name }), on: { input: () => this.slid(side) } });
    const box = (side) => h('input', { type: 'number', step: 'any', 'aria-label': say(`library.rules.${side}`, { score: name }), placeholder: say(`library.rules.no_${side}`), on: { input: () => this.typed() } });
    this.sliders = { low: slider('low'), high: slider('high') };
    this.boxes = { low: box('low'), high: box('high') };
    const notes = [missing && say('library.rules.missing', { count: missing }), differs && say('library.rules.differs')].filter(Boolean).join(' · ');
    this.node = h('div', { class: 'score', 'data-score': name },
      h('div', { class: 'row' }, h('span', {}, name), h('span', { class: 'grow' }), this.range),
      h('div', { class: 'hist', style: `--from: ${this.place(this.histogram.low)}; --to: ${this.place(this.histogram.high)}` }, ...this.bars),
      h('div', { class: 'handles' }, this.sliders.low, this.sliders.high),
      h('div', { class: 'row ends' }, this.boxes.low, h('span', { class: 'faint' }, say('library.rules.to')), this.boxes.high),
      notes && h('div', { class: 'faint' }, notes));
  }

  place(value) {
    return this.to > this.from ? (value - this.from) / (this.to - this.from) : 0.5;
  }

  reset() {
    for (const side of ['low', 'high']) this.boxes[side].value = this.force[side] ?? '';
    this.draw();
  }

  rule() {
    const { low, high } = this.now();
    return { score: this.histogram.name, low, high };
  }

  now() {
    const read = (box) => (box.value.trim() === '' || Number.isNaN(box.valueAsNumber) ? null : box.valueAsNumber);
    return { low: read(this.boxes.low), high: read(this.boxes.high) };
  }

  changed() {
    const { low, high } = this.now();
    return low !== this.force.low || high !== this.force.high;
  }

  slid(side) {
    const at = Number(this.sliders[side].value);
    const end = side === 'low' ? 0 : STEPS;
    const value = this.from + ((this.to - this.from) * at) / STEPS;
    this.boxes[side].value = at === end ? '' : String(Number(value.toPrecision(3)));
    this.draw(side);
    this.moved();
  }

  typed() {
    this.draw();
    this.moved();
  }

  draw(dragged) {
    const { low, high } = this.now();
    if (dragged !== 'low') this.sliders.low.value = low == null ? 0 : Math.round(this.place(low) * STEPS);
    if (dragged !== 'high') this.sliders.high.value = high == null ? STEPS : Math.round(this.place(high) * STEPS);
    const width = (this.histogram.high - this.histogram.low) / this.bars.length;
    this.bars.forEach((bar, index) => {
      const [left, right] = [this.histogram.low + index * width, this.histogram.low + (index + 1) * width];
      bar.classList.toggle('in', (low == null || right >= low) && (high == null || left <= high));
    });
    this.range.textContent = low == null && high == null ? say('library.rules.any') : low == null ? `≤ ${number(high)}` : high == null ? `≥ ${number(low)}` : `${number(low)} – ${number(high)}`;
  }
}
