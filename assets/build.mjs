// Builds engage/static/ from this folder. Same input, same bytes, whatever the folder, day or machine.
//
// - every scss/NAME.scss and js/NAME.js (names without a leading _) is an entry: NAME-HASH.css, NAME-HASH.js
// - files named in url("…") come along with a hash in their names; a package's file is named as
//   url("@fontsource/atkinson-hyperlegible-next/files/….woff2"), one of ours as url("./images/…")
// - images/** is copied with a hash in each name
// - manifest.json says which name became which; LICENCES.txt carries the notices of what was bundled
//
// Usage: node build.mjs OUTPUT-FOLDER   (the folder is replaced as a whole, at the end)

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const output = resolve(process.argv[2] ?? join(here, "..", "engage", "static"));
const fresh = `${output}.new`;
const stale = `${output}.old`;
const packages = new Set();

// What a browser fetches from us is small and cached for ever, so old browsers get the same one file.
const target = ["es2020", "chrome100", "firefox100", "safari15"];

const notePackage = (path) => {
  const found = path.replaceAll(sep, "/").match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)\//);
  if (found) packages.add(found[1]);
};

const entries = (folder, extension) =>
  readdirSync(join(here, folder))
    .filter((name) => name.endsWith(extension) && !name.startsWith("_"))
    .sort()
    .map((name) => join(folder, name));

const sassPlugin = {
  name: "sass",
  setup(build) {
    build.onLoad({ filter: /\.scss$/ }, ({ path }) => {
      const result = sass.compile(path, {
        loadPaths: [here, join(here, "node_modules")],
        style: "expanded",
        charset: false,
        quietDeps: true,
      });
      const files = result.loadedUrls.filter((url) => url.protocol === "file:").map((url) => fileURLToPath(url));
      files.forEach(notePackage);
      return { contents: result.css, loader: "css", resolveDir: here, watchFiles: files };
    });
  },
};

const filesUnder = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .flatMap((entry) => {
          const path = join(folder, entry.name);
          return entry.isDirectory() ? filesUnder(path) : [path];
        })
    : [];

const licences = () =>
  [...packages]
    .sort()
    .map((name) => {
      const folder = join(here, "node_modules", name);
      const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      const words = file ? readFileSync(join(folder, file), "utf8").trim() : `Licence: ${license}`;
      return `${name} ${version} (${license})\n${"=".repeat(72)}\n${words}\n`;
    })
    .join("\n\n");

rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh, { recursive: true });

const options = {
  absWorkingDir: here,
  entryPoints: [...entries("scss", ".scss"), ...entries("js", ".js")],
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  outdir: fresh,
  bundle: true,
  minify: true,
  format: "esm",
  target,
  charset: "utf8",
  legalComments: "none",
  loader: { ".woff2": "file", ".svg": "file", ".png": "file" },
  plugins: [sassPlugin],
  metafile: true,
  logLevel: "warning",
};
const result = await esbuild.build(options).catch(() => process.exit(1)); // esbuild has said what is wrong, and where

const manifest = {};
for (const [path, { entryPoint, inputs }] of Object.entries(result.metafile.outputs)) {
  const name = basename(path);
  Object.keys(inputs).forEach(notePackage);
  const source = entryPoint ?? Object.keys(inputs)[0];
  manifest[basename(source).replace(/\.scss$/, ".css")] = name;
}

for (const path of filesUnder(join(here, "images"))) {
  const bytes = readFileSync(path);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
  const extension = extname(path);
  const name = `${basename(path, extension)}-${hash}${extension}`;
  writeFileSync(join(fresh, name), bytes);
  manifest[relative(here, path).replaceAll(sep, "/")] = name;
}

const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(join(fresh, "manifest.json"), `${JSON.stringify(sorted, null, 2)}\n`);
writeFileSync(join(fresh, "LICENCES.txt"), licences());

rmSync(stale, { recursive: true, force: true });
if (existsSync(output)) renameSync(output, stale);
renameSync(fresh, output);
rmSync(stale, { recursive: true, force: true });
