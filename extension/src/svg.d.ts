/** Pictures are read as the text of their SVG. */
declare module '*.svg' {
  const text: string;
  export default text;
}
