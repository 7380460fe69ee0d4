// A form of settings: draws the parts it is given, keeps what was typed for each choice while the page is open.

import { h } from './dom.js';
import { say } from './say.js';

export function mount(root, { props, watch, changed }) {
  new Settings(root, { props, watch, changed }).draw();
}

class Settings {
  constructor(root, { props, watch, changed }) {
    Object.assign(this, { root, props, changed, typed: new Map(), open: new Map() });
    watch('value', () => this.draw());
    root.addEventListener('input', () => this.collect());
  }

  draw() {
    const value = this.props.value || {};
    if (value.mine || !value.parts) return;
    const { of, parts, values } = value;
    const kept = values || this.typed.get(of) || {};
    this.controls = new Map();
    this.root.replaceChildren(...parts.map((part) => this.part(part, kept)));
    this.typed.set(of, kept);
    if (!values && Object.keys(kept).length) this.collect();
  }

  part({ title, about, fields, open, paired }, kept) {
    const rows = fields.map((field) => this.field(field, kept[field.name] ?? field.value));
    const node = h('details', { open: this.open.get(title) ?? open, on: { toggle: () => this.open.set(title, node.open) } },
      h('summary', {}, title), about && h('p', { class: 'faint' }, about), h('div', { class: paired ? 'fields paired' : 'fields' }, rows));
    return node;
  }

  field(field, value) {
    const made = CONTROLS[field.kind](field, value);
    this.controls.set(field.name, made);
    made.main.setAttribute('aria-label', field.label);
    if (field.info) made.main.setAttribute('aria-description', field.info);
    return h('label', { class: `field ${field.kind}` }, h('span', { class: 'name' }, field.label), field.info && h('span', { class: 'faint' }, field.info), made.nodes);
  }

  // What stands in the controls goes back to the page, marked as ours: it is not drawn again under somebody's fingers.
  collect() {
    const values = Object.fromEntries([...this.controls].map(([name, { read }]) => [name, read()]));
    const { of } = this.props.value;
    this.typed.set(of, { ...this.typed.get(of), ...values });
    this.props.value = { ...this.props.value, values, mine: true };
    this.changed();
  }
}

const CONTROLS = {
  text: ({ empty }, value) => single(h('input', { type: 'text', placeholder: empty, value, spellcheck: 'false' })),
  number: (field, value) => single(numeric(field, value)),
  check: (_, value) => single(h('input', { type: 'checkbox', checked: Boolean(value) })),
  choice: ({ choices }, value) => single(select(choices, value)),
  slider,
  prompt,
};

function single(node) {
  return { main: node, nodes: [node], read: () => (node.type === 'checkbox' ? node.checked : node.value) };
}

function numeric({ low, high, step }, value) {
  return h('input', { type: 'number', value, min: String(low ?? ''), max: String(high ?? ''), step: String(step ?? 'any'), inputmode: 'decimal' });
}

function select(choices, value) {
  const node = h('select', {}, choices.map((one) => h('option', { value: one }, one)));
  node.value = value;
  return node;
}

// The number is what counts and what a keyboard reaches; the slider beside it is for the hand.
function slider(field, value) {
  const number = numeric(field, value);
  const hand = h('input', { type: 'range', min: String(field.low), max: String(field.high), step: String(field.step), tabIndex: -1, 'aria-hidden': 'true' });
  hand.value = value;
  number.addEventListener('input', () => (hand.value = number.value));
  hand.addEventListener('input', () => (number.value = hand.value));
  return { main: number, nodes: [h('span', { class: 'both' }, number, hand)], read: () => number.value };
}

// A prompt that has a name, or words of one's own.
function prompt({ choices, label }, value) {
  const own = !choices.includes(value);
  const named = select(choices, own ? '' : value);
  const words = h('textarea', { rows: '4', 'aria-label': say('settings.own_words_of', { label }), hidden: !own });
  named.append(h('option', { value: '' }, say('settings.own_words')));
  named.value = own ? '' : value;
  words.value = own ? value : '';
  named.addEventListener('input', () => { words.hidden = named.value !== ''; if (!words.hidden) words.focus(); });
  return { main: named, nodes: [named, words], read: () => named.value || words.value };
}
