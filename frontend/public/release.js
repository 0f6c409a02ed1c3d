/** The build writes what it has made here; in development nothing is kept. */
self.RELEASE = { name: "todobus-development", files: [] };
