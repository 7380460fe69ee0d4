// Sends dropped files one after another, shows how far each is, and hands the folder they landed in to the form.
const { say } = window.clapper;
const drop = element.querySelector('.drop');
const input = element.querySelector('input');
const list = element.querySelector('.files');
const waiting = [];
let busy = false;

function add(files) {
  if (!files.length) return;
  const bytes = crypto.getRandomValues(new Uint8Array(3));
  const batch = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-') + '-' + [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
  for (const file of files) waiting.push({ file, batch, line: line(file.name) });
  if (!busy) work();
}

function line(name) {
  const item = document.createElement('li');
  const label = document.createElement('span');
  const bar = document.createElement('span');
  const state = document.createElement('span');
  label.textContent = name;
  label.className = 'name';
  bar.className = 'bar';
  bar.append(document.createElement('i'));
  state.className = 'faint';
  state.textContent = say('queue.upload.waiting');
  item.append(label, bar, state);
  list.append(item);
  return { fill: bar.firstChild, state };
}

async function work() {
  busy = true;
  const folders = new Set();
  while (waiting.length) {
    const folder = await send(waiting.shift());
    if (folder) folders.add(folder);
  }
  busy = false;
  for (const folder of folders) trigger('uploaded', { folder });
}

function send({ file, batch, line }) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    const fail = (text) => { line.state.textContent = text; line.state.className = 'no'; done(null); };
    request.open('PUT', `/api/uploads/${batch.toLowerCase()}/${encodeURIComponent(file.name)}`);
    request.upload.onprogress = (event) => {
      line.fill.style.width = `${(100 * event.loaded) / event.total}%`;
      line.state.textContent = say('queue.upload.share', { percent: Math.round((100 * event.loaded) / event.total) });
    };
    request.onerror = () => fail(say('queue.upload.broke'));
    request.onload = () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* the sentence below will do */ }
      if (request.status === 401) location.assign('/login');
      if (request.status !== 201) return fail(typeof answer.detail === 'string' ? answer.detail : say('queue.upload.refused'));
      line.fill.style.width = '100%';
      line.state.textContent = say('queue.upload.done');
      done(answer.folder);
    };
    request.send(file);
  });
}

input.addEventListener('change', () => { add([...input.files]); input.value = ''; });
for (const kind of ['dragenter', 'dragover']) drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add('over'); });
for (const kind of ['dragleave', 'drop']) drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.remove('over'); });
drop.addEventListener('drop', (event) => add([...event.dataTransfer.files]));
