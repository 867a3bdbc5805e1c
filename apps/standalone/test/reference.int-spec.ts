import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { browserIsHere, launchBrowser } from '@vaultstream/testing';
import type { Browser, Page } from 'playwright-core';
import { composeProduct, type ComposedProduct } from './support/composed-product.ts';

// A real browser, on whatever machine.
jest.setTimeout(90_000);

const withBrowser = browserIsHere() ? describe : describe.skip;

withBrowser('the API reference in a real browser', () => {
  let product: ComposedProduct;
  let browser: Browser;
  let url: string;
  beforeAll(async () => {
    [product, browser] = await Promise.all([composeProduct(), launchBrowser()]);
    await product.app.listen({ host: '127.0.0.1', port: 0 });
    url = (await product.app.getUrl()).replace(/\/$/, '');
  });
  afterAll(async () => {
    await browser.close();
    await product.drop();
  });

  /** Opens the page; whatever the browser complains about, and whatever is asked of another host, is noted. */
  async function open(width: number) {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith('data:')) complaints.push(request.url());
    });
    await page.goto(`${url}/`);
    await page.locator('.opblock').first().waitFor();
    return { page, complaints };
  }
  const operation = (page: Page, path: string) =>
    page.locator('.opblock', { has: page.locator(`[data-path="${path}"]`) }).first();

  it.each([1280, 390])(
    'is readable at a width of %i, without a violation of its policy or another host',
    async (width) => {
      const { page, complaints } = await open(width);
      const share = operation(page, '/api/v1/shares');
      await share.locator('.opblock-summary').click();
      await share.locator('.opblock-body .execute').waitFor();
      const widest = await page.evaluate('document.documentElement.scrollWidth');
      expect([widest, complaints]).toEqual([width, []]);
      await page.close();
    },
  );

  it('begins with shares', async () => {
    const { page } = await open(1280);
    const tags = await page.locator('.opblock-tag').evaluateAll((found) => found.map((tag) => tag.dataset['tag']));
    expect(tags.slice(0, 3)).toEqual(['shares', 'contents', 'tags']);
    await page.close();
  });

  it('tries a call: refused without a token, and done with one that was pasted', async () => {
    const { page, complaints } = await open(1280);
    const share = operation(page, '/api/v1/shares');
    await share.locator('.opblock-summary').click();
    const run = async () => {
      const answered = page.waitForResponse((response) => response.url().endsWith('/api/v1/shares'));
      await share.locator('.execute').click();
      return (await answered).status();
    };
    expect(await run()).toBe(401);
    await page.locator('.auth-wrapper .authorize').first().click();
    await page
      .locator('.modal-ux input[type="text"], .modal-ux input[type="password"]')
      .first()
      .fill(await product.token('write'));
    await page.locator('.modal-ux .authorize[type="submit"]').first().click();
    await page.locator('.modal-ux .btn-done').first().click();
    expect(await run()).toBe(201);
    // The browser itself notes the 401 that was asked for.
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await page.close();
  });
});
