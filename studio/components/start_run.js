// Shows the command that does the same, and starts the run that the form describes.
const code = element.querySelector('code');
const state = element.querySelector('.state');
const start = element.querySelector('[data-act=start]');
const plan = element.querySelector('[data-act=plan]');
const outlook = element.querySelector('.plan');
const copy = element.querySelector('[data-act=copy]');
let sending = false;
let edited = 0;

function draw() {
  edited = 0;
  const { command, problem } = props.value || {};
  code.textContent = command || '';
  start.disabled = plan.disabled = sending || Boolean(problem);
  outlook.hidden = true;
  say(problem || '', Boolean(problem));
}

function say(text, bad) {
  state.textContent = text;
  state.className = 'state ' + (bad ? 'no' : 'soft');
}

async function begin() {
  sending = start.disabled = true;
  say('Starting …', false);
  await settled();
  try {
    const reply = await fetch('/api/runs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: asked(),
    });
    if (reply.status === 401) return location.assign('/login');
    const answer = await reply.json();
    say(reply.ok ? `Run ${answer.id} is queued.` : sentence(answer), !reply.ok);
    document.dispatchEvent(new CustomEvent('clapper:runs'));
  } catch {
    say('The studio does not answer. Is it still running?', true);
  } finally {
    sending = start.disabled = false;
  }
}

/** What a run would find, and about how long it would take; nothing is started. */
async function look() {
  plan.disabled = true;
  say('Looking …', false);
  await settled();
  try {
    const reply = await fetch('/api/runs/plan', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: asked(),
    });
    if (reply.status === 401) return location.assign('/login');
    const answer = await reply.json();
    say(reply.ok ? '' : sentence(answer), !reply.ok);
    if (reply.ok) (props.value.reading ? toldOfImport : told)(answer);
  } catch {
    say('The studio does not answer. Is it still running?', true);
  } finally {
    plan.disabled = false;
  }
}

function asked() {
  const { inputs, recipe, sets, reading } = props.value;
  return JSON.stringify({ inputs, recipe, sets, reading });
}

function toldOfImport({ clips, captions, lost, problems, more }) {
  const many = (number, word) => `${number.toLocaleString('en')} ${word}${number === 1 ? '' : 's'}`;
  const lines = [`${more ? 'More than ' : ''}${many(clips, 'clip')}, ${many(captions, 'caption')}${lost ? `, ${lost.toLocaleString('en')} without a video` : ''}.`];
  if (lost === clips && clips) lines.push('No video is where the list says. Name the folder that its paths are relative to.');
  if (problems.length) lines.push(`${problems.length} cannot be used, the first: ${problems[0]}`);
  outlook.textContent = lines.join('\n');
  outlook.hidden = false;
}

function told({ new: fresh, known, problems, film_s: film, guessed, work_s: work, more }) {
  const videos = (number) => `${number.toLocaleString('en')} ${number === 1 ? 'video' : 'videos'}`;
  const time = work == null ? 'no earlier run tells how long that takes' : `about ${span(work)}`;
  const lines = [fresh ? `${more ? 'More than ' : ''}${videos(fresh)} to read, ${guessed ? 'about ' : ''}${span(film)} of film, ${time}.` : 'Nothing new to read.'];
  if (known) lines.push(`${videos(known)} known already: no cost.`);
  if (problems.length) lines.push(`${problems.length} cannot be used, the first: ${problems[0]}`);
  outlook.textContent = lines.join('\n');
  outlook.hidden = false;
}

const span = (s) => (s < 90 ? `${Math.round(s)} s` : s < 5400 ? `${Math.round(s / 60)} min` : `${(s / 3600).toFixed(1)} h`);

/** What was typed a moment ago may still be on its way through the form. */
async function settled() {
  while (edited && Date.now() - edited < 3000) await new Promise((done) => setTimeout(done, 20));
}

const sentence = (answer) => (typeof answer.detail === 'string' ? answer.detail : 'The studio could not take this.');

start.addEventListener('click', begin);
plan.addEventListener('click', look);
document.addEventListener('clapper:again', (event) => trigger('again', event.detail));
copy.addEventListener('click', async () => {
  await navigator.clipboard.writeText(code.textContent);
  copy.textContent = 'Copied';
  setTimeout(() => (copy.textContent = 'Copy'), 1500);
});
for (const name of ['clapper:editing', 'input']) {
  document.addEventListener(name, ({ target }) => { if (target === document || target.closest('.form')) edited = Date.now(); }, true);
}
watch('value', draw);
draw();
