// Bundles the front end into static/dist/: files with hashed names, manifest.json that says which is which, and
// icons.svg, one sprite of the icons named in icons.txt. Run by `make assets`.
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { appIcons } from "./app-icons.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, "../..");
const dist = path.join(root, "static/dist");

// Office browsers are old: this is the oldest pair that the pages promise to work in.
const TARGET = ["chrome80", "safari14.1"];
const ENTRIES = ["app.js", "app.css", "capture/capture.js", "capture/worker.js"];

async function bundle() {
  const result = await build({
    absWorkingDir: root,
    entryPoints: ENTRIES.map((name) => path.join("crm/frontend", name)),
    outdir: dist,
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format: "iife",
    target: TARGET,
    charset: "utf8",
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  const manifest = {};
  for (const [file, output] of Object.entries(result.metafile.outputs)) {
    if (output.entryPoint) manifest[path.basename(output.entryPoint)] = path.basename(file);
  }
  return manifest;
}

async function sprite() {
  const text = await readFile(path.join(here, "icons.txt"), "utf8");
  const names = text.split("\n").map((line) => line.trim()).filter((line) => line && !line.startsWith("#"));
  const symbols = [];
  for (const name of [...new Set(names)].sort()) {
    const svg = await readFile(path.join(root, "node_modules/bootstrap-icons/icons", `${name}.svg`), "utf8");
    const box = svg.match(/viewBox="([^"]+)"/)[1];
    const drawing = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").trim();
    symbols.push(`<symbol id="${name}" viewBox="${box}" fill="currentColor">${drawing}</symbol>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

await mkdir(dist, { recursive: true });
const icons = await sprite();
const manifest = await bundle();
Object.assign(manifest, await appIcons(dist));
await writeFile(path.join(dist, "icons.svg"), icons);
await writeFile(path.join(dist, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
// Only now that the manifest no longer names them may the files of the build before go.
const wanted = new Set([...Object.values(manifest), "icons.svg", "manifest.json", "built"]);
for (const file of await readdir(dist)) {
  if (!wanted.has(file)) await rm(path.join(dist, file), { recursive: true });
}
console.log(Object.values(manifest).join("\n"));
