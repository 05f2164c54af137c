// A message as nodes: text stays text, addresses become links, and a line that
// is a code gets a key that copies it. Nothing is ever parsed as HTML.

import { say } from './words.js';

const address = /https?:\/\/[^\s<>"«»]+/gi;
const trailing = /[.,;:!?…)\]}'»]+$/;
// A code is a line of its own, perhaps after a label: groups joined by hyphens,
// or one run of letters and digits.
const code = /^(.{0,40}[:：]\s*)?((?=\S*\d)[A-Z0-9]{3,}(?:-[A-Z0-9]{2,})+|(?=\S*\d)(?=\S*[A-Z])[A-Z0-9]{8,32})$/u;

export function richText(text) {
  const body = document.createDocumentFragment();
  text.split('\n').forEach((line, n) => {
    if (n > 0) body.append('\n');
    const found = code.exec(line.trim());
    if (found) body.append(found[1] ?? '', coupon(found[2]));
    else body.append(...linked(line));
  });
  return body;
}

function linked(line) {
  const nodes = [];
  let from = 0;
  for (const found of line.matchAll(address)) {
    const href = found[0].replace(trailing, '');
    nodes.push(line.slice(from, found.index), link(href));
    from = found.index + href.length;
  }
  return [...nodes, line.slice(from)];
}

function link(href) {
  const a = document.createElement('a');
  a.href = href;
  a.textContent = href;
  a.rel = 'noopener noreferrer';
  a.target = '_blank';
  return a;
}

function coupon(value) {
  const box = document.createElement('span');
  box.className = 'coupon';
  const shown = document.createElement('span');
  shown.className = 'coupon-code';
  shown.textContent = value;
  const key = document.createElement('button');
  key.type = 'button';
  key.className = 'coupon-copy';
  key.setAttribute('aria-label', say('copy_label', { code: value }));
  key.title = say('copy');
  key.addEventListener('click', () => copy(value, shown, key));
  box.append(shown, key);
  return box;
}

async function copy(value, shown, key) {
  try {
    await navigator.clipboard.writeText(value);
  } catch {
    getSelection().selectAllChildren(shown); // no clipboard without https: the old way
    document.execCommand('copy');
  }
  key.dataset.done = 'true';
  key.setAttribute('aria-label', say('copied'));
  setTimeout(() => {
    delete key.dataset.done;
    key.setAttribute('aria-label', say('copy_label', { code: value }));
  }, 1600);
}
