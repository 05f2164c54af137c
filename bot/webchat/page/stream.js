// The stream of the bot's messages. EventSource cannot send an Authorization
// header, so the stream is read with fetch; the format is the same.

import { call } from './session.js';

const firstPause = 500;
const longestPause = 20_000;
const silence = 60_000; // the server sends a comment more often than that

export class Stream {
  constructor({ onEvent, onState }) {
    this.onEvent = onEvent;
    this.onState = onState;
    this.last = '';
    this.wake = () => {};
  }

  // run reads for ever and reconnects with growing pauses.
  async run() {
    this.pause = firstPause;
    for (;;) {
      try {
        await this.read();
      } catch {
        // The reason is of no use to the reader; the state tells enough.
      }
      this.onState('lost');
      await this.rest();
    }
  }

  // restart begins a new conversation at its beginning.
  restart() {
    this.last = '';
    this.pause = firstPause;
    this.abort?.abort();
    this.nudge();
  }

  // nudge ends a pause early: the network is back, or the tab is looked at again.
  nudge() {
    this.wake();
  }

  async read() {
    this.abort = new AbortController();
    const { signal } = this.abort;
    const answer = await call('/chat/events', () => ({ signal, headers: this.headers() }));
    if (!answer.ok || !answer.body) throw new Error(`events: ${answer.status}`);
    this.onState('open');
    this.pause = firstPause;
    await this.drink(answer.body.getReader());
  }

  headers() {
    const headers = { Accept: 'text/event-stream' };
    if (this.last) headers['Last-Event-ID'] = this.last;
    return headers;
  }

  async drink(reader) {
    const parser = new Parser((event) => this.take(event));
    const text = new TextDecoder();
    for (;;) {
      const watchdog = setTimeout(() => this.abort.abort(), silence);
      const { done, value } = await reader.read().finally(() => clearTimeout(watchdog));
      if (done) return;
      parser.feed(text.decode(value, { stream: true }));
    }
  }

  take({ id, data }) {
    const event = JSON.parse(data);
    this.onEvent(event);
    this.last = id || String(event.id);
  }

  rest() {
    const wait = this.pause * (0.75 + Math.random() / 2);
    this.pause = Math.min(this.pause * 2, longestPause);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, wait);
      this.wake = () => { clearTimeout(timer); resolve(); };
    });
  }
}

// Parser cuts a text/event-stream into events.
class Parser {
  constructor(onEvent) {
    this.onEvent = onEvent;
    this.rest = '';
    this.clear();
  }

  clear() {
    this.id = '';
    this.data = [];
  }

  feed(chunk) {
    const lines = (this.rest + chunk).split(/\r?\n/);
    this.rest = lines.pop();
    for (const line of lines) this.line(line);
  }

  line(line) {
    if (line === '') return this.finish();
    const colon = line.indexOf(':');
    if (colon === 0) return; // a comment keeps the line warm
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'id') this.id = value;
    if (field === 'data') this.data.push(value);
  }

  finish() {
    if (this.data.length > 0) this.onEvent({ id: this.id, data: this.data.join('\n') });
    this.clear();
  }
}
