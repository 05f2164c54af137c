// The switches for trouble: what happens to the simulated tax service.

import { say } from './words.js';

const box = document.getElementById('trouble');
const line = document.getElementById('trouble-told');
let mode = 'none';

// loadTrouble shows the present position; without switches the box is hidden.
export async function loadTrouble() {
  box.addEventListener('change', (event) => choose(event.target.value));
  try {
    settle((await ask()).mode);
  } catch {
    box.hidden = true; // a tax service that is not ours has no switches
  }
}

// showTrouble writes the words of the present mode.
export function showTrouble() {
  line.textContent = say(`trouble_told_${mode}`);
}

async function choose(wanted) {
  try {
    settle((await ask({ method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ mode: wanted }) })).mode ?? wanted);
  } catch {
    settle(mode);
    line.textContent = say('trouble_failed');
  }
}

async function ask(request) {
  const answer = await fetch('/demo/trouble', request);
  if (!answer.ok) throw new Error(`trouble: ${answer.status}`);
  return answer.status === 204 ? {} : answer.json();
}

function settle(now) {
  mode = now;
  for (const key of box.querySelectorAll('input')) key.checked = key.value === mode;
  box.dataset.mode = mode;
  showTrouble();
}
