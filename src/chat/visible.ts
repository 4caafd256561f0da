/** The one escaper for text that goes to people, where the renderers look for it. It is pure and stands in the domain, since exports need it as well. */
export { visibleLine, visibleLines } from '../domain/visible.ts';
