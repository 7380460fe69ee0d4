// Sends dropped files one after another, shows how far each is, and hands the folder they landed in to the form.

import { h, setText } from './dom.js';
import { logInAgain } from './door.js';
import { say } from './say.js';

export function mount(root, { landed }) {
  const [drop, input, list] = ['.drop', 'input', '.files'].map((selector) => root.querySelector(selector));
  const uploads = new Uploads(list, landed);
  input.disabled = false;
  input.addEventListener('change', () => { uploads.add([...input.files]); input.value = ''; });
  for (const kind of ['dragenter', 'dragover']) drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add('over'); });
  for (const kind of ['dragleave', 'drop']) drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.remove('over'); });
  drop.addEventListener('drop', (event) => uploads.add([...event.dataTransfer.files]));
}

class Uploads {
  constructor(list, landed) {
    Object.assign(this, { list, landed, waiting: [], busy: false });
  }

  // Files that come together land together.
  add(files) {
    const batch = freshName();
    const uploads = files.map((file) => new Upload(file, batch));
    this.list.append(...uploads.map((one) => one.line));
    this.waiting.push(...uploads);
    if (!this.busy) this.work();
  }

  async work() {
    this.busy = true;
    const folders = new Set();
    while (this.waiting.length) folders.add(await this.waiting.shift().send());
    this.busy = false;
    for (const folder of folders) if (folder) this.landed(folder);
  }
}

// The time, and something that nobody else has.
function freshName() {
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  const drawn = [...crypto.getRandomValues(new Uint8Array(3))].map((byte) => byte.toString(16).padStart(2, '0'));
  return `${time}-${drawn.join('')}`;
}

class Upload {
  constructor(file, batch) {
    Object.assign(this, { file, batch, fill: h('i'), state: h('span', { class: 'faint' }, say('queue.upload.waiting')) });
    this.line = h('li', {}, h('span', { class: 'name' }, file.name), h('span', { class: 'bar' }, this.fill), this.state);
  }

  // The folder it landed in; null when it did not, which its line says. `fetch` would not tell how far it is.
  send() {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open('PUT', `/api/uploads/${this.batch}/${encodeURIComponent(this.file.name)}`);
      request.upload.onprogress = ({ loaded, total }) => this.show(loaded / total);
      request.onerror = () => done(this.fail(say('queue.upload.broke')));
      request.onload = () => done(this.answered(request));
      request.send(this.file);
    });
  }

  show(share) {
    this.fill.style.width = `${100 * share}%`;
    setText(this.state, say('queue.upload.share', { percent: Math.round(100 * share) }));
  }

  answered({ status, responseText }) {
    if (status === 401) logInAgain();
    const answer = parsed(responseText);
    if (status !== 201) return this.fail(typeof answer.detail === 'string' ? answer.detail : say('queue.upload.refused'));
    this.show(1);
    setText(this.state, say('queue.upload.done'));
    return answer.folder;
  }

  fail(text) {
    setText(this.state, text);
    this.state.className = 'no';
    return null;
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
