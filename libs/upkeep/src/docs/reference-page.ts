/**
 * What a browser may load for the page: scripts, styles and pictures of this server, and calls to it. No inline script or style, no eval,
 * no other host. `data:` is for the arrows in the style sheet.
 */
export const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The API reference: an empty page that Swagger UI fills from `/openapi.json`. Its links are relative, for a proxy that adds a prefix. */
export const referencePage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>VaultStream API</title>
    <link rel="icon" href="docs/favicon-32x32.png" />
    <link rel="stylesheet" href="docs/swagger-ui.css" />
    <link rel="stylesheet" href="docs/page.css" />
  </head>
  <body>
    <div id="reference"></div>
    <noscript>This page needs JavaScript. The same is at <a href="openapi.json">openapi.json</a>.</noscript>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/page.js"></script>
  </body>
</html>
`;

/**
 * Starts Swagger UI. `validatorUrl: null` keeps it from asking a validator on another host; the token that somebody pastes is kept in the
 * page and nowhere else.
 */
export const pageScript = `if (matchMedia('(prefers-color-scheme: dark)').matches) document.documentElement.classList.add('dark-mode');
SwaggerUIBundle({
  url: new URL('openapi.json', document.baseURI).href,
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelExpandDepth: 3,
  defaultModelsExpandDepth: 0,
  defaultModelRendering: 'example',
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: true,
  persistAuthorization: false,
  queryConfigEnabled: false,
  validatorUrl: null,
});
`;

/** Less empty space, and nothing wider than a phone. */
export const pageStyle = `body { margin: 0; }
.swagger-ui .wrapper { max-width: 75rem; padding: 0 1rem; }
.swagger-ui .info { margin: 1.5rem 0 0.5rem; }
.swagger-ui .scheme-container { padding: 0.5rem 0; box-shadow: none; }
.swagger-ui .filter .operation-filter-input { margin: 0.5rem 0; }
.swagger-ui .opblock .opblock-summary-path { max-width: none; overflow-wrap: anywhere; }
.swagger-ui .opblock-body, .swagger-ui .responses-inner { overflow-x: auto; }
@media (max-width: 40rem) {
  .swagger-ui .wrapper { padding: 0 0.5rem; }
  .swagger-ui .opblock .opblock-summary-description { flex-basis: 100%; }
  .swagger-ui table.parameters td, .swagger-ui table.responses-table td { display: block; width: 100%; }
}
`;
