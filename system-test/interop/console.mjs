/**
 * A person at the console: names a user, starts a countdown, reloads in its middle, cuts the connection, and sees all of it
 * exactly once. A proxy between the page and the edge closes with 1000 and turns it away for a while, and another tab wants the page's database gone.
 */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { check, program, same, someone } from './lib.mjs';

const COUNT = 100;
const PATIENCE_MS = 30_000;
const OPTIONS = { user: someone('person'), browser: '/usr/bin/chromium', screenshot: undefined };

await program(OPTIONS, async ({ url, user, browser: executablePath, screenshot }) => {
  check(existsSync(executablePath), `there is no browser at ${executablePath}`);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(PATIENCE_MS);
    const { complaints, asked } = listen(page, url);
    const proxy = await proxyFor(page);

    await page.goto(`${url}/`);
    await page.fill('#user', user);
    await page.press('#user', 'Enter');
    await page.waitForSelector('.phase[data-phase=live]');
    await page.click('.agent[data-agent=countdown]');
    await page.fill('[name=count]', String(COUNT));
    await page.fill('[name=intervalMs]', '100');
    await page.click('#go');

    await seen(page, 8);
    await page.reload();
    await page.waitForSelector('.phase[data-phase=live]');
    same(await page.textContent('#history li b'), 'resumed', 'the outcome after the reload');

    await seen(page, 16);
    await page.click('#cut');
    await resumed(page, 2);

    await seen(page, 24);
    same(await page.evaluate(dropDatabase), 'dropped', "the database, which another tab wants gone");
    same(await page.textContent('[data-fact="stored in this browser"]'), 'yes', 'stored');
    await seen(page, 32);
    await page.click('#pause');
    await page.waitForSelector('.phase[data-phase=idle]');
    await page.click('#pause');
    await resumed(page, 3);

    proxy.closeNormally();
    await resumed(page, 4);
    proxy.refuse();
    await page.waitForFunction(() => /^reconnecting \(.*code 4503/.test(document.querySelector('[data-fact=phase]').textContent));
    proxy.letThrough();
    await resumed(page, 5);
    if (screenshot) await page.screenshot({ path: screenshot });

    await page.waitForSelector('.run[data-status=finished]');
    await checkWhole(page);
    await page.waitForFunction(storedCursor, [user]);
    await page.reload();
    await page.waitForSelector('.phase[data-phase=live]');
    same(await page.textContent('#history li b'), 'resumed', 'the outcome after the database was made again');
    await checkWhole(page);
    same(asked.filter((path) => path === '/v1/agents'), [], 'questions beside the socket');
    check(asked.filter((path) => path === '/dev/tokens').length <= 10, () => `asked for a token too often: ${asked}`);

    const elsewhere = await (await browser.newContext()).newPage();
    await elsewhere.goto(`${url}/#${encodeURIComponent(user)}`);
    await elsewhere.waitForSelector('.run[data-status=finished]');
    await checkWhole(elsewhere);
    same(complaints, [], 'what the page complained of');
    return `${COUNT} numbers, once each, over a reload, a cut, a pause, a proxy's close, a refusal and a database made again`;
  } finally {
    await browser.close();
  }
});

function listen(page, url) {
  const complaints = [];
  const asked = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => {
    const { origin, pathname } = new URL(request.url());
    if (origin !== url) complaints.push(`asked elsewhere: ${request.url()}`);
    asked.push(pathname);
  });
  return { complaints, asked };
}

/** Stands between the page and the edge. */
async function proxyFor(page) {
  let newest = null;
  let refusing = false;
  await page.routeWebSocket(/\/v1\/stream/, (client) => {
    if (refusing) {
      client.close({ code: 4503, reason: 'not ready' });
      return;
    }
    newest = { client, server: client.connectToServer() };
  });
  const close = (code) => {
    newest.client.close({ code });
    newest.server.close({ code: 1000 });
  };
  return {
    closeNormally: () => close(1000),
    refuse: () => {
      refusing = true;
      close(1000);
    },
    letThrough: () => {
      refusing = false;
    },
  };
}

/** Waits until so many connections of the page have been resumed. */
function resumed(page, count) {
  return page.waitForFunction((least) => document.querySelectorAll('#history li[data-outcome=resumed]').length === least, count);
}

/** In the page: deletes the database that the console has open, as another tab may. */
function dropDatabase() {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase('heddle-console');
    request.onsuccess = () => resolve('dropped');
    request.onerror = () => resolve(String(request.error));
    setTimeout(() => resolve('still open after 10 s'), 10_000);
  });
}

/** In the page: true once a record with a cursor is stored again. */
function storedCursor([user]) {
  return new Promise((resolve) => {
    const request = indexedDB.open('heddle-console');
    request.onerror = () => resolve(false);
    request.onupgradeneeded = () => request.transaction.abort();
    request.onsuccess = () => {
      const record = request.result.transaction('records').objectStore('records').get(user);
      record.onsuccess = () => {
        request.result.close();
        resolve(typeof record.result?.cursor === 'string' && record.result.state.received > 30);
      };
    };
  });
}

/** Waits for that many events in the list. */
function seen(page, count) {
  return page.waitForFunction((least) => document.querySelectorAll('#log details').length >= least, count);
}

async function checkWhole(page) {
  await page.waitForSelector('.run[data-status=finished] .proof[data-whole=true]');
  const shown = await page.evaluate(() => ({
    runs: document.querySelectorAll('.run').length,
    said: document.querySelector('[data-kind=message][data-role=assistant] p').textContent,
    log: [...document.querySelectorAll('#log details')].map(({ dataset }) => [dataset.seq, dataset.type, dataset.event]),
    deltas: [...document.querySelectorAll('#log details[data-type=TEXT_MESSAGE_CONTENT] .gist')].map((gist) => gist.textContent),
  }));
  same(shown.runs, 1, 'runs');
  same(shown.log.map(([seq]) => seq), shown.log.map((_, index) => String(index)), 'runSeq in the list');
  same(new Set(shown.log.map(([, , id]) => id)).size, shown.log.length, 'distinct event ids in the list');
  same([shown.log[0][1], shown.log.at(-1)[1]], ['RUN_STARTED', 'RUN_FINISHED'], 'the ends of the list');
  same(shown.deltas.length, COUNT, 'deltas in the list');
  same(shown.said, shown.deltas.join(''), 'the message, against its deltas');
}
