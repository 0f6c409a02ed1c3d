SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "none", // all operations at once take seconds to draw
  validatorUrl: null,
  tryItOutEnabled: true,
  persistAuthorization: false,
});
