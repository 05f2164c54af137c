// The chat page: wires the log, the stream and the outbox together.

import { Log } from './bubbles.js';
import { forgetSent, keep, keepOwn, ownMessages, recall } from './memory.js';
import { Outbox } from './outbox.js';
import { takePhotos } from './photos.js';
import { whenRenewed } from './session.js';
import { Stream } from './stream.js';
import { dress, say } from './words.js';

const find = (id) => document.getElementById(id);
const input = find('input');
const status = document.querySelector('[data-testid="chat-status"]');

dress(document.documentElement);

const log = new Log({
  log: find('log'),
  tape: find('tape'),
  jump: find('jump'),
  printing: find('printing'),
  empty: find('empty'),
  onButton: ({ id, label }) => send({ button: id, label }),
  onRetry: () => outbox.retry({ byHand: true }),
  onOpen: openViewer,
});

const outbox = new Outbox((message) => {
  log.mine(message);
  keepOwn(message);
});

const stream = new Stream({ onEvent, onState });

// --- what was said before this page was loaded ---

// The server repeats the bot's messages; ours return between them, each behind
// the message that it followed.
let past = ownMessages();
let lastSeen = '';
let lull = 0;

function onEvent(event) {
  clearTimeout(lull);
  restore((message) => !message.after);
  if (log.bot(event)) {
    lastSeen = String(event.id);
    restore((message) => message.after === lastSeen);
  }
  lull = setTimeout(settle, 300);
}

function restore(wanted) {
  const found = past.filter(wanted);
  past = past.filter((message) => !wanted(message));
  for (const message of found) revive(message);
}

function revive(message) {
  if (message.state === 'sent' || message.state === 'refused') return log.mine(message);
  if (message.name === undefined) return outbox.add(message);
  // The photo itself did not outlive the page.
  const lost = { ...message, state: 'refused', note: say('photo_lost') };
  log.mine(lost);
  keepOwn(lost);
}

function settle() {
  restore(() => true);
  clearTimeout(lull);
  find('log').setAttribute('aria-busy', 'false');
  greet('empty');
}

// greet fills a room in which nothing has been said, or not come back yet.
function greet(words) {
  find('empty').textContent = say(words);
  find('empty').hidden = find('tape').childElementCount > 0;
}

// --- the state of the connection ---

let worry = 0;

function onState(state) {
  if (state === 'open') {
    clearTimeout(worry);
    worry = 0;
    show('open');
    outbox.retry({ byHand: false });
    lull = setTimeout(settle, 500);
    return;
  }
  // A stream that comes back at once is nobody's concern.
  worry ||= setTimeout(() => {
    worry = 0;
    show(navigator.onLine === false ? 'offline' : 'lost');
    greet('away');
  }, 1500);
}

function show(state) {
  if (status.dataset.state === state && status.textContent) return;
  status.dataset.state = state;
  status.textContent = say(`status_${state}`);
}

whenRenewed(() => {
  restore(() => true);
  log.remark(say('renewed'));
  log.forget();
  for (const message of outbox.queue) message.after = '';
  forgetSent();
  lastSeen = '';
  stream.restart();
});

for (const event of ['online', 'focus', 'pageshow']) addEventListener(event, () => stream.nudge());

// --- saying something ---

function send(content) {
  settle();
  outbox.add({ ...content, id: newID(), at: new Date().toISOString(), after: lastSeen, fresh: true });
}

function newID() {
  if (crypto.randomUUID) return crypto.randomUUID();
  // Plain http on a phone in the same network has no randomUUID, but has this.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function sendDraft() {
  const text = input.value.trim();
  if (!text) return input.focus();
  input.value = '';
  rememberDraft();
  complain('');
  send({ text });
}

function rememberDraft() {
  keep('draft', input.value);
  input.style.height = 'auto';
  input.style.height = `${input.scrollHeight}px`;
}

function complain(text) {
  find('complaint').textContent = text;
}

find('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  sendDraft();
});

input.addEventListener('input', rememberDraft);
input.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  sendDraft();
});

takePhotos({ input: find('photo'), drop: find('drop'), onPhoto: send, onComplaint: complain });

// --- a picture, large ---

function openViewer(src, title) {
  const viewer = find('viewer');
  find('viewer-image').src = src;
  find('viewer-image').alt = title;
  viewer.showModal?.();
}

find('viewer').addEventListener('click', (event) => {
  if (event.target.tagName !== 'BUTTON') event.currentTarget.close();
});

input.value = recall('draft');
rememberDraft();
show('opening');
stream.run();
