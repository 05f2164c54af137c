// The phone: the chat page in a frame, and the ways a photo gets into it.

import { lang } from './words.js';

const frame = document.getElementById('chat');
const skins = document.getElementById('skins');
const catcher = document.getElementById('catch');
let ready = Promise.resolve();
let skin = 'web';

const pages = { web: () => `/chat?demo&lang=${lang}`, telegram: () => `/demo/telegram?lang=${lang}` };

// openChat loads the chat in the page's language.
export function openChat() {
  ready = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
  frame.contentWindow.location.replace(pages[skin]());
}

// offerSkins lets the reader change messengers where there are several.
export async function offerSkins() {
  const answer = await fetch('/demo/skins');
  skins.hidden = !answer.ok || (await answer.json()).skins.length < 2;
  skins.addEventListener('change', (event) => {
    skin = event.target.value;
    openChat();
  });
}

// handOver gives the chat a photo as if the person had chosen it there.
export async function handOver(name, blob) {
  await ready;
  frame.contentWindow.postMessage({ type: 'promobot-photo', name, blob }, location.origin);
}

// A frame swallows drops, so a pane covers it while a receipt of the tray is dragged.
export function catchDrags(onReceipt) {
  const show = (on) => { catcher.hidden = !on; };
  addEventListener('dragstart', () => show(true));
  addEventListener('dragend', () => show(false));
  catcher.addEventListener('dragover', (event) => event.preventDefault());
  catcher.addEventListener('drop', (event) => {
    event.preventDefault();
    show(false);
    const id = event.dataTransfer.getData('text/plain');
    if (id) onReceipt(id);
  });
}

// takeFiles lets a photo be dropped or pasted anywhere on the page, not only on the phone.
export function takeFiles(onTaken) {
  const take = async (files) => {
    for (const file of files) await handOver(file.name, file);
    if (files.length > 0) onTaken();
  };
  addEventListener('dragover', (event) => {
    if ([...event.dataTransfer.types].includes('Files')) event.preventDefault();
  });
  addEventListener('drop', (event) => {
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
  document.addEventListener('paste', (event) => take([...(event.clipboardData?.files ?? [])]));
}
