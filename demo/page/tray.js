// The tray of ready receipts.

import { handOver } from './phone.js';
import { say, told } from './words.js';

const tray = document.getElementById('tray');
const line = document.getElementById('told');
let receipts = [];
let onSent = () => {};

// loadTray fills the tray; sent is called after a receipt went into the chat.
export async function loadTray(sent) {
  onSent = sent;
  try {
    const answer = await fetch('/demo/tray');
    if (!answer.ok) throw new Error(`tray: ${answer.status}`);
    receipts = (await answer.json()).receipts;
    showTray();
  } catch {
    line.textContent = say('tray_failed');
  }
}

// showTray draws the tray in the page's language.
export function showTray() {
  line.textContent = '';
  tray.replaceChildren(...receipts.map(item));
}

function item(receipt) {
  const li = document.createElement('li');
  const key = document.createElement('button');
  key.type = 'button';
  key.className = 'slip';
  key.draggable = true;
  key.dataset.testid = 'demo-receipt';
  key.dataset.id = receipt.id;
  key.append(face(receipt), caption('slip-title', told(receipt, 'title')), caption('slip-note', told(receipt, 'note')));
  key.addEventListener('click', () => send(receipt.id));
  key.addEventListener('dragstart', (event) => {
    event.dataTransfer.setData('text/plain', receipt.id);
    event.dataTransfer.effectAllowed = 'copy';
  });
  li.append(key);
  return li;
}

// face shows the receipt, or a seal on a picture that no browser should unpack.
function face(receipt) {
  if (receipt.hidden) return Object.assign(caption('slip-face sealed', ''), { ariaHidden: 'true' });
  const img = document.createElement('img');
  img.className = 'slip-face';
  img.alt = '';
  img.draggable = false;
  img.src = receipt.image;
  return img;
}

function caption(className, text) {
  const span = document.createElement('span');
  span.className = className;
  span.textContent = text;
  return span;
}

// send puts a receipt of the tray into the chat.
export async function send(id) {
  const receipt = receipts.find((r) => r.id === id);
  if (!receipt) return;
  try {
    const answer = await fetch(receipt.image);
    if (!answer.ok) throw new Error(`${receipt.image}: ${answer.status}`);
    await handOver(receipt.image.split('/').pop(), await answer.blob());
    line.textContent = say('sent', { title: told(receipt, 'title') });
    onSent();
  } catch {
    line.textContent = say('not_sent');
  }
}
