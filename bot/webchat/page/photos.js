// Photos come from the camera key, a drop anywhere on the page, or the clipboard.
// They are sent as they are: recompression would cost the code its fine modules.

import { pixels } from './peek.js';
import { say } from './words.js';

const largest = 10 * 1024 * 1024;
const largestPreview = 50_000_000; // pixels; more would hurt an old phone
const previewSide = 320;

// takePhotos hands every usable photo to onPhoto, in order, and says why another is not.
export function takePhotos({ input, drop, onPhoto, onComplaint }) {
  const take = async (files) => {
    for (const file of files) {
      const complaint = refusal(file);
      if (complaint) onComplaint(complaint);
      else await onPhoto({ file, name: file.name || 'photo.jpg', thumb: await thumbnail(file) });
    }
  };
  let line = Promise.resolve();
  const queue = (files) => {
    const list = [...files];
    onComplaint('');
    line = line.then(() => take(list));
  };
  input.addEventListener('change', () => {
    queue(input.files);
    input.value = ''; // the same photo may be chosen again
  });
  takePasted(queue);
  takeDropped(drop, queue);
  takeHanded(queue);
}

function refusal(file) {
  if (file.size > largest) return say('refused_size');
  if (file.size === 0) return say('refused_empty');
  // A file without a type is left to the server, which goes by content.
  if (file.type && !file.type.startsWith('image/') && file.type !== 'application/pdf') return say('refused_type');
  return '';
}

function takePasted(queue) {
  document.addEventListener('paste', (event) => {
    const files = event.clipboardData?.files ?? [];
    if (files.length === 0) return;
    event.preventDefault();
    queue(files);
  });
}

function takeDropped(hint, queue) {
  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes('Files');
  const show = (on) => { hint.hidden = !on; };
  addEventListener('dragover', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    show(true);
  });
  addEventListener('dragleave', (event) => { if (!event.relatedTarget) show(false); });
  addEventListener('dragend', () => show(false));
  addEventListener('keydown', (event) => { if (event.key === 'Escape') show(false); });
  addEventListener('drop', (event) => {
    show(false);
    if (!carriesFiles(event)) return;
    event.preventDefault();
    queue(event.dataTransfer.files);
  });
}

// takeHanded takes photos from the page around the chat, and only from our own.
function takeHanded(queue) {
  addEventListener('message', ({ origin, source, data }) => {
    if (origin !== location.origin || window.parent === window || source !== window.parent) return;
    if (data?.type !== 'promobot-photo' || !(data.blob instanceof Blob)) return;
    queue([new File([data.blob], String(data.name || 'photo.jpg'), { type: data.blob.type })]);
  });
}

// thumbnail returns a small picture as a data: address, or '' when there is
// none to show. The log keeps it instead of the photo, to stay light.
async function thumbnail(file) {
  const size = await pixels(file);
  if (size && size.width * size.height > largestPreview) return '';
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, previewSide / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return canvas.toDataURL('image/jpeg', 0.7);
  } catch {
    return ''; // HEIC and PDF: the server reads what the browser cannot show
  }
}
