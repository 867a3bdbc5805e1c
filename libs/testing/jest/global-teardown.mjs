/** Ends what global-setup.mjs began. */
export default async function teardown() {
  await globalThis.vaultstreamTestServer?.stop();
  delete globalThis.vaultstreamTestServer;
}
