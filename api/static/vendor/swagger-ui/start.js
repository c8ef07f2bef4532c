// The only script of ours on this page. A file of its own, since the CSP of the page allows no inline script.
window.addEventListener("DOMContentLoaded", () => {
  SwaggerUIBundle({
    url: "/api/v1/openapi.json",
    dom_id: "#operations",
    deepLinking: true,
    docExpansion: "list",
    filter: true,
    validatorUrl: null, // the default sends the address of the specification to another host
    syntaxHighlight: { activated: true },
  });
});
