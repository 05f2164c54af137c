// The size of a picture from its first bytes, before anybody decodes it: a file
// of one kilobyte may unpack to gigabytes.

const head = 256 * 1024;

// pixels returns {width, height} of a PNG or JPEG, or null.
export async function pixels(file) {
  const bytes = new DataView(await file.slice(0, head).arrayBuffer());
  try {
    if (bytes.getUint32(0) === 0x89504e47) return { width: bytes.getUint32(16), height: bytes.getUint32(20) };
    if (bytes.getUint16(0) === 0xffd8) return jpeg(bytes);
  } catch {
    // Cut short: the size stands beyond what we read.
  }
  return null;
}

function jpeg(bytes) {
  for (let at = 2; ;) {
    const marker = bytes.getUint16(at);
    if (startsFrame(marker)) return { width: bytes.getUint16(at + 7), height: bytes.getUint16(at + 5) };
    at += 2 + bytes.getUint16(at + 2);
  }
}

// SOF0…SOF15 without the tables DHT, JPG and DAC, which share the range.
function startsFrame(marker) {
  return marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
}
