// Stands for string-width in the bundled command line. The help is plain ASCII, and the original sets up Unicode
// segmentation twice at start-up, which takes longer than all the rest of the parser.
export default function asciiWidth(text) {
  return String(text).length;
}
