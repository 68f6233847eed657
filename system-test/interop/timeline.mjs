/**
 * A person with a run's page, offline, in light and in dark: every tool call of the run is on it, inside the picture, and says
 * its arguments and its result when the pointer is on it.
 */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { check, program, same } from './lib.mjs';

/** `calls`: JSON, a list of {id, name, arguments, result} as the log has them. */
const OPTIONS = { page: undefined, calls: undefined, browser: '/usr/bin/chromium', screenshot: undefined };

await program(OPTIONS, async ({ page: file, calls, browser: executablePath, screenshot }) => {
  check(existsSync(executablePath), `there is no browser at ${executablePath}`);
  const expected = JSON.parse(calls);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  try {
    for (const colorScheme of ['dark', 'light']) {
      const context = await browser.newContext({ colorScheme, offline: true, viewport: { width: 1100, height: 600 } });
      const page = await context.newPage();
      const complaints = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
      page.on('request', (request) => { if (!request.url().startsWith('file:')) complaints.push(`asked ${request.url()}`); });
      await page.goto(pathToFileURL(file).href);

      const shown = await page.$$eval('.bar[data-kind=tool]', (bars) => bars.map((bar) => bar.dataset.id));
      same(shown, expected.map(({ id }) => id), `tool calls, ${colorScheme}`);
      for (const { id, name, arguments: words, result } of expected) {
        const bar = page.locator(`.bar[data-id="${id}"]`);
        const box = await bar.boundingBox();
        const track = await bar.locator('..').boundingBox();
        check(box.width >= 3 && box.x >= track.x - 1 && box.x + box.width <= track.x + track.width + 1, `${id} is not in the picture`);
        await bar.hover();
        const tip = await page.textContent('#tip');
        for (const part of [name, words, result]) check(tip.includes(part), `${id}: '${part}' is not told: ${tip}`);
      }
      const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const light = paper.match(/\d+/g).slice(0, 3).every((part) => Number(part) > 128);
      same(light, colorScheme === 'light', `whether the paper is light, ${colorScheme} (${paper})`);
      same(complaints, [], 'what the page complained of');
      if (screenshot && colorScheme === 'light') await page.screenshot({ path: screenshot });
      await context.close();
    }
    return `${expected.length} tool calls, each with its arguments and its result, in light and dark`;
  } finally {
    await browser.close();
  }
});
