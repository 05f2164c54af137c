// Reads codes with the package that the command line names. Every line of
// standard input asks about a picture: {"file": a PGM, "all": every code or the
// first}. Every line of standard output answers: {"codes": [{"text", "corners":
// [[x, y] × 4] or null}], "cpu_us": processor time of the decoder's call}.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(import.meta.url);
// Bytes that are no UTF-8 count as Latin-1, where none is lost: packages differ
// in the code page that they guess.
const textOf = (bytes) => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return Buffer.from(bytes).toString('latin1');
  }
};
const quad = (...points) => points.map((p) => [p.x, p.y]);

// Each returns a function of a picture {gray, rgba, width, height}. Micro QR and
// rMQR are off wherever a package knows them.
const packages = {
  async 'zxing-wasm'() {
    const { prepareZXingModule, readBarcodes } = await import('zxing-wasm/reader');
    const wasmBinary = readFileSync(require.resolve('zxing-wasm/reader/zxing_reader.wasm'));
    await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
    return async ({ rgba, width, height }, all) => {
      const options = { formats: ['QRCodeModel2'], tryHarder: true, tryDenoise: true, textMode: 'Plain', maxNumberOfSymbols: all ? 255 : 1 };
      const found = await readBarcodes({ data: rgba, width, height }, options);
      return found.filter((c) => c.isValid).map(({ text, position: p }) =>
        ({ text, corners: quad(p.topLeft, p.topRight, p.bottomRight, p.bottomLeft) }));
    };
  },

  async 'zbar-wasm'() {
    const { ZBarScanner, ZBarConfigType, ZBarSymbolType, scanGrayBuffer } = await import('@undecaf/zbar-wasm');
    const scanner = await ZBarScanner.create();
    scanner.setConfig(ZBarSymbolType.ZBAR_NONE, ZBarConfigType.ZBAR_CFG_ENABLE, 0);
    scanner.setConfig(ZBarSymbolType.ZBAR_QRCODE, ZBarConfigType.ZBAR_CFG_ENABLE, 1);
    scanner.setConfig(ZBarSymbolType.ZBAR_QRCODE, ZBarConfigType.ZBAR_CFG_BINARY, 1);
    return async ({ gray, width, height }) => {
      const found = await scanGrayBuffer(gray.buffer, width, height, scanner);
      return found.map((c) => ({ text: textOf(Uint8Array.from(c.data)), corners: c.points.length === 4 ? quad(...c.points) : null }));
    };
  },

  async jsqr() {
    const { default: jsQR } = await import('jsqr');
    return async ({ rgba, width, height }) => {
      const c = jsQR(rgba, width, height);
      if (!c) return [];
      const l = c.location;
      return [{ text: textOf(Uint8Array.from(c.binaryData)), corners: quad(l.topLeftCorner, l.topRightCorner, l.bottomRightCorner, l.bottomLeftCorner) }];
    };
  },

  async 'paulmillr-qr'() {
    const { default: decodeQR } = await import('qr/decode.js');
    return async ({ rgba, width, height }) => {
      let place = null;
      const pointsOnDetect = (points) => { place = points.bounds; };
      try {
        const text = decodeQR({ data: rgba, width, height }, { effort: Infinity, timeLimit: Infinity, textDecoder: textOf, pointsOnDetect });
        return [{ text, corners: place && quad(...place) }];
      } catch {
        return []; // it throws when it finds none
      }
    };
  },
};

function picture(file) {
  const bytes = readFileSync(file);
  const [head, width, height] = /^P5\n(\d+) (\d+)\n255\n/.exec(bytes.toString('latin1', 0, 40));
  const gray = new Uint8Array(bytes.subarray(head.length)); // a copy: its buffer holds nothing else
  const rgba = new Uint8ClampedArray(gray.length * 4).fill(255);
  for (let i = 0; i < gray.length; i++) rgba[4 * i] = rgba[4 * i + 1] = rgba[4 * i + 2] = gray[i];
  return { gray, rgba, width: Number(width), height: Number(height) };
}

const read = await packages[process.argv[2]]();
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const { file, all } = JSON.parse(line);
  const sheet = picture(file);
  const before = process.cpuUsage();
  const answer = {};
  try {
    answer.codes = await read(sheet, all);
  } catch (e) {
    answer.error = String(e);
  }
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ ...answer, cpu_us: user + system }));
}
