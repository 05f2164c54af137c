// The demo page: the phone on one side, the road of its receipts on the other.

import { catchDrags, offerSkins, openChat, takeFiles } from './phone.js';
import { followRoad, showRoads } from './road.js';
import { loadTray, send, showTray } from './tray.js';
import { loadTrouble, showTrouble } from './trouble.js';
import { dress, say, switchLanguage, lang } from './words.js';

const tabs = [...document.querySelectorAll('[data-tab]')];
const language = document.getElementById('language');

// On a phone one view shows at a time; on a desk all of them do.
function open(view) {
  document.body.dataset.view = view;
  for (const tab of tabs) {
    if (tab.dataset.tab === view) tab.setAttribute('aria-current', 'true');
    else tab.removeAttribute('aria-current');
  }
  delete tabs.find((tab) => tab.dataset.tab === view).dataset.news;
}

function roadMoved() {
  if (document.body.dataset.view !== 'road') tabs.find((tab) => tab.dataset.tab === 'road').dataset.news = 'true';
}

function speak() {
  dress();
  language.textContent = say('other');
  language.lang = lang === 'ru' ? 'en' : 'ru';
  openChat();
}

for (const tab of tabs) tab.addEventListener('click', () => open(tab.dataset.tab));

language.addEventListener('click', () => {
  switchLanguage();
  speak();
  showTray();
  showTrouble();
  showRoads();
});

speak();
offerSkins();
catchDrags(send);
takeFiles(() => open('chat'));
loadTray(() => open('chat'));
loadTrouble();
followRoad(roadMoved);
