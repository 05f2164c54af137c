// The live road: every receipt is a strip that is printed station by station.

import { lang, say, told } from './words.js';

const stations = ['stored', 'code', 'fns', 'lines', 'rules', 'ledger', 'certificate'];
const keptRoads = 30;

const roads = document.getElementById('roads');
const empty = document.getElementById('road-empty');
const line = document.getElementById('road-told');
const shown = new Map(); // receipt → its strip and the last event of each station
let last = 0;
let onNews = () => {};

// followRoad listens to the road; news is called whenever something moved.
export function followRoad(news) {
  onNews = news;
  listen();
}

// EventSource reconnects by itself after a broken line, and gives up after a
// refusal; then a new one goes on where it stopped.
function listen() {
  const source = new EventSource(`/demo/road?after=${last}`);
  source.onmessage = ({ data }) => take(JSON.parse(data));
  source.addEventListener('anew', forgetAll); // the demo was started again
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
  };
}

function take(event) {
  if (event.id <= last) return;
  last = event.id;
  const road = shown.get(event.receipt) ?? begin(event);
  road.events.set(event.station, event);
  draw(road);
  line.textContent = say('road_told', { n: event.receipt, station: say(event.station), state: say(`state_${event.state}`) });
  onNews();
}

// showRoads draws everything again, after the language has changed.
export function showRoads() {
  for (const road of shown.values()) draw(road);
}

function begin(event) {
  const road = { receipt: event.receipt, at: event.at, events: new Map(), rows: new Map(), strip: document.createElement('details') };
  for (const older of shown.values()) older.strip.open = false;
  road.strip.className = 'road';
  road.strip.dataset.receipt = event.receipt;
  road.strip.open = true;
  road.summary = document.createElement('summary');
  road.list = document.createElement('ol');
  road.total = node('p', 'road-total');
  for (const station of stations) {
    const row = node('li', 'station');
    road.rows.set(station, row);
    road.list.append(row);
  }
  road.strip.append(road.summary, road.list, road.total);
  roads.prepend(road.strip);
  shown.set(event.receipt, road);
  empty.hidden = true;
  forgetOldest();
  requestAnimationFrame(() => comeIntoView(road.strip));
  return road;
}

// comeIntoView scrolls no further than it must, and only where the road lies
// beside the phone: on a phone it has a tab of its own.
function comeIntoView(strip) {
  if (!matchMedia('(min-width: 900px)').matches) return;
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  strip.scrollIntoView({ block: 'nearest', behavior: calm ? 'auto' : 'smooth' });
}

function forgetOldest() {
  if (shown.size <= keptRoads) return;
  const [receipt, road] = shown.entries().next().value;
  road.strip.remove();
  shown.delete(receipt);
}

function forgetAll() {
  last = 0;
  shown.clear();
  roads.replaceChildren();
  empty.hidden = false;
}

function draw(road) {
  const { state } = outcome(road);
  const over = state === 'stopped' || road.events.get(stations.at(-1))?.state === 'done';
  for (const station of stations) drawStation(road, station, over ? 'skipped' : '');
  summarise(road);
}

// drawStation prints one row; unreached is the state of a station without an event.
function drawStation(road, station, unreached) {
  const event = road.events.get(station);
  const row = road.rows.get(station);
  row.dataset.station = station;
  row.dataset.state = event?.state ?? '';
  row.replaceChildren(heading(station, event, unreached), ...reason(event), ...table(station, event));
}

function heading(station, event, unreached) {
  const head = node('p', 'station-head');
  head.append(node('span', 'mark'), node('span', 'station-name', say(station)), node('span', 'leader'));
  const word = node('span', 'station-state', say(`state_${event?.state ?? unreached}`));
  if (event?.state === 'done') word.classList.add('spoken'); // its mark and its time say so already
  head.append(word);
  if (event?.ms > 0) head.append(node('span', 'time', duration(event.ms)));
  return head;
}

function reason(event) {
  const text = event && told(event, 'text');
  return text ? [node('p', 'reason', text)] : [];
}

function table(station, event) {
  if (!event?.lines?.length) return [];
  const list = node('ul', 'lines');
  list.setAttribute('aria-label', say('table', { station: say(station) }));
  list.append(...event.lines.map(goods));
  return [list];
}

function goods(row) {
  const { sku, points } = row;
  const why = told(row, 'reason');
  const li = node('li', points ? 'paid' : '');
  const what = node('span', 'goods');
  what.append(node('span', 'printed', told(row, 'name')));
  if (sku) what.append(node('span', 'product', sku));
  if (why) what.append(node('span', 'why', why));
  li.append(what, node('span', 'points', points > 0 ? `+${points}` : String(points ?? 0).replace('-', '−')));
  return li;
}

function summarise(road) {
  const dots = node('span', 'dots');
  dots.setAttribute('aria-hidden', 'true');
  for (const station of stations) {
    const dot = node('i', '');
    dot.dataset.state = road.events.get(station)?.state ?? '';
    dots.append(dot);
  }
  const number = node('span', 'number', say('road_number', { n: road.receipt }));
  const ends = outcome(road);
  const stamp = node('span', 'stamp', `${say(ends.station)}: ${say(`state_${ends.state}`)}`);
  stamp.dataset.state = ends.state;
  road.summary.replaceChildren(number, stamp, node('time', '', clock(road.at)), dots);
  road.total.replaceChildren(node('span', '', say('road_total')), node('span', 'leader'), node('span', 'time', duration(sum(road))));
}

// outcome is the station that says how the receipt stands: where it was
// stopped or waits, else the farthest one reached.
function outcome(road) {
  const reached = stations.map((s) => road.events.get(s)).filter((e) => e?.state && e.state !== 'skipped');
  return reached.find((e) => e.state === 'stopped' || e.state === 'review') ?? reached.at(-1);
}

function sum(road) {
  return [...road.events.values()].reduce((ms, event) => ms + (event.ms || 0), 0);
}

function duration(ms) {
  if (ms < 1000) return say('ms', { n: Math.round(ms) });
  return say('seconds', { n: (ms / 1000).toLocaleString(lang, { maximumFractionDigits: 1 }) });
}

function clock(at) {
  return new Date(at).toLocaleTimeString(lang, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
}

function node(tag, className, text = '') {
  const el = document.createElement(tag);
  if (className) el.className = className;
  el.textContent = text;
  return el;
}
