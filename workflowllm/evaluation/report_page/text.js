"use strict";
// Elements, numbers, and text that can be shown whatever it holds.

const MINUS = "–", NONE = "·";
const DATA = JSON.parse(document.getElementById("index").textContent);
const SCORES = [
  ["ngram_match_score", "BLEU"],
  ["weighted_ngram_match_score", "Weighted"],
  ["syntax_match_score", "AST"],
  ["dataflow_match_score", "Data-flow"],
  ["codebleu", "CodeBLEU"],
];

function byId(id) {
  return document.getElementById(id);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

function make(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

function draw(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function isNumber(value) {
  return typeof value === "number";
}

/** A share as the paper prints it: times 100, one decimal. */
function percent(value) {
  return isNumber(value) ? (100 * value).toFixed(1) : NONE;
}

function interval(figure) {
  return isNumber(figure.low) && isNumber(figure.high) ? `${percent(figure.low)}${MINUS}${percent(figure.high)}` : "";
}

function counted(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/** Control characters, lone surrogates and marks that turn text around as escapes. */
function visible(text) {
  return text
    .replace(/[\u0000-\u0008\u000b-\u001f]/g, (found) => `\\x${found.charCodeAt(0).toString(16).padStart(2, "0")}`)
    .replace(/[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, (found) => `\\u${found.charCodeAt(0).toString(16)}`);
}

let allTexts = null;

/** The texts of a reference or a prediction, unpacked from the page. */
async function unpacked(kind, index) {
  if (document.readyState === "loading") await new Promise((done) => document.addEventListener("DOMContentLoaded", done));
  allTexts ??= JSON.parse(byId("texts").textContent);
  const bytes = Uint8Array.from(atob(allTexts[kind][index]), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}
