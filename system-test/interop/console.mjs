/**
 * A person at the console: names a user, starts a countdown, reloads in its middle, cuts the connection, and sees all of it
 * exactly once.
 */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { check, program, same, someone } from './lib.mjs';

const COUNT = 40;
const PATIENCE_MS = 30_000;
const OPTIONS = { user: someone('person'), browser: '/usr/bin/chromium', screenshot: undefined };

await program(OPTIONS, async ({ url, user, browser: executablePath, screenshot }) => {
  check(existsSync(executablePath), `there is no browser at ${executablePath}`);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(PATIENCE_MS);
    const complaints = listen(page, url);

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
    await page.waitForFunction(() => document.querySelectorAll('#history li[data-outcome=resumed]').length === 2);

    await seen(page, 24);
    await page.click('#pause');
    await page.waitForSelector('.phase[data-phase=idle]');
    await page.click('#pause');
    await page.waitForFunction(() => document.querySelectorAll('#history li[data-outcome=resumed]').length === 3);
    if (screenshot) await page.screenshot({ path: screenshot });

    await page.waitForSelector('.run[data-status=finished]');
    await checkWhole(page);
    await page.reload();
    await page.waitForSelector('.phase[data-phase=live]');
    await checkWhole(page);

    const elsewhere = await (await browser.newContext()).newPage();
    await elsewhere.goto(`${url}/#${encodeURIComponent(user)}`);
    await elsewhere.waitForSelector('.run[data-status=finished]');
    await checkWhole(elsewhere);
    same(complaints, [], 'what the page complained of');
    return `${COUNT} numbers, once each, over a reload, a cut and a pause`;
  } finally {
    await browser.close();
  }
});

function listen(page, url) {
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== url) complaints.push(`asked elsewhere: ${request.url()}`);
  });
  return complaints;
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
