// The session: who this browser is to the bot.

import { keep, recall } from './memory.js';
import { lang } from './words.js';

let token = recall('token');
let opening = null;
let onRenewed = () => {};

// whenRenewed calls back after the server has forgotten us and a new session began.
export function whenRenewed(fn) {
  onRenewed = fn;
}

// call asks the server as this person. request is a function, since the headers
// of a second try may differ from those of the first.
export async function call(path, request = () => ({})) {
  const used = await current();
  const answer = await ask(path, request(), used);
  if (answer.status !== 401) return answer;
  return ask(path, request(), await renewed(used));
}

function ask(path, init, bearer) {
  return fetch(path, { ...init, headers: { ...init.headers, Authorization: `Bearer ${bearer}` }, cache: 'no-store' });
}

async function current() {
  return token || open();
}

// renewed replaces the stale token once, however many requests were refused with it.
async function renewed(stale) {
  if (token !== stale) return current();
  token = '';
  const fresh = await open();
  onRenewed();
  return fresh;
}

function open() {
  opening ??= begin().finally(() => { opening = null; });
  return opening;
}

async function begin() {
  const answer = await fetch('/chat/session', { method: 'POST', headers: { 'Accept-Language': lang }, cache: 'no-store' });
  if (!answer.ok) throw new Error(`session: ${answer.status}`);
  token = (await answer.json()).token;
  keep('token', token);
  return token;
}
