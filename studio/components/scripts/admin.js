// Admin: accounts, assignments, and the log of who did what.

import { ask, h, parts as partsOf, when } from './dom.js';

const ROLES = ['viewer', 'reviewer', 'lead', 'admin'];

export function mount(root) {
  return new Admin(root).start();
}

class Admin {
  constructor(root) {
    this.parts = partsOf(root);
  }

  start() {
    const { add, invite, assign, search, more } = this.parts;
    add.elements.role.replaceChildren(...ROLES.map((role) => h('option', { value: role, defaultSelected: role === 'reviewer' }, role)));
    sent(add, (given) => this.tell('/api/admin/accounts', given, (found) => { this.drawPeople(found); add.reset(); }));
    sent(assign, ({ where, ...given }) => this.tell('/api/admin/assignments', { ...given, where: [where] }, (found) => { this.drawTasks(found); assign.reset(); }));
    sent(search, () => this.log());
    invite.addEventListener('click', () => this.tell('/api/admin/invitations', { role: add.elements.role.value }, (link) => this.drawLink(link)));
    more.addEventListener('click', () => this.log(this.last));
    ask('/api/admin/accounts').then((found) => this.drawPeople(found)).catch(() => {}); // a lead sees no accounts
    this.tell('/api/admin/team', undefined, (found) => this.drawTasks(found));
    this.log();
  }

  async tell(path, body, then) {
    this.parts.banner.hidden = true;
    try {
      then(await ask(path, body));
      if (body) this.log();
    } catch (error) {
      this.parts.banner.textContent = error.status ? error.message : 'The studio cannot be reached.';
      this.parts.banner.hidden = false;
    }
  }

  // ---- people

  drawPeople(found) {
    this.parts.people.hidden = false;
    this.parts.nobody.hidden = found.length > 0;
    this.parts.accounts.replaceChildren(...found.map((one) => this.account(one)));
  }

  account({ name, role, browsers, seen_at: seen }) {
    const change = (changed) => this.tell(`/api/admin/accounts/${encodeURIComponent(name)}`, changed, (found) => this.drawPeople(found));
    const choose = h('select', { 'aria-label': `Role of ${name}`, on: { change: () => change({ role: choose.value }) } }, ...ROLES.map((one) => h('option', { value: one, selected: one === role }, one)));
    const button = (label, act) => h('button', { class: 'quiet small', 'aria-label': `${label}: ${name}`, on: { click: act } }, label);
    return h('div', { class: 'row line' }, h('b', {}, name), choose, h('span', { class: 'faint' }, browsers ? `signed in on ${browsers}, last seen ${when(seen)}` : 'not signed in'), h('span', { class: 'grow' }),
      button('New password', () => this.password(name, change)), button('Sign out everywhere', () => change({ sign_out: true })),
      button('Remove', (event) => this.surely(event.target, () => change({ remove: true }))));
  }

  password(name, change) {
    const field = h('input', { type: 'password', minLength: 8, required: true, autocomplete: 'new-password', 'aria-label': `New password of ${name}` });
    const form = h('form', { class: 'row' }, h('span', {}, `New password of ${name}`), field, h('button', { class: 'small' }, 'Set it'));
    sent(form, () => change({ password: field.value }));
    this.parts.accounts.append(form);
    field.focus();
  }

  // What cannot be taken back takes a second press.
  surely(button, act) {
    if (button.dataset.sure) return act();
    button.dataset.sure = 'yes';
    button.textContent = 'Really remove';
  }

  drawLink({ path }) {
    const address = new URL(path, location.origin).href;
    this.parts.link.hidden = false;
    this.parts.link.replaceChildren(h('span', {}, 'Good for one account within a week, and shown only now: '), h('code', {}, address), ' ',
      h('button', { class: 'quiet small', on: { click: () => navigator.clipboard.writeText(address) } }, 'Copy'));
  }

  // ---- assignments

  drawTasks({ names, tasks }) {
    this.parts.names.replaceChildren(...names.map((name) => h('option', { value: name })));
    const line = (task) => h('div', { class: 'row line' }, h('b', {}, task.person), h('a', { href: `/library?${new URLSearchParams(task.where.map((one) => ['where', one]))}` }, task.where.join(' and ')),
      task.note && h('span', { class: 'soft' }, task.note), h('span', { class: `chip ${task.left ? 'maybe' : 'ok'}` }, task.left ? `${task.left >= 1000 ? 'more than 1,000' : task.left} left` : 'done'), h('span', { class: 'grow' }),
      h('button', { class: 'quiet small', on: { click: () => this.tell(`/api/admin/assignments/${task.id}/drop`, {}, (found) => this.drawTasks(found)) } }, 'Take back'));
    this.parts.tasks.replaceChildren(...(tasks.length ? tasks.map(line) : [h('p', { class: 'faint' }, 'Nothing is assigned: everybody gets what waits longest.')]));
  }

  // ---- log

  async log(before) {
    const { search, log, more } = this.parts;
    const asked = new URLSearchParams([...new FormData(search)].filter(([, value]) => value.trim()));
    if (before) asked.set('before', before);
    const found = await ask(`/api/admin/log?${asked}`).catch(() => null);
    if (!found) return;
    const lines = found.map(entry);
    if (before) log.append(...lines);
    else log.replaceChildren(...(lines.length ? lines : [h('p', { class: 'faint' }, 'Nothing yet.')]));
    this.last = found.at(-1)?.id;
    more.hidden = found.length < 100;
  }
}

function entry({ at, actor, kind, clip_id: clip, detail }) {
  const said = detail.after?.reason || Object.entries(detail).filter(([, value]) => ['string', 'number'].includes(typeof value)).map(([name, value]) => `${name} ${value}`).join(', ');
  return h('div', { class: 'row line' }, h('span', { class: 'faint' }, when(at)), h('b', {}, actor), h('span', { class: 'chip' }, kind),
    clip != null && h('a', { href: `/library?clip=${clip}` }, `clip ${clip}`), h('span', { class: 'faint' }, said));
}

function sent(form, act) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    act(Object.fromEntries(new FormData(form)));
  });
}
